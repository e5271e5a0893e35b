package opentelemetry

import (
	"context"
	"errors"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/sdk/client"
)

// quiet carries contexts and records nothing.
func quiet() *Tracing { return New(Options{Tracer: noop.NewTracerProvider().Tracer("")}) }

var somewhere = trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: trace.FlagsSampled, Remote: true})

// TestContextTravels: what a client sends is what is read, in the form of official SDKs.
func TestContextTravels(t *testing.T) {
	tracing := quiet()
	call := &client.Call{Kind: client.KindStart, Name: "Transfer", Header: map[string]*commonpb.Payload{}}
	ctx := trace.ContextWithSpanContext(t.Context(), somewhere)
	if err := tracing.Client()(ctx, call, func(context.Context) error { return nil }); err != nil {
		t.Fatal(err)
	}
	p := call.Header["_tracer-data"]
	if p == nil || string(p.Metadata["encoding"]) != "json/plain" || !strings.Contains(string(p.Data), `"traceparent":"00-01`) {
		t.Fatalf("sent %v", call.Header)
	}
	if got := trace.SpanContextFromContext(tracing.extract(t.Context(), call.Header)); !got.Equal(somewhere) {
		t.Errorf("read %v", got)
	}
}

func TestNothingToCarry(t *testing.T) {
	tracing := quiet()
	call := &client.Call{Kind: client.KindSignal, Name: "approve", Header: map[string]*commonpb.Payload{}}
	refused := errors.New("refused")
	if err := tracing.Client()(t.Context(), call, func(context.Context) error { return refused }); !errors.Is(err, refused) || len(call.Header) != 0 {
		t.Errorf("%v, header %v", err, call.Header)
	}
	for _, p := range []*commonpb.Payload{nil, {}, {Data: []byte("{")}, {Data: []byte(`{"traceparent":"x"}`)}} {
		if got := trace.SpanContextFromContext(tracing.read(t.Context(), p)); got.IsValid() {
			t.Errorf("%v: read %v", p, got)
		}
	}
}

func TestOperations(t *testing.T) {
	seen := map[string]bool{}
	for k := client.KindStart; k <= client.KindQuery; k++ {
		seen[operation(k)] = true
	}
	if len(seen) != int(client.KindQuery) || seen["CallWorkflow"] || operation(0) != "CallWorkflow" {
		t.Errorf("%v", seen)
	}
}
