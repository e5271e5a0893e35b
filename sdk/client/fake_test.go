package client_test

import (
	"context"
	"sync"
	"testing"

	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/internal/wiretest"
)

// script answers the n-th call, from 0, of any method.
type script func(call int, request proto.Message) (proto.Message, error)

// fake is a server that answers each method by its script and remembers what it was asked. Methods without one are
// UNIMPLEMENTED, as on a real server.
type fake struct {
	workflowservice.UnimplementedWorkflowServiceServer
	mu       sync.Mutex
	scripts  map[string]script
	requests map[string][]proto.Message
}

func newFake() *fake {
	return &fake{scripts: map[string]script{}, requests: map[string][]proto.Message{}}
}

// on sets the script of a method.
func (f *fake) on(method string, s script) *fake {
	f.scripts[method] = s
	return f
}

// answer sets a script that always gives the same reply.
func (f *fake) answer(method string, reply proto.Message) *fake {
	return f.on(method, func(int, proto.Message) (proto.Message, error) { return reply, nil })
}

func (f *fake) asked(method string) []proto.Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.requests[method]
}

// last returns the latest request to a method.
func last[T proto.Message](t *testing.T, f *fake, method string) T {
	t.Helper()
	requests := f.asked(method)
	if len(requests) == 0 {
		t.Fatalf("%s was not called", method)
	}
	return requests[len(requests)-1].(T)
}

func (f *fake) dial(t *testing.T) *client.Client {
	return client.FromConn(wiretest.Serve(t, intercepted{f}), client.Options{Namespace: "bank", Identity: "tester"})
}

// play runs a script for a typed handler.
func play[Reply proto.Message](f *fake, method string, request proto.Message) (Reply, error) {
	f.mu.Lock()
	call := len(f.requests[method])
	f.requests[method] = append(f.requests[method], proto.Clone(request))
	s := f.scripts[method]
	f.mu.Unlock()
	var none Reply
	reply, err := s(call, request)
	if err != nil {
		return none, err
	}
	return reply.(Reply), nil
}

// intercepted is the fake with the methods that this package calls.
type intercepted struct{ *fake }

func (f intercepted) StartWorkflowExecution(
	_ context.Context, r *workflowservice.StartWorkflowExecutionRequest,
) (*workflowservice.StartWorkflowExecutionResponse, error) {
	return play[*workflowservice.StartWorkflowExecutionResponse](f.fake, "Start", r)
}

func (f intercepted) GetWorkflowExecutionHistory(
	_ context.Context, r *workflowservice.GetWorkflowExecutionHistoryRequest,
) (*workflowservice.GetWorkflowExecutionHistoryResponse, error) {
	return play[*workflowservice.GetWorkflowExecutionHistoryResponse](f.fake, "History", r)
}

func (f intercepted) DescribeWorkflowExecution(
	_ context.Context, r *workflowservice.DescribeWorkflowExecutionRequest,
) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	return play[*workflowservice.DescribeWorkflowExecutionResponse](f.fake, "Describe", r)
}

func (f intercepted) SignalWorkflowExecution(
	_ context.Context, r *workflowservice.SignalWorkflowExecutionRequest,
) (*workflowservice.SignalWorkflowExecutionResponse, error) {
	return play[*workflowservice.SignalWorkflowExecutionResponse](f.fake, "Signal", r)
}

func (f intercepted) RequestCancelWorkflowExecution(
	_ context.Context, r *workflowservice.RequestCancelWorkflowExecutionRequest,
) (*workflowservice.RequestCancelWorkflowExecutionResponse, error) {
	return play[*workflowservice.RequestCancelWorkflowExecutionResponse](f.fake, "Cancel", r)
}

func (f intercepted) TerminateWorkflowExecution(
	_ context.Context, r *workflowservice.TerminateWorkflowExecutionRequest,
) (*workflowservice.TerminateWorkflowExecutionResponse, error) {
	return play[*workflowservice.TerminateWorkflowExecutionResponse](f.fake, "Terminate", r)
}

func (f intercepted) QueryWorkflow(
	_ context.Context, r *workflowservice.QueryWorkflowRequest,
) (*workflowservice.QueryWorkflowResponse, error) {
	return play[*workflowservice.QueryWorkflowResponse](f.fake, "Query", r)
}

func (f intercepted) ListWorkflowExecutions(
	_ context.Context, r *workflowservice.ListWorkflowExecutionsRequest,
) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	return play[*workflowservice.ListWorkflowExecutionsResponse](f.fake, "List", r)
}

func (f intercepted) CountWorkflowExecutions(
	_ context.Context, r *workflowservice.CountWorkflowExecutionsRequest,
) (*workflowservice.CountWorkflowExecutionsResponse, error) {
	return play[*workflowservice.CountWorkflowExecutionsResponse](f.fake, "Count", r)
}

func (f intercepted) RegisterNamespace(
	_ context.Context, r *workflowservice.RegisterNamespaceRequest,
) (*workflowservice.RegisterNamespaceResponse, error) {
	return play[*workflowservice.RegisterNamespaceResponse](f.fake, "Register", r)
}
