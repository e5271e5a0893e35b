package machine

import (
	"errors"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/sdk"
)

// outcome is what the workflow function returned.
type outcome struct {
	result *commonpb.Payloads
	err    error
}

// Closed reports whether the workflow function has returned.
func (r *Run) Closed() bool { return r.outcome != nil }

// OnCancel calls f when somebody asks for the workflow's cancellation.
func (r *Run) OnCancel(f func()) { r.onCancel = append(r.onCancel, f) }

// CancelRequested reports whether somebody asked for the workflow's cancellation.
func (r *Run) CancelRequested() bool { return r.cancelRequested }

func (r *Run) requestCancel() {
	r.cancelRequested = true
	for _, f := range r.onCancel {
		f()
	}
}

// begin starts the workflow function as the first coroutine.
func (r *Run) begin(input *commonpb.Payloads) {
	r.scheduler.Spawn("main", func() {
		result, err := r.config.Main(r, input)
		r.outcome = &outcome{result: result, err: err}
	})
}

// conclude adds the closing command, the last one: what other coroutines asked for in the same task comes before it.
func (r *Run) conclude() {
	if r.outcome == nil {
		return
	}
	r.warnUnfinished()
	var canceled *sdk.CanceledError
	var next Continuation
	wire := &commandpb.Command{}
	switch err := r.outcome.err; {
	case err == nil:
		wire.CommandType = enumspb.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION
		wire.Attributes = &commandpb.Command_CompleteWorkflowExecutionCommandAttributes{
			CompleteWorkflowExecutionCommandAttributes: &commandpb.CompleteWorkflowExecutionCommandAttributes{Result: r.outcome.result},
		}
	case errors.As(err, &canceled):
		// Details that cannot be encoded must not keep the workflow from closing.
		details, _ := canceled.Details.Payloads(r.config.Data)
		wire.CommandType = enumspb.COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION
		wire.Attributes = &commandpb.Command_CancelWorkflowExecutionCommandAttributes{
			CancelWorkflowExecutionCommandAttributes: &commandpb.CancelWorkflowExecutionCommandAttributes{Details: details},
		}
	case errors.As(err, &next):
		wire.CommandType = enumspb.COMMAND_TYPE_CONTINUE_AS_NEW_WORKFLOW_EXECUTION
		wire.Attributes = &commandpb.Command_ContinueAsNewWorkflowExecutionCommandAttributes{
			ContinueAsNewWorkflowExecutionCommandAttributes: r.continuation(next.Command()),
		}
	default:
		wire.CommandType = enumspb.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION
		wire.Attributes = &commandpb.Command_FailWorkflowExecutionCommandAttributes{
			FailWorkflowExecutionCommandAttributes: &commandpb.FailWorkflowExecutionCommandAttributes{Failure: r.config.Failures.ErrorToFailure(err)},
		}
	}
	r.request(wire)
}
