package client

import (
	"context"
	"errors"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
)

// ResetPoint is a point of a history by description.
type ResetPoint int

const (
	// AtEvent is the point of ResetOptions.EventID.
	AtEvent ResetPoint = iota
	// FirstWorkflowTask is the end of the first workflow task: everything happens again.
	FirstWorkflowTask
	// LastWorkflowTask is the end of the last workflow task.
	LastWorkflowTask
)

var errNoWorkflowTask = errors.New("client: the run has no workflow task to reset to")

// ResetOptions say how a run is begun again from a point of its history.
type ResetOptions struct {
	// WorkflowID and RunID name the run. An empty RunID means the latest run.
	WorkflowID, RunID string
	// Reason is kept with the new run.
	Reason string
	// Point and, if that is AtEvent, EventID say from where: the end of a workflow task, which is its WorkflowTaskCompleted, -Failed,
	// -TimedOut or -Started event.
	Point   ResetPoint
	EventID int64
	// WithoutSignals and WithoutUpdates leave out those that came after the point. Default: the new run gets them too.
	WithoutSignals, WithoutUpdates bool
	// RequestID makes repeated resets one. Default: a random UUID per call, kept across its retries.
	RequestID string
}

// Reset ends a run, open or closed, and begins another with its history up to a point. It returns the new run's id.
func (c *Client) Reset(ctx context.Context, options ResetOptions) (runID string, err error) {
	if options.Point != AtEvent {
		if options.EventID, err = c.endOfTask(ctx, options); err != nil {
			return "", err
		}
	}
	response, err := c.service.ResetWorkflowExecution(ctx, &workflowservice.ResetWorkflowExecutionRequest{
		Namespace:                 c.options.Namespace,
		WorkflowExecution:         execution(options.WorkflowID, options.RunID),
		Reason:                    options.Reason,
		WorkflowTaskFinishEventId: options.EventID,
		RequestId:                 orRandom(options.RequestID),
		ResetReapplyType:          enumspb.RESET_REAPPLY_TYPE_ALL_ELIGIBLE,
		ResetReapplyExcludeTypes:  options.excluded(),
		Identity:                  c.options.Identity,
	})
	return response.GetRunId(), err
}

func (o ResetOptions) excluded() (types []enumspb.ResetReapplyExcludeType) {
	if o.WithoutSignals {
		types = append(types, enumspb.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL)
	}
	if o.WithoutUpdates {
		types = append(types, enumspb.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE)
	}
	return types
}

// endOfTask finds the end of the first or the last workflow task.
func (c *Client) endOfTask(ctx context.Context, options ResetOptions) (id int64, err error) {
	for event, err := range c.History(ctx, options.WorkflowID, options.RunID) {
		if err != nil {
			return 0, err
		}
		if event.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			id = event.GetEventId()
			if options.Point == FirstWorkflowTask {
				break
			}
		}
	}
	if id == 0 {
		return 0, errNoWorkflowTask
	}
	return id, nil
}

// Delete removes a run with its history, after terminating it if it is open. An empty runID means the latest run. It returns when the server
// has noted it; the run disappears from lists soon after.
func (c *Client) Delete(ctx context.Context, workflowID, runID string) error {
	_, err := c.service.DeleteWorkflowExecution(ctx, &workflowservice.DeleteWorkflowExecutionRequest{
		Namespace: c.options.Namespace, WorkflowExecution: execution(workflowID, runID),
	})
	return err
}
