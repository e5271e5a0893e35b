package history

import (
	"slices"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Chain is where a run stands among the runs of its workflow of which each followed the one before: because its code continued as new, by
// its retry policy, or by its cron schedule. The zero value: it is the first, and nothing is carried into it.
type Chain struct {
	First      orchestration.RunID            // zero: this run
	Continued  orchestration.RunID            // the run before; zero: none
	Initiator  enumspb.ContinueAsNewInitiator // why this run follows it; unspecified: it follows none
	Attempt    int32                          // of the retry policy, from 1; 0 is 1
	Expires    time.Time                      // end of the execution timeout, which counts from the first run; zero: none, or this is the first
	Failure    *failurepb.Failure             // how the run before failed, when that is why there is this one
	LastResult *commonpb.Payloads             // of the last run that completed
	Points     *workflowpb.ResetPoints        // of the runs before
	SignalIDs  []string                       // request ids of signals that the runs before have seen, oldest first
}

// beginning is the item of what a run began with that the run after it begins with as well. Only a run that the server itself may have
// another one follow keeps it; else inputs are in history alone.
func beginning(a *historypb.WorkflowExecutionStartedEventAttributes) *historypb.WorkflowExecutionStartedEventAttributes {
	if a.CronSchedule == "" && (a.RetryPolicy == nil || a.RetryPolicy.MaximumAttempts == 1) {
		return nil
	}
	return &historypb.WorkflowExecutionStartedEventAttributes{Input: a.Input, Header: a.Header, LastCompletionResult: a.LastCompletionResult}
}

// carriedSignals is the item of Chain.SignalIDs. The whole item is live: no event of this run tells of them.
type carriedSignals []string

// knows tells whether a signal with this request id has been recorded, by this run or by one before it in its chain.
func (r *Run) knows(requestID string) bool {
	return requestID != "" && (r.requests[requestID] != nil || slices.Contains(r.carried, requestID))
}

// signalIDs are the request ids that the next run must know: the latest ones.
func (r *Run) signalIDs() []string {
	all := slices.Concat(r.carried, r.remembered)
	return all[max(0, len(all)-orchestration.MaxSignalRequestIDs):]
}

// First is the first run of the chain.
func (r *Run) First() orchestration.RunID {
	if r.Header.First.IsZero() {
		return r.Key.RunID
	}
	return r.Header.First
}

// EndsItsChain tells whether it is certain that no run has followed this closed one in its chain.
func (r *Run) EndsItsChain() bool {
	h := &r.Header
	switch {
	case h.running(), !h.ResetRun.IsZero(), h.Status == enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW:
		return false
	case h.Status == enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED, h.Status == enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED:
		return true
	}
	return h.Cron == "" && h.RetryPolicy.msg == nil
}

// attempt is the run's number under its retry policy, from 1.
func (h *Header) attempt() int32 { return max(h.Attempt, 1) }

// executionExpires is when the whole chain times out; unset: never.
func (h *Header) executionExpires() instant {
	if h.Expires != 0 {
		return h.Expires
	}
	return instantOf(h.ExecutionTime).add(h.ExecutionTimeout)
}

// another is a run that begins as this one is configured now, and follows it.
func (s *step) another(why enumspb.ContinueAsNewInitiator) *StartRun {
	r, h := s.run, &s.run.Header
	return &StartRun{
		Key:              r.Key.WorkflowKey.Run(s.next),
		Type:             h.Type,
		TaskQueue:        h.TaskQueue,
		Input:            r.beginning.msg.GetInput(),
		Header:           r.beginning.msg.GetHeader(),
		Memo:             r.memo.msg,
		SearchAttributes: r.search.msg,
		ExecutionTimeout: h.ExecutionTimeout,
		RunTimeout:       h.RunTimeout,
		TaskTimeout:      h.TaskTimeout,
		RequestID:        h.StartRequestID,
		RetryPolicy:      h.RetryPolicy.msg,
		CronSchedule:     h.Cron,
		UserMetadata:     r.metadata.msg,
		Priority:         h.Priority.msg,
		Parent:           h.Parent,
		Trace:            h.Trace,
		Chain: Chain{
			First:      r.First(),
			Continued:  r.Key.RunID,
			Initiator:  why,
			Expires:    h.executionExpires().time(),
			LastResult: r.beginning.msg.GetLastCompletionResult(),
			Points:     r.resetPointInfos(),
			SignalIDs:  r.signalIDs(),
		},
	}
}

// afterFailure is the run that follows this one when it fails, or times out, with f; nil when none does. The state says why it is not retried.
func (s *step) afterFailure(f *failurepb.Failure) (*StartRun, enumspb.RetryState) {
	h := &s.run.Header
	state, pause := enumspb.RETRY_STATE_RETRY_POLICY_NOT_SET, time.Duration(0)
	if h.RetryPolicy.msg != nil {
		state, pause = nextAttempt(completeRetryPolicy(h.RetryPolicy.msg), h.attempt(), f, h.executionExpires(), s.now)
	}
	if state == enumspb.RETRY_STATE_IN_PROGRESS {
		next := s.another(enumspb.CONTINUE_AS_NEW_INITIATOR_RETRY)
		next.StartDelay, next.Chain.Attempt, next.Chain.Failure = pause, h.attempt()+1, f
		return next, state
	}
	next := s.onSchedule()
	if next != nil {
		next.Chain.Failure = f
	}
	return next, state
}

// onSchedule is the run that the cron schedule has follow this one; nil: there is no schedule, or it is over.
func (s *step) onSchedule() *StartRun {
	h := &s.run.Header
	if h.Cron == "" {
		return nil
	}
	pause, ok := cronPause(h.Cron, h.ExecutionTime, s.now)
	if expires := h.executionExpires(); !ok || expires != 0 && instantOf(s.now).after(pause) >= expires {
		return nil
	}
	next := s.another(enumspb.CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE)
	next.StartDelay = pause
	return next
}

// followedBy notes the run that is to start with this one's close, and names it for the closing event; "" when there is none.
func (s *step) followedBy(next *StartRun) string {
	if s.out.Next = next; next == nil {
		return ""
	}
	return next.Key.RunID.String()
}
