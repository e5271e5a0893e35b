package edge_test

import (
	"context"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/batch"
	"github.com/tenuto-io/tenuto/orchestration/engine"
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

// TestEveryVerbIsStamped: each verb that leaves an event which a client asked for says who.
func TestEveryVerbIsStamped(t *testing.T) {
	l := newLobby(t)
	k, text := l.key(t, tenants.Developer, time.Hour)
	var got []*commonpb.Principal
	run := &commonpb.WorkflowExecution{WorkflowId: "transfer-1"}
	l.engine.start = func(_ context.Context, in engine.StartRequest) (engine.StartReply, error) {
		got = append(got, in.Run.By)
		return engine.StartReply{}, nil
	}
	l.engine.signalWithStart = func(_ context.Context, in engine.StartRequest, s history.Signal) (engine.StartReply, error) {
		got = append(got, in.Run.By, s.By)
		return engine.StartReply{}, nil
	}
	l.engine.updateWithStart = func(_ context.Context, in engine.StartRequest, u engine.UpdateRequest) (engine.StartReply, engine.UpdateReply, error) {
		got = append(got, in.Run.By, u.By)
		return engine.StartReply{}, engine.UpdateReply{}, nil
	}
	l.engine.updateWorkflow = func(_ context.Context, in engine.UpdateRequest) (engine.UpdateReply, error) {
		got = append(got, in.By)
		return engine.UpdateReply{}, nil
	}
	l.engine.requestCancel = func(_ context.Context, _ orchestration.RunKey, _ orchestration.RunID, in history.Cancel) error {
		got = append(got, in.By)
		return nil
	}
	l.engine.terminate = func(_ context.Context, _ orchestration.RunKey, _ orchestration.RunID, in history.Terminate) error {
		got = append(got, in.By)
		return nil
	}
	l.engine.delete = func(_ context.Context, _ orchestration.RunKey, in history.Terminate) error {
		got = append(got, in.By)
		return nil
	}
	l.engine.reset = func(_ context.Context, in engine.ResetRequest) (orchestration.RunID, error) {
		got = append(got, in.By, in.Signals[0].By)
		return orchestration.RunID{}, nil
	}
	l.batches.start = func(in batch.Request) error {
		got = append(got, in.By)
		return nil
	}
	start := startAndRaise().Operations[0].GetStartWorkflow()
	start.WorkflowIdConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED
	for name, verb := range map[string]struct {
		stamps int
		call   func(context.Context) error
	}{
		"start": {1, func(ctx context.Context) error { _, err := l.workflows.StartWorkflowExecution(ctx, start); return err }},
		"signal with start": {2, func(ctx context.Context) error {
			_, err := l.workflows.SignalWithStartWorkflowExecution(ctx, &workflowservice.SignalWithStartWorkflowExecutionRequest{
				Namespace: "bank", WorkflowId: "transfer-1", WorkflowType: start.WorkflowType, TaskQueue: start.TaskQueue, SignalName: "s", RequestId: "r",
			})
			return err
		}},
		"update with start": {2, func(ctx context.Context) error {
			_, err := l.workflows.ExecuteMultiOperation(ctx, startAndRaise())
			return err
		}},
		"update": {1, func(ctx context.Context) error {
			_, err := l.workflows.UpdateWorkflowExecution(ctx, raise())
			return err
		}},
		"cancel": {1, func(ctx context.Context) error {
			_, err := l.workflows.RequestCancelWorkflowExecution(ctx, &workflowservice.RequestCancelWorkflowExecutionRequest{Namespace: "bank", WorkflowExecution: run})
			return err
		}},
		"terminate": {1, func(ctx context.Context) error {
			_, err := l.workflows.TerminateWorkflowExecution(ctx, &workflowservice.TerminateWorkflowExecutionRequest{Namespace: "bank", WorkflowExecution: run})
			return err
		}},
		"delete": {1, func(ctx context.Context) error {
			_, err := l.workflows.DeleteWorkflowExecution(ctx, &workflowservice.DeleteWorkflowExecutionRequest{Namespace: "bank", WorkflowExecution: run})
			return err
		}},
		"reset": {2, func(ctx context.Context) error {
			_, err := l.workflows.ResetWorkflowExecution(ctx, &workflowservice.ResetWorkflowExecutionRequest{
				Namespace: "bank", WorkflowExecution: run, WorkflowTaskFinishEventId: 4,
				PostResetOperations: []*workflowpb.PostResetOperation{{Variant: &workflowpb.PostResetOperation_SignalWorkflow_{
					SignalWorkflow: &workflowpb.PostResetOperation_SignalWorkflow{SignalName: "s"},
				}}},
			})
			return err
		}},
		"batch": {1, func(ctx context.Context) error {
			_, err := l.workflows.StartBatchOperation(ctx, signalAll())
			return err
		}},
	} {
		got = nil
		if err := verb.call(as(t.Context(), text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(got) != verb.stamps {
			t.Errorf("%s: %d stamps, want %d", name, len(got), verb.stamps)
		}
		for _, p := range got {
			if p.GetType() != "key" || p.GetName() != k.Holder.String() {
				t.Errorf("%s: stamped %v", name, p)
			}
		}
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
