package history

import (
	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
)

func judgeCompleteRun(_ *plan, c *commandpb.Command) *refusal {
	if c.GetCompleteWorkflowExecutionCommandAttributes() == nil {
		return refuse(c, "CompleteWorkflowExecutionCommandAttributes is not set on CompleteWorkflowExecutionCommand.")
	}
	return nil
}

func completeRun(o *orders, c *commandpb.Command) {
	result := c.GetCompleteWorkflowExecutionCommandAttributes().Result
	next := o.onSchedule()
	if next != nil {
		next.Chain.LastResult = result
	}
	o.closeRun(c, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionCompletedEventAttributes{
			WorkflowExecutionCompletedEventAttributes: &historypb.WorkflowExecutionCompletedEventAttributes{
				Result:                       result,
				WorkflowTaskCompletedEventId: o.completedID,
				NewExecutionRunId:            o.followedBy(next),
			},
		},
	})
}

func judgeFailRun(_ *plan, c *commandpb.Command) *refusal {
	if c.GetFailWorkflowExecutionCommandAttributes().GetFailure() == nil {
		return refuse(c, "Failure is not set on FailWorkflowExecutionCommand.")
	}
	return nil
}

func failRun(o *orders, c *commandpb.Command) {
	f := c.GetFailWorkflowExecutionCommandAttributes().Failure
	next, state := o.afterFailure(f)
	o.closeRun(c, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionFailedEventAttributes{
			WorkflowExecutionFailedEventAttributes: &historypb.WorkflowExecutionFailedEventAttributes{
				Failure:                      f,
				RetryState:                   state,
				WorkflowTaskCompletedEventId: o.completedID,
				NewExecutionRunId:            o.followedBy(next),
			},
		},
	})
}

func judgeCancelRun(_ *plan, c *commandpb.Command) *refusal {
	if c.GetCancelWorkflowExecutionCommandAttributes() == nil {
		return refuse(c, "CancelWorkflowExecutionCommandAttributes is not set on CancelWorkflowExecutionCommand.")
	}
	return nil
}

func cancelRun(o *orders, c *commandpb.Command) {
	o.closeRun(c, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionCanceledEventAttributes{
			WorkflowExecutionCanceledEventAttributes: &historypb.WorkflowExecutionCanceledEventAttributes{
				Details:                      c.GetCancelWorkflowExecutionCommandAttributes().Details,
				WorkflowTaskCompletedEventId: o.completedID,
			},
		},
	})
}

// closeRun closes the run as its code wants. What these commands themselves left in the buffer (activities canceled unstarted) goes with
// it: nobody will look at it.
func (o *orders) closeRun(c *commandpb.Command, ev *historypb.HistoryEvent) {
	ev.UserMetadata, ev.EventGroupMarkers = c.UserMetadata, c.EventGroupMarkers
	o.close(ev)
}
