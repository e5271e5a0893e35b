package edge

import (
	"bytes"
	"context"
	"log/slog"
	"testing"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

var someCall = forwarded{
	method:    workflowservice.WorkflowService_SignalWorkflowExecution_FullMethodName,
	namespace: namespace{id: orchestration.NamespaceID{7}, name: "bank"},
	client:    "temporal-go",
}

func TestForwardedCallArrivesAsItIs(t *testing.T) {
	req := &workflowservice.SignalWorkflowExecutionRequest{Namespace: "bank", SignalName: "s", Control: "x"}
	b, err := encodeCall(someCall, req)
	if err != nil {
		t.Fatal(err)
	}
	b = protowire.AppendVarint(protowire.AppendTag(b, 99, protowire.VarintType), 5) // of a later release
	got, err := decodeCall(b)
	if err != nil || got.method != someCall.method || got.namespace != someCall.namespace || got.client != someCall.client {
		t.Fatalf("%+v, %v", got, err)
	}
	var have workflowservice.SignalWorkflowExecutionRequest
	if err := got.decode(&have); err != nil || !proto.Equal(&have, req) {
		t.Errorf("%v, %v", &have, err)
	}
}

func TestAnswersArriveAsTheyAre(t *testing.T) {
	resp := &workflowservice.StartWorkflowExecutionResponse{RunId: "r"}
	b, err := encodeAnswer(resp, nil)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := proto.Marshal(resp)
	if got, err := decodeAnswer(b); err != nil || !bytes.Equal(got.(encoded), want) {
		t.Errorf("%v, %v", got, err)
	}
	empty, err := encodeAnswer(&workflowservice.SignalWorkflowExecutionResponse{}, nil)
	if got, bad := decodeAnswer(empty); err != nil || bad != nil || len(got.(encoded)) != 0 {
		t.Errorf("an answer without content: %v, %v, %v", got, bad, err)
	}
	refusal := serviceerror.ToStatus(serviceerror.NewWorkflowExecutionAlreadyStarted("taken", "request", "run"))
	if b, err = encodeAnswer(nil, refusal.Err()); err != nil {
		t.Fatal(err)
	}
	_, err = decodeAnswer(b)
	if st := status.Convert(err); !proto.Equal(st.Proto(), refusal.Proto()) {
		t.Errorf("%v", st)
	}
}

// FuzzForwarded: whatever a node sends, it gets an answer or InvalidArgument, and what it answers is a response or an error.
func FuzzForwarded(f *testing.F) {
	call, err := encodeCall(someCall, &workflowservice.SignalWorkflowExecutionRequest{SignalName: "s"})
	if err != nil {
		f.Fatal(err)
	}
	unknown := someCall
	unknown.method = workflowservice.WorkflowService_PollWorkflowTaskQueue_FullMethodName
	polled, _ := encodeCall(unknown, &workflowservice.PollWorkflowTaskQueueRequest{})
	answer, _ := encodeAnswer(nil, status.Error(codes.NotFound, "no"))
	ok, _ := encodeStatus(status.New(codes.OK, ""))
	for _, seed := range [][]byte{nil, call, polled, call[:len(call)-1], answer, ok, {0x0a}, {0x12, 0x01, 0x00}, {0x2a, 0xff, 0xff, 0xff, 0xff, 0x0f}} {
		f.Add(seed)
	}
	chain := &chain{log: slog.New(slog.DiscardHandler), draining: context.Background()}
	served := &forwarder{
		log: slog.New(slog.DiscardHandler), service: &workflowService{engine: moving{}}, methods: methodsOf(workflowservice.WorkflowService_ServiceDesc), inner: chain.inner(),
		router: nowhere{}, draining: context.Background(), running: newGate(),
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		body, err := served.serve(t.Context(), 2, b)
		if code := orchestration.CodeOf(err); err != nil && code != orchestration.InvalidArgument && code != orchestration.Moved {
			t.Errorf("error %v", err)
		}
		if err == nil {
			if _, err := decodeAnswer(body); err == errInternal {
				t.Errorf("answer %q is none: %v", body, err)
			}
		}
		if resp, err := decodeAnswer(b); (resp == nil) == (err == nil) {
			t.Errorf("%v, %v", resp, err)
		}
	})
}

// moving is an engine that owns nothing.
type moving struct{ Engine }

func (moving) Signal(context.Context, orchestration.RunKey, history.Signal) error {
	return orchestration.Errorf(orchestration.Moved, "elsewhere")
}

// nowhere is a router of a fleet that nobody is in.
type nowhere struct{ orchestration.Peers }

func (nowhere) ID() orchestration.NodeID                                 { return 1 }
func (nowhere) Owner(orchestration.ShardID) (orchestration.NodeID, bool) { return 0, false }
func (nowhere) Await(context.Context, orchestration.ShardID) error       { return nil }
