package edge_test

import (
	"context"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/tenants"
)

// TestVerifiedCallerIsStamped: what goes into history says who was verified, beside what the client says of itself.
func TestVerifiedCallerIsStamped(t *testing.T) {
	l := newLobby(t)
	k, text := l.key(t, tenants.Developer, time.Hour)
	var got history.Signal
	l.engine.signal = func(_ context.Context, _ orchestration.RunKey, in history.Signal) error {
		got = in
		return nil
	}
	_, err := l.workflows.SignalWorkflowExecution(as(t.Context(), text), &workflowservice.SignalWorkflowExecutionRequest{
		Namespace: "bank", WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "order-1"}, SignalName: "s", Identity: "somebody else",
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.By.GetType() != "key" || got.By.GetName() != k.Holder.String() || got.Identity != "somebody else" {
		t.Errorf("stamped %v, identity %q", got.By, got.Identity)
	}
}

// TestNobodyIsStampedWithoutAuthentication: what the server has not verified it does not say.
func TestNobodyIsStampedWithoutAuthentication(t *testing.T) {
	w := newWorld(t)
	stamped := &commonpb.Principal{}
	w.engine.signal = func(_ context.Context, _ orchestration.RunKey, in history.Signal) error {
		stamped = in.By
		return nil
	}
	_, err := w.workflows.SignalWorkflowExecution(t.Context(), &workflowservice.SignalWorkflowExecutionRequest{
		Namespace: "bank", WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "order-1"}, SignalName: "s",
	})
	if err != nil || stamped != nil {
		t.Errorf("stamped %v, %v", stamped, err)
	}
}
