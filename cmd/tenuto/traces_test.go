package main

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/tenuto-io/tenuto/telemetry/otlp/otlptest"
)

// TestDemoIsTraced: the first trace of the demo is out within 20 seconds, over HTTP and over gRPC.
func TestDemoIsTraced(t *testing.T) {
	c := otlptest.New(t)
	for _, url := range []string{c.HTTP, c.GRPC} {
		before := len(c.Spans())
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		l := begin(t, "--db", filepath.Join(t.TempDir(), "dev.db"), "--demo", "--otlp", url)
		spans := c.Wait(ctx, t, "the trace of a transfer", func(spans []*tracepb.Span) bool {
			return len(spans) > before && spans[len(spans)-1].Name == "workflow TransferFunds"
		})
		run := spans[len(spans)-1]
		if run.Status == nil {
			t.Logf("the first transfer of the demo fails, this one did not: %v", run)
		}
		if err := l.end(); err != nil {
			t.Fatal(err)
		}
	}
}
