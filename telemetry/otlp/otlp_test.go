package otlp_test

import (
	"errors"
	"net/http"
	"testing"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/platform/importrules"
	"github.com/tenuto-io/tenuto/telemetry/otlp"
	"github.com/tenuto-io/tenuto/telemetry/otlp/otlptest"
)

// twoSpans is something to send.
func twoSpans() *collectorpb.ExportTraceServiceRequest {
	return &collectorpb.ExportTraceServiceRequest{ResourceSpans: []*tracepb.ResourceSpans{{ScopeSpans: []*tracepb.ScopeSpans{{
		Spans: []*tracepb.Span{{Name: "one", SpanId: []byte("12345678")}, {Name: "two", SpanId: []byte("87654321")}},
	}}}}}
}

func dial(t *testing.T, url string) *otlp.Client {
	t.Helper()
	c, err := otlp.Dial(otlp.Config{URL: url, Headers: map[string]string{"Api-Key": "s3cret"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func TestSend(t *testing.T) {
	for _, kind := range []string{"http", "grpc"} {
		t.Run(kind, func(t *testing.T) {
			collector := otlptest.New(t)
			c := dial(t, map[string]string{"http": collector.HTTP + "/", "grpc": collector.GRPC}[kind])
			if rejected, _, err := c.Send(t.Context(), twoSpans()); err != nil || rejected != 0 {
				t.Fatalf("%d rejected, %v", rejected, err)
			}
			want := twoSpans().ResourceSpans[0].ScopeSpans[0].Spans
			if got := collector.Spans(); len(got) != 2 || !proto.Equal(got[0], want[0]) || !proto.Equal(got[1], want[1]) {
				t.Errorf("got %v", got)
			}
			if h := collector.Headers()[0]; h.Get("Api-Key") != "s3cret" {
				t.Errorf("headers %v", h)
			}
			collector.Reject(1)
			if rejected, why, err := c.Send(t.Context(), twoSpans()); err != nil || rejected != 1 || why != "too many" {
				t.Errorf("%d rejected: %q, %v", rejected, why, err)
			}
			for status, refused := range map[int]bool{http.StatusBadRequest: true, http.StatusServiceUnavailable: false, http.StatusTooManyRequests: false, http.StatusUnauthorized: false} {
				collector.Answer(status)
				if _, _, err := c.Send(t.Context(), twoSpans()); err == nil || errors.Is(err, otlp.ErrRefused) != refused {
					t.Errorf("after %d: %v", status, err)
				}
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	for _, url := range []string{"http://127.0.0.1:1", "grpc://127.0.0.1:1", "grpcs://127.0.0.1:1"} {
		if _, _, err := dial(t, url).Send(t.Context(), twoSpans()); err == nil || errors.Is(err, otlp.ErrRefused) {
			t.Errorf("%s: %v", url, err)
		}
	}
	if _, err := otlp.Dial(otlp.Config{URL: "collector"}); err == nil {
		t.Error("a URL that is none")
	}
}

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"github.com/tenuto-io/tenuto/orchestration/...": "the way to a collector knows spans and nothing else",
		"github.com/tenuto-io/tenuto/platform/...":      "rooms do not know the process they run in",
		"go.opentelemetry.io/otel/...":                  "its exporters have queues of their own; ours is in the database",
	})
}
