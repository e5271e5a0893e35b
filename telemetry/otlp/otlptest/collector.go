// Package otlptest is a collector for tests: it takes spans by OTLP over HTTP and gRPC, and remembers them.
package otlptest

import (
	"compress/gzip"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	_ "google.golang.org/grpc/encoding/gzip" // what clients send is compressed
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// Collector remembers what it was sent. It is safe for concurrent use.
type Collector struct {
	collectorpb.UnimplementedTraceServiceServer
	HTTP, GRPC string // URLs

	mu       sync.Mutex
	spans    []*tracepb.Span
	headers  []http.Header
	answer   int   // HTTP status of the next answers; 0: it takes what comes
	rejected int64 // of each call
	changed  chan struct{}
}

// New starts a collector that ends with the test.
func New(t testing.TB) *Collector {
	c := &Collector{changed: make(chan struct{})}
	web := httptest.NewServer(http.HandlerFunc(c.post))
	t.Cleanup(web.Close)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	rpc := grpc.NewServer()
	collectorpb.RegisterTraceServiceServer(rpc, c)
	go func() { _ = rpc.Serve(l) }() // until it is stopped
	t.Cleanup(rpc.Stop)
	c.HTTP, c.GRPC = web.URL, "grpc://"+l.Addr().String()
	return c
}

// Answer has the collector answer with an HTTP status, or the code that stands for it; 0: it takes what comes.
func (c *Collector) Answer(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answer = status
}

// Reject has the collector say that it rejects so many spans of each call.
func (c *Collector) Reject(n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rejected = n
}

// Spans are all that were taken, in order, repeated ones too.
func (c *Collector) Spans() []*tracepb.Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]*tracepb.Span(nil), c.spans...)
}

// Headers are those of all calls, refused ones too.
func (c *Collector) Headers() []http.Header {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]http.Header(nil), c.headers...)
}

// Wait returns the spans when they are as want wants them; it looks again with each call that comes. It fails the test when ctx ends first.
func (c *Collector) Wait(ctx context.Context, t testing.TB, what string, want func([]*tracepb.Span) bool) []*tracepb.Span {
	t.Helper()
	for {
		c.mu.Lock()
		spans, changed := append([]*tracepb.Span(nil), c.spans...), c.changed
		c.mu.Unlock()
		if want(spans) {
			return spans
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatalf("%s has not come; the collector has %d spans", what, len(spans))
		}
	}
}

// Called waits until a call has come that was not there before, whatever its answer.
func (c *Collector) Called(ctx context.Context, t testing.TB, before int) {
	t.Helper()
	c.Wait(ctx, t, "a call", func([]*tracepb.Span) bool { return len(c.Headers()) > before })
}

// take remembers a call and says what to answer.
func (c *Collector) take(in *collectorpb.ExportTraceServiceRequest, h http.Header) (out *collectorpb.ExportTraceServiceResponse, answer int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.headers = append(c.headers, h)
	close(c.changed)
	c.changed = make(chan struct{})
	if c.answer != 0 {
		return nil, c.answer
	}
	for _, r := range in.ResourceSpans {
		for _, s := range r.ScopeSpans {
			c.spans = append(c.spans, s.Spans...)
		}
	}
	out = &collectorpb.ExportTraceServiceResponse{}
	if c.rejected > 0 {
		out.PartialSuccess = &collectorpb.ExportTracePartialSuccess{RejectedSpans: c.rejected, ErrorMessage: "too many"}
	}
	return out, 0
}

// post is the collector over HTTP.
func (c *Collector) post(w http.ResponseWriter, r *http.Request) {
	in := new(collectorpb.ExportTraceServiceRequest)
	z, err := gzip.NewReader(r.Body)
	if err == nil {
		var b []byte
		if b, err = io.ReadAll(z); err == nil {
			err = proto.Unmarshal(b, in)
		}
	}
	if err != nil || r.Method != http.MethodPost || r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" {
		http.Error(w, "not OTLP", http.StatusBadRequest)
		return
	}
	out, answer := c.take(in, r.Header)
	if answer != 0 {
		w.WriteHeader(answer)
		return
	}
	b, _ := proto.Marshal(out) // of numbers and ASCII
	w.Header().Set("Content-Type", "application/x-protobuf")
	_, _ = w.Write(b)
}

// Export is the collector over gRPC.
func (c *Collector) Export(ctx context.Context, in *collectorpb.ExportTraceServiceRequest) (*collectorpb.ExportTraceServiceResponse, error) {
	h := http.Header{}
	md, _ := metadata.FromIncomingContext(ctx)
	for name, values := range md {
		for _, v := range values {
			h.Add(name, v)
		}
	}
	out, answer := c.take(in, h)
	switch answer {
	case 0:
		return out, nil
	case http.StatusBadRequest:
		return nil, status.Error(codes.InvalidArgument, "bad")
	}
	return nil, status.Error(codes.Unavailable, "away")
}
