package history

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
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
	s.reset, s.keeps = in.Reset, in.Keeps
	s.run.Header.Ceded = in.Reset
	s.forceClose(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
		Principal: in.By,
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
	s.interruptForClose()
	attrs := &historypb.WorkflowExecutionTimedOutEventAttributes{RetryState: enumspb.RETRY_STATE_TIMEOUT}
	if expires := s.run.Header.executionExpires(); expires == 0 || instantOf(s.now) < expires {
		var next *StartRun
		next, attrs.RetryState = s.afterFailure(runTimeoutFailure())
		attrs.NewExecutionRunId = s.followedBy(next)
	} else if s.run.Header.RetryPolicy.msg == nil {
		attrs.RetryState = enumspb.RETRY_STATE_RETRY_POLICY_NOT_SET
	}
	s.close(&historypb.HistoryEvent{
		EventType:  enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionTimedOutEventAttributes{WorkflowExecutionTimedOutEventAttributes: attrs},
	})
}

// runTimeoutFailure is how a run failed that timed out, for its retry policy and the run that follows.
func runTimeoutFailure() *failurepb.Failure {
	return &failurepb.Failure{
		Message: "workflow timeout",
		Source:  failureSource,
		FailureInfo: &failurepb.Failure_TimeoutFailureInfo{
			TimeoutFailureInfo: &failurepb.TimeoutFailureInfo{TimeoutType: enumspb.TIMEOUT_TYPE_START_TO_CLOSE},
		},
	}
}

// forceClose ends the run from outside.
func (s *step) forceClose(ev *historypb.HistoryEvent) {
	s.interruptForClose()
	s.close(ev)
}

// interruptForClose fails a workflow task in flight, because the run closes without it; what it held back enters history.
func (s *step) interruptForClose() {
	if s.run.Header.Task.started() {
		s.endTask(taskFailed(failedTask{Cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND, Identity: serverIdentity}))
		s.flush()
	}
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
