package edge_test

import (
	"context"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

func goodReset() *workflowservice.ResetWorkflowExecutionRequest {
	return &workflowservice.ResetWorkflowExecutionRequest{Namespace: "bank", WorkflowExecution: runOfBank, WorkflowTaskFinishEventId: 4}
}

func signalAfterReset(name string) *workflowpb.PostResetOperation {
	return &workflowpb.PostResetOperation{Variant: &workflowpb.PostResetOperation_SignalWorkflow_{
		SignalWorkflow: &workflowpb.PostResetOperation_SignalWorkflow{SignalName: name, Input: payloads(2)},
	}}
}

func TestResetCarriesEverything(t *testing.T) {
	w := newWorld(t)
	r := goodReset()
	r.Reason, r.RequestId, r.Identity = "why", "req-1", "me"
	r.PostResetOperations = []*workflowpb.PostResetOperation{signalAfterReset("go")}
	w.engine.reset = func(_ context.Context, in engine.ResetRequest) (orchestration.RunID, error) {
		if in.Run.WorkflowID != runOfBank.WorkflowId || in.Event != 4 || in.Reason != "why" || in.RequestID != "req-1" || in.Identity != "me" {
			t.Errorf("%+v", in)
		}
		if len(in.Signals) != 1 || in.Signals[0].Name != "go" || in.Signals[0].Identity != "me" || !proto.Equal(in.Signals[0].Input, payloads(2)) {
			t.Errorf("signals %+v", in.Signals)
		}
		return someRun, nil
	}
	resp, err := w.workflows.ResetWorkflowExecution(t.Context(), r)
	if err != nil || resp.GetRunId() != someRun.String() {
		t.Errorf("%v, %v", resp, err)
	}
}

func TestResetReapplies(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		kind    enumspb.ResetReapplyType
		exclude []enumspb.ResetReapplyExcludeType
		want    history.Reapply
	}{
		"everything":       {enumspb.RESET_REAPPLY_TYPE_UNSPECIFIED, nil, history.Reapply{Signals: true, Updates: true, Cancels: true}},
		"all eligible":     {enumspb.RESET_REAPPLY_TYPE_ALL_ELIGIBLE, nil, history.Reapply{Signals: true, Updates: true, Cancels: true}},
		"signals":          {enumspb.RESET_REAPPLY_TYPE_SIGNAL, nil, history.Reapply{Signals: true}},
		"nothing":          {enumspb.RESET_REAPPLY_TYPE_NONE, nil, history.Reapply{}},
		"but for signals":  {enumspb.RESET_REAPPLY_TYPE_UNSPECIFIED, []enumspb.ResetReapplyExcludeType{enumspb.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL}, history.Reapply{Updates: true, Cancels: true}},
		"but for cancels":  {enumspb.RESET_REAPPLY_TYPE_UNSPECIFIED, []enumspb.ResetReapplyExcludeType{enumspb.RESET_REAPPLY_EXCLUDE_TYPE_CANCEL_REQUEST}, history.Reapply{Signals: true, Updates: true}},
		"but for updates":  {enumspb.RESET_REAPPLY_TYPE_UNSPECIFIED, []enumspb.ResetReapplyExcludeType{enumspb.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE}, history.Reapply{Signals: true, Cancels: true}},
		"neither wins":     {enumspb.RESET_REAPPLY_TYPE_SIGNAL, []enumspb.ResetReapplyExcludeType{enumspb.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL}, history.Reapply{}},
		"but for no Nexus": {enumspb.RESET_REAPPLY_TYPE_UNSPECIFIED, []enumspb.ResetReapplyExcludeType{enumspb.RESET_REAPPLY_EXCLUDE_TYPE_NEXUS}, history.Reapply{Signals: true, Updates: true, Cancels: true}},
	} {
		t.Run(name, func(t *testing.T) {
			var got engine.ResetRequest
			w.engine.reset = func(_ context.Context, in engine.ResetRequest) (orchestration.RunID, error) {
				got = in
				return someRun, nil
			}
			r := goodReset()
			r.ResetReapplyType, r.ResetReapplyExcludeTypes = c.kind, c.exclude
			if _, err := w.workflows.ResetWorkflowExecution(t.Context(), r); err != nil || got.Reapply != c.want || got.RequestID == "" {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func TestBadResets(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		change func(*workflowservice.ResetWorkflowExecutionRequest)
		words  []string
	}{
		"no execution":    {func(r *workflowservice.ResetWorkflowExecutionRequest) { r.WorkflowExecution = nil }, []string{"Execution is not set"}},
		"the first event": {func(r *workflowservice.ResetWorkflowExecutionRequest) { r.WorkflowTaskFinishEventId = 1 }, []string{"WorkflowTaskFinishEventId", "greater than 1"}},
		"no event":        {func(r *workflowservice.ResetWorkflowExecutionRequest) { r.WorkflowTaskFinishEventId = 0 }, []string{"WorkflowTaskFinishEventId"}},
		"unknown type":    {func(r *workflowservice.ResetWorkflowExecutionRequest) { r.ResetReapplyType = 99 }, []string{"ResetReapplyType", "99"}},
		"unknown exclude type": {func(r *workflowservice.ResetWorkflowExecutionRequest) {
			r.ResetReapplyExcludeTypes = []enumspb.ResetReapplyExcludeType{99}
		}, []string{"ResetReapplyExcludeTypes", "99"}},
		"nameless signal": {func(r *workflowservice.ResetWorkflowExecutionRequest) {
			r.PostResetOperations = []*workflowpb.PostResetOperation{signalAfterReset("")}
		}, []string{"SignalName is not set"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := goodReset()
			c.change(r)
			_, err := w.workflows.ResetWorkflowExecution(t.Context(), r)
			wantError[*serviceerror.InvalidArgument](t, err, c.words...)
		})
	}
	r := goodReset()
	r.PostResetOperations = []*workflowpb.PostResetOperation{{}}
	_, err := w.workflows.ResetWorkflowExecution(t.Context(), r)
	wantError[*serviceerror.Unimplemented](t, err, "PostResetOperation")
}
