package edge_test

import (
	"context"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

func goodSignalWithStart() *workflowservice.SignalWithStartWorkflowExecutionRequest {
	start := goodStart()
	return &workflowservice.SignalWithStartWorkflowExecutionRequest{
		Namespace: start.Namespace, WorkflowId: start.WorkflowId, WorkflowType: start.WorkflowType, TaskQueue: start.TaskQueue, SignalName: "abort",
	}
}

func TestSignalWithStartCarriesEverything(t *testing.T) {
	w := newWorld(t)
	r := goodSignalWithStart()
	r.Input, r.SignalInput = payloads(3), payloads(2)
	r.Header = &commonpb.Header{Fields: map[string]*commonpb.Payload{"trace": {Data: []byte("t")}}}
	r.Memo = &commonpb.Memo{Fields: map[string]*commonpb.Payload{"why": {Data: []byte("m")}}}
	r.RetryPolicy = &commonpb.RetryPolicy{MaximumAttempts: 4}
	r.WorkflowStartDelay = durationpb.New(time.Minute)
	r.RequestId, r.Identity = "req-1", "me@here"
	r.Links = []*commonpb.Link{{}}
	w.engine.signalWithStart = func(_ context.Context, in engine.StartRequest, s history.Signal) (engine.StartReply, error) {
		for name, same := range map[string]bool{
			"workflow":     in.Run.Key.WorkflowID == r.WorkflowId && in.Run.Key.Namespace == w.ns.ID,
			"input":        proto.Equal(in.Run.Input, r.Input),
			"memo":         proto.Equal(in.Run.Memo, r.Memo),
			"retry":        proto.Equal(in.Run.RetryPolicy, r.RetryPolicy),
			"delay":        in.Run.StartDelay == time.Minute,
			"request id":   in.Run.RequestID == "req-1" && s.RequestID == "req-1",
			"identity":     in.Run.Identity == "me@here" && s.Identity == "me@here",
			"header":       proto.Equal(in.Run.Header, r.Header) && proto.Equal(s.Header, r.Header),
			"signal":       s.Name == "abort" && proto.Equal(s.Input, r.SignalInput) && len(s.Links) == 1,
			"use existing": in.ConflictPolicy == enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		} {
			if !same {
				t.Errorf("%s did not arrive as sent", name)
			}
		}
		return engine.StartReply{RunID: someRun, First: firstRun, Started: true}, nil
	}
	resp, err := w.workflows.SignalWithStartWorkflowExecution(t.Context(), r)
	if err != nil || !resp.GetStarted() || resp.GetRunId() != someRun.String() || resp.GetFirstExecutionRunId() != firstRun.String() {
		t.Errorf("%v, %v", resp, err)
	}
}

// TestSignalWithStartWithoutRequestID: start and signal are one request, with one id.
func TestSignalWithStartWithoutRequestID(t *testing.T) {
	w := newWorld(t)
	w.engine.signalWithStart = func(_ context.Context, in engine.StartRequest, s history.Signal) (engine.StartReply, error) {
		if in.Run.RequestID == "" || in.Run.RequestID != s.RequestID {
			t.Errorf("request ids %q and %q", in.Run.RequestID, s.RequestID)
		}
		if in.ConflictPolicy != enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING {
			t.Errorf("conflict policy %v", in.ConflictPolicy)
		}
		return engine.StartReply{RunID: someRun, First: someRun, Started: true}, nil
	}
	r := goodSignalWithStart()
	r.WorkflowIdReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING
	if _, err := w.workflows.SignalWithStartWorkflowExecution(t.Context(), r); err != nil {
		t.Error(err)
	}
}

func TestBadSignalWithStarts(t *testing.T) {
	w := newWorld(t)
	type request = workflowservice.SignalWithStartWorkflowExecutionRequest
	for name, c := range map[string]struct {
		change func(*request)
		words  []string
	}{
		"no signal":         {func(r *request) { r.SignalName = "" }, []string{"SignalName is not set"}},
		"long signal name":  {func(r *request) { r.SignalName = strings.Repeat("x", 1001) }, []string{"SignalName length exceeds limit"}},
		"large signal":      {func(r *request) { r.SignalInput = payloads(orchestration.MaxPayloadSize) }, []string{"SignalInput", "2097152"}},
		"no workflow":       {func(r *request) { r.WorkflowId = "" }, []string{"WorkflowId is not set"}},
		"no type":           {func(r *request) { r.WorkflowType = nil }, []string{"WorkflowType is not set"}},
		"policy fail":       {func(r *request) { r.WorkflowIdConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL }, []string{"WorkflowIdConflictPolicy FAIL is not supported"}},
		"cron with a delay": {func(r *request) { r.CronSchedule, r.WorkflowStartDelay = "* * * * *", durationpb.New(1) }, []string{"CronSchedule and WorkflowStartDelay"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := goodSignalWithStart()
			c.change(r)
			_, err := w.workflows.SignalWithStartWorkflowExecution(t.Context(), r)
			wantError[*serviceerror.InvalidArgument](t, err, c.words...)
		})
	}
	r := goodSignalWithStart()
	r.VersioningOverride = &workflowpb.VersioningOverride{}
	_, err := w.workflows.SignalWithStartWorkflowExecution(t.Context(), r)
	wantError[*serviceerror.Unimplemented](t, err, "VersioningOverride")
}
