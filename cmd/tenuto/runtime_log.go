package main

import (
	"context"
	"log/slog"
	"runtime"
	"time"
)

// runtimeEvery is how often what the process holds is logged, at debug level.
const runtimeEvery = 15 * time.Second

// logRuntime logs how much the process holds, until ctx ends: whoever suspects a leak wants to see it grow.
func logRuntime(ctx context.Context, log *slog.Logger) error {
	if !log.Enabled(ctx, slog.LevelDebug) {
		return nil
	}
	tick := time.NewTicker(runtimeEvery)
	defer tick.Stop()
	for {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		log.Debug("runtime", "goroutines", runtime.NumGoroutine(), "heap_bytes", m.HeapAlloc, "system_bytes", m.Sys-m.HeapReleased)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}
