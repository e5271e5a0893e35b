package client

import (
	"context"
	"errors"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/internal/rpc"
)

// Run is one run of a workflow whose result is an O. It is safe for concurrent use.
type Run[O any] struct {
	client    *Client
	id, runID string
}

// GetWorkflow returns a handle to a workflow that was started elsewhere. An empty runID means its latest run. It makes no
// call, so it does not fail for a workflow that does not exist: its methods do.
func GetWorkflow[O any](c *Client, workflowID, runID string) *Run[O] {
	return &Run[O]{client: c, id: workflowID, runID: runID}
}

// ID returns the workflow id.
func (r *Run[O]) ID() string { return r.id }

// RunID returns the run id, empty for the latest run.
func (r *Run[O]) RunID() string { return r.runID }

// Get waits until the workflow ends and returns its result. Runs that ended by a retry, a cron or continue-as-new are
// followed. It returns an [sdk.WorkflowExecutionError] if the workflow ended without a result, and the context's error, with
// the last failure, if ctx ended first.
func (r *Run[O]) Get(ctx context.Context) (O, error) {
	var result O
	runID, workflowType := r.runID, ""
	for {
		event, err := r.client.closeEvent(ctx, r.id, runID)
		if err != nil {
			return result, err
		}
		outcome := outcomeOf(event)
		if outcome.next != "" {
			runID = outcome.next
			continue
		}
		if outcome.status == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED {
			return result, r.client.options.DataConverter.FromPayloads(outcome.result, &result)
		}
		if workflowType == "" {
			runID, workflowType = r.client.nameRun(ctx, r.id, runID)
		}
		return result, &sdk.WorkflowExecutionError{
			WorkflowID: r.id, RunID: runID, WorkflowType: workflowType,
			RetryState: outcome.retryState, Cause: r.client.causeOf(outcome),
		}
	}
}

// Signal sends a signal to the workflow.
func (r *Run[O]) Signal(ctx context.Context, name string, args ...any) error {
	return r.client.Signal(ctx, r.id, r.runID, name, args...)
}

// Cancel asks the workflow to end. It decides itself when and how.
func (r *Run[O]) Cancel(ctx context.Context) error { return r.client.Cancel(ctx, r.id, r.runID) }

// Terminate ends the workflow at once.
func (r *Run[O]) Terminate(ctx context.Context, reason string, details ...any) error {
	return r.client.Terminate(ctx, r.id, r.runID, reason, details...)
}

// Describe returns the state of the run.
func (r *Run[O]) Describe(ctx context.Context) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	return r.client.Describe(ctx, r.id, r.runID)
}

// closeEvent waits for the last event of a run.
func (c *Client) closeEvent(ctx context.Context, workflowID, runID string) (*historypb.HistoryEvent, error) {
	request := &workflowservice.GetWorkflowExecutionHistoryRequest{
		Namespace:              c.options.Namespace,
		Execution:              &commonpb.WorkflowExecution{WorkflowId: workflowID, RunId: runID},
		WaitNewEvent:           true,
		HistoryEventFilterType: enumspb.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT,
		SkipArchival:           true,
	}
	for {
		response, err := c.service.GetWorkflowExecutionHistory(rpc.LongPoll(ctx), request)
		if err != nil {
			return nil, err
		}
		if events := response.GetHistory().GetEvents(); len(events) > 0 {
			return events[len(events)-1], nil
		}
		if len(response.GetNextPageToken()) == 0 {
			return nil, errors.New("client: the server ended the history of an open workflow")
		}
		request.NextPageToken = response.GetNextPageToken()
	}
}

// nameRun finds the run id and the type of a failed run, for its error. The error is worth more than its decoration, so
// failing to find them is no failure.
func (c *Client) nameRun(ctx context.Context, workflowID, runID string) (string, string) {
	description, err := c.Describe(rpc.Once(ctx), workflowID, runID)
	if err != nil {
		return runID, ""
	}
	info := description.GetWorkflowExecutionInfo()
	return info.GetExecution().GetRunId(), info.GetType().GetName()
}

func (c *Client) causeOf(o outcome) error {
	switch {
	case o.failure != nil:
		return c.options.FailureConverter.FailureToError(o.failure)
	case o.status == enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED:
		return &sdk.CanceledError{Details: sdk.ReceivedDetails(o.result, c.options.DataConverter)}
	case o.status == enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT:
		return &sdk.TimeoutError{Message: "workflow timeout", Kind: enumspb.TIMEOUT_TYPE_START_TO_CLOSE}
	case o.status == enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED:
		details := sdk.ReceivedDetails(o.result, c.options.DataConverter)
		return &sdk.TerminatedError{Reason: o.reason, Identity: o.identity, Details: details}
	default:
		return fmt.Errorf("client: unexpected close event %s", o.event)
	}
}
