package main

import (
	"context"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/usage"
)

// keepUsage begins to bring together what this node and others have counted.
func (s *server) keepUsage() {
	ctx, stop := context.WithCancel(context.Background())
	var keeping sync.WaitGroup
	keeping.Go(func() { usage.Keep(ctx, s.storage.engine, time.Now, s.log) })
	s.atClose("usage", func(context.Context) error {
		stop()
		keeping.Wait()
		return nil
	})
}
