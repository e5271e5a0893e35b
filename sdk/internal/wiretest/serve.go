package wiretest

import (
	"context"
	"net"
	"testing"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"
)

// Serve serves the fake in memory until the test ends and returns a connection to it. Errors of package serviceerror
// reach the caller as a real server's do.
func Serve(t testing.TB, fake workflowservice.WorkflowServiceServer) *grpc.ClientConn {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	serve(t, listener, fake)
	conn, err := grpc.NewClient("passthrough:fake",
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// Listen serves the fake on a port of this machine until the test ends and returns its address.
func Listen(t testing.TB, fake workflowservice.WorkflowServiceServer, options ...grpc.ServerOption) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serve(t, listener, fake, options...)
	return listener.Addr().String()
}

// ListenForMain is [Listen] for a TestMain, where examples need a server. It panics if there is no port.
func ListenForMain(fake workflowservice.WorkflowServiceServer) (address string, stop func()) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	server := grpc.NewServer(grpc.UnaryInterceptor(withStatus))
	workflowservice.RegisterWorkflowServiceServer(server, fake)
	go func() { _ = server.Serve(listener) }() // It ends with stop.
	return listener.Addr().String(), server.Stop
}

func serve(
	t testing.TB, listener net.Listener, fake workflowservice.WorkflowServiceServer, options ...grpc.ServerOption,
) {
	server := grpc.NewServer(append(options, grpc.ChainUnaryInterceptor(withStatus))...)
	workflowservice.RegisterWorkflowServiceServer(server, fake)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

func withStatus(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	reply, err := handle(ctx, request)
	if err != nil {
		return nil, serviceerror.ToStatus(err).Err()
	}
	return reply, nil
}
