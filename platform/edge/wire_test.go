package edge

import (
	"context"
	"log/slog"
	"net"
	"testing"

	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/emptypb"
)

// wire is a connection to the gate house as a server: the real options, chain and codec, and handlers that say that they were reached.
func (h *gateHouse) wire() func(method, authorization string, req proto.Message) error {
	h.t.Helper()
	server := grpc.NewServer(options(h.chain)...)
	for _, desc := range append([]grpc.ServiceDesc{workflowservice.WorkflowService_ServiceDesc, operatorservice.OperatorService_ServiceDesc}, administration...) {
		server.RegisterService(decoded(h.reachable(desc), slog.New(slog.DiscardHandler)), nil)
	}
	l := bufconn.Listen(1 << 16)
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	conn, err := grpc.NewClient("passthrough:///gate", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return l.DialContext(ctx) }))
	h.must(err)
	h.t.Cleanup(func() {
		_ = conn.Close()
		server.Stop()
		if err := <-served; err != nil {
			h.t.Error(err)
		}
	})
	return func(method, authorization string, req proto.Message) error {
		ctx := h.t.Context()
		if authorization != "" {
			ctx = metadata.AppendToOutgoingContext(ctx, "authorization", authorization)
		}
		return conn.Invoke(ctx, method, req, &emptypb.Empty{})
	}
}

// reachable is a service whose methods, all of them, say that they were reached.
func (h *gateHouse) reachable(desc grpc.ServiceDesc) grpc.ServiceDesc {
	methods := servedMethods(h.t)
	for i, m := range desc.Methods {
		full := "/" + desc.ServiceName + "/" + m.MethodName
		typ, err := protoregistry.GlobalTypes.FindMessageByName(methods[full].Input().FullName())
		h.must(err)
		reach := func(context.Context, any) (any, error) { return nil, status.Error(reached, "reached") }
		handler := func(_ any, ctx context.Context, decode func(any) error, in grpc.UnaryServerInterceptor) (any, error) {
			req := typ.New().Interface()
			if err := decode(req); err != nil {
				return nil, err
			}
			return in(ctx, req, &grpc.UnaryServerInfo{FullMethod: full}, reach)
		}
		if i == 0 { // the protocol's own list must not change
			desc.Methods = append([]grpc.MethodDesc(nil), desc.Methods...)
		}
		desc.Methods[i].Handler = handler
	}
	desc.HandlerType = nil
	return desc
}

// TestWireIsTheChain: what is said over the connection is what the chain says.
func TestWireIsTheChain(t *testing.T) {
	h := newGateHouse(t)
	call := h.wire()
	req := &workflowservice.StartWorkflowExecutionRequest{Namespace: "one.acme"}
	for _, b := range h.who {
		direct := h.call(workflowservice.WorkflowService_StartWorkflowExecution_FullMethodName, b.header, req)
		over := call(workflowservice.WorkflowService_StartWorkflowExecution_FullMethodName, b.header, req)
		if status.Code(direct) != status.Code(over) || status.Convert(direct).Message() != status.Convert(over).Message() {
			t.Errorf("%s: %v, over the connection %v", b.name, direct, over)
		}
	}
}
