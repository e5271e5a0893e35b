package edge_test

import (
	"context"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

func TestDeleteCarriesTheRun(t *testing.T) {
	w := newWorld(t)
	var asked orchestration.RunKey
	w.engine.delete = func(_ context.Context, run orchestration.RunKey, in history.Terminate) error {
		asked = run
		if in.Reason == "" {
			t.Error("a run that is terminated to be deleted says no reason")
		}
		return nil
	}
	request := &workflowservice.DeleteWorkflowExecutionRequest{
		Namespace: "bank", WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "transfer-1", RunId: someRun.String()},
	}
	if _, err := w.workflows.DeleteWorkflowExecution(t.Context(), request); err != nil {
		t.Fatal(err)
	}
	if asked != (orchestration.WorkflowKey{Namespace: w.ns.ID, WorkflowID: "transfer-1"}).Run(someRun) {
		t.Errorf("run %v", asked)
	}
	w.engine.delete = func(context.Context, orchestration.RunKey, history.Terminate) error {
		return orchestration.Errorf(orchestration.NotFound, "workflow not found for ID: transfer-1")
	}
	_, err := w.workflows.DeleteWorkflowExecution(t.Context(), request)
	wantError[*serviceerror.NotFound](t, err, "workflow not found for ID: transfer-1")
}
