package edge

import (
	"context"
	"testing"

	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

// BenchmarkAuthorise is what authentication and authorisation add to a call, without a connection: with authentication off, and with a key.
func BenchmarkAuthorise(b *testing.B) {
	h := newGateHouse(b)
	off := &chain{log: h.chain.log, namespaces: h.directory, guard: open{}, draining: b.Context()}
	info := &grpc.UnaryServerInfo{FullMethod: workflowservice.WorkflowService_SignalWorkflowExecution_FullMethodName}
	req := &workflowservice.SignalWorkflowExecutionRequest{Namespace: "one.acme"}
	next := func(context.Context, any) (any, error) { return nil, nil }
	for name, c := range map[string]*chain{"off": off, "key": h.chain} {
		b.Run(name, func(b *testing.B) {
			ctx := metadata.NewIncomingContext(b.Context(), metadata.Pairs("authorization", h.header("developer"), "user-agent", "x"))
			b.ReportAllocs()
			for range b.N {
				if _, err := c.authorise(ctx, req, info, next); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
