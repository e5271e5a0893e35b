package orchestration_test

import (
	"testing"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

func child(id string) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION,
		Attributes: &commandpb.Command_StartChildWorkflowExecutionCommandAttributes{
			StartChildWorkflowExecutionCommandAttributes: &commandpb.StartChildWorkflowExecutionCommandAttributes{
				WorkflowId: id, WorkflowType: &commonpb.WorkflowType{Name: "T"},
			},
		},
	}
}

func signalOther(id string) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION,
		Attributes: &commandpb.Command_SignalExternalWorkflowExecutionCommandAttributes{
			SignalExternalWorkflowExecutionCommandAttributes: &commandpb.SignalExternalWorkflowExecutionCommandAttributes{
				Execution: &commonpb.WorkflowExecution{WorkflowId: id}, SignalName: "s",
			},
		},
	}
}

func cancelOther(id string) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION,
		Attributes: &commandpb.Command_RequestCancelExternalWorkflowExecutionCommandAttributes{
			RequestCancelExternalWorkflowExecutionCommandAttributes: &commandpb.RequestCancelExternalWorkflowExecutionCommandAttributes{WorkflowId: id},
		},
	}
}

// wantPendingLimit: as many commands as the limit says are obeyed, and one more is not.
func wantPendingLimit(t *testing.T, limit int, command func(string) *commandpb.Command, cause enumspb.WorkflowTaskFailedCause) {
	t.Helper()
	l := newLife(t)
	if out := l.complete(l.begin(), many(limit, command)...); out.Failed != nil {
		t.Fatalf("%d were refused: %v", limit, out.Failed)
	}
	l.wantRefused(l.complete(l.begin(), command("one more")), cause)
}

func TestPendingChildrenLimit(t *testing.T) {
	wantPendingLimit(t, orchestration.MaxPendingChildren, child, enumspb.WORKFLOW_TASK_FAILED_CAUSE_PENDING_CHILD_WORKFLOWS_LIMIT_EXCEEDED)
}

func TestPendingSignalsLimit(t *testing.T) {
	wantPendingLimit(t, orchestration.MaxPendingSignals, signalOther, enumspb.WORKFLOW_TASK_FAILED_CAUSE_PENDING_SIGNALS_LIMIT_EXCEEDED)
}

func TestPendingCancelsLimit(t *testing.T) {
	wantPendingLimit(t, orchestration.MaxPendingCancels, cancelOther, enumspb.WORKFLOW_TASK_FAILED_CAUSE_PENDING_REQUEST_CANCEL_LIMIT_EXCEEDED)
}
