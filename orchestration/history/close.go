package history

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Terminate closes the run without asking workflow code. Errors: NotFound (closed).
func (r *Run) Terminate(in Terminate, now time.Time) (Transition, error) {
	if err := r.open(); err != nil {
		return Transition{}, err
	}
	s := r.begin(now)
	s.terminate(in)
	return s.finish(), nil
}

func (s *step) terminate(in Terminate) {
	s.forceClose(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
		Links:     in.Links,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionTerminatedEventAttributes{
			WorkflowExecutionTerminatedEventAttributes: &historypb.WorkflowExecutionTerminatedEventAttributes{
				Reason:   in.Reason,
				Details:  in.Details,
				Identity: in.Identity,
			},
		},
	})
}

// timeOutRun closes a run whose run or execution timeout has passed.
func (s *step) timeOutRun() {
	s.forceClose(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionTimedOutEventAttributes{
			WorkflowExecutionTimedOutEventAttributes: &historypb.WorkflowExecutionTimedOutEventAttributes{
				RetryState: s.run.runRetryState(),
			},
		},
	})
}

// forceClose ends the run from outside: a workflow task in flight fails first, and what it held back enters history.
func (s *step) forceClose(ev *historypb.HistoryEvent) {
	if s.run.Header.Task.started() {
		s.endTask(taskFailed(failedTask{Cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND, Identity: serverIdentity}))
		s.flush()
	}
	s.close(ev)
}

// close appends the closing event: nothing of the run is dispatchable any more.
func (s *step) close(ev *historypb.HistoryEvent) {
	for _, t := range s.run.Ready(s.now) {
		s.drop(t)
	}
	s.endUpdates()
	children := s.leaveChildren()
	s.append(ev)
	s.partFrom(children)
	s.reportClose(ev)
	s.out.Closed, s.out.Visibility = true, true
}

// runRetryState says why a failed or timed out run is not retried.
func (r *Run) runRetryState() enumspb.RetryState {
	if r.Header.RetryPolicy.msg == nil {
		return enumspb.RETRY_STATE_RETRY_POLICY_NOT_SET
	}
	return enumspb.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED
}

// serverIdentity signs what the server itself decided.
const serverIdentity = "history-service"

// limitHistory terminates a run whose history has grown past its limits.
func (s *step) limitHistory() {
	reason := ""
	switch h := &s.run.Header; {
	case h.NextEventID-1 > orchestration.MaxHistoryEvents:
		reason = "Workflow history count exceeds limit."
	case h.HistoryBytes > orchestration.MaxHistoryBytes:
		reason = "Workflow history size exceeds limit."
	default:
		return
	}
	s.terminate(Terminate{Reason: reason, Identity: serverIdentity})
}
