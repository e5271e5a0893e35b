package bench

import (
	"context"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// bounded is a server that refuses every second start, or all with an error.
type bounded struct {
	*fakeServer
	founded, started atomic.Int64
	err              error
}

func (s *bounded) RegisterNamespace(context.Context, *workflowservice.RegisterNamespaceRequest) (*workflowservice.RegisterNamespaceResponse, error) {
	if s.founded.Add(1) > 1 {
		return nil, status.Error(codes.AlreadyExists, "it is there")
	}
	return &workflowservice.RegisterNamespaceResponse{}, nil
}

func (s *bounded) StartWorkflowExecution(ctx context.Context, r *workflowservice.StartWorkflowExecutionRequest) (*workflowservice.StartWorkflowExecutionResponse, error) {
	if r.GetNamespace() != "loud" {
		return s.fakeServer.StartWorkflowExecution(ctx, r)
	}
	if s.err != nil {
		return nil, s.err
	}
	if s.started.Add(1)%2 == 0 {
		return nil, status.Error(codes.ResourceExhausted, "too much")
	}
	return &workflowservice.StartWorkflowExecutionResponse{RunId: "r"}, nil
}

func (s *bounded) listen(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	g := grpc.NewServer()
	workflowservice.RegisterWorkflowServiceServer(g, s)
	served := make(chan error, 1)
	go func() { served <- g.Serve(l) }()
	t.Cleanup(func() {
		g.Stop()
		must(t, <-served)
	})
	return l.Addr().String()
}

// TestNoise: another namespace starts at its rate beside the load, and what was refused is told and not repeated.
func TestNoise(t *testing.T) {
	s := &bounded{fakeServer: newFakeServer()}
	address := s.listen(t)
	for range 2 { // the second time the namespace is there
		r, _ := results(t, "--address", address, "--scenario", "one-activity", "--rate", "100", "--count", "30", "--noise", "loud", "--noise-rate", "500")
		n := r.Results[0].Noise
		if n == nil || n.Namespace != "loud" || n.Offered < 300 || n.Offered > 600 || n.Accepted <= 0 || n.Refused <= 0 || n.Accepted+n.Refused > n.Offered+1 {
			t.Errorf("%+v", n)
		}
		if r.Results[0].Count != 30 {
			t.Errorf("%d workflows beside it", r.Results[0].Count)
		}
	}
	out, _, err := execute(t, "--address", address, "--scenario", "one-activity", "--rate", "100", "--count", "10", "--noise", "loud", "--noise-rate", "500")
	must(t, err)
	if !strings.Contains(out, "noise offered/accepted/refused per s") {
		t.Errorf("the table says nothing of it:\n%s", out)
	}
}

// TestNoiseThatFails: what is no refusal is an error of the measurement.
func TestNoiseThatFails(t *testing.T) {
	s := &bounded{fakeServer: newFakeServer(), err: status.Error(codes.PermissionDenied, "not you")}
	_, _, err := execute(t, "--address", s.listen(t), "--scenario", "one-activity", "--rate", "50", "--count", "20", "--noise", "loud", "--noise-rate", "100", "--timeout", time.Minute.String())
	if err == nil || !strings.Contains(err.Error(), "noise: ") || !strings.Contains(err.Error(), "not you") {
		t.Errorf("%v", err)
	}
}
