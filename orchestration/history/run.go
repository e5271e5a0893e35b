package history

import (
	"time"

	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Run is the live state machine of one run. It is not safe for concurrent use: its owner serialises.
type Run struct {
	Key    orchestration.RunKey
	Header Header
	// … items, dirty set (see the package comment)
}

// Item is one stored item of a run; Data nil deletes it.
type Item struct {
	Kind ItemKind
	ID   string
	Data []byte
}

// ItemKind tells items apart. The values are part of the storage format.
type ItemKind uint8

// Start makes a new run: WorkflowExecutionStarted and, without start delay, the first WorkflowTaskScheduled.
func Start(in StartRun, now time.Time) (*Run, Transition) { panic("contract") }

// Load rebuilds a run from run.state and its item rows. It returns DataLoss when they cannot be read.
func Load(key orchestration.RunKey, state []byte, items []Item) (*Run, error) { panic("contract") }

// Save encodes what changed since the last Save (or Load): the whole new run.state and the changed item rows. While header and items are
// at most 1.5 KB they are packed into run.state; beyond, items are rows and stay rows until close. An item over 1 KB is always a row.
func (r *Run) Save() (state []byte, items []Item, err error) { panic("contract") }

// Fold applies events to an empty run: the event-derived part of the state.
func Fold(key orchestration.RunKey, events []*historypb.HistoryEvent) (*Run, error) {
	panic("contract")
}

// Ready derives the tasks that are scheduled, unstarted and due at now: what recovery dispatches again.
func (r *Run) Ready(now time.Time) []Task { panic("contract") }

// SetBacklog records that the task has (seq > 0) or no longer has (0) a backlog row; it changes Wake.
func (r *Run) SetBacklog(t Task, seq int64) { panic("contract") }

// NextTimer is the earliest moment at which Fire has something to do: user timers, time-outs, retry and start back-offs. Zero: never.
func (r *Run) NextTimer() time.Time { panic("contract") }

// Wake is when this run next needs its owner: the ready time of a scheduled, unstarted task without backlog row, else NextTimer. Zero: never.
func (r *Run) Wake() time.Time { panic("contract") }

// Fire does everything that is due at now, in order of time: timers, time-outs, tasks whose back-off ended. Nothing due: Changed is false.
func (r *Run) Fire(now time.Time) Transition { panic("contract") }

// Signal records an external signal. A known RequestID changes nothing. Errors: NotFound (closed), InvalidArgument (too many signals).
func (r *Run) Signal(in Signal, now time.Time) (Transition, error) { panic("contract") }

// RequestCancel records a request to cancel; a repetition (same request id, or already requested) changes nothing. Errors: NotFound (closed).
func (r *Run) RequestCancel(in Cancel, now time.Time) (Transition, error) { panic("contract") }

// Terminate closes the run. Errors: NotFound (closed).
func (r *Run) Terminate(in Terminate, now time.Time) (Transition, error) { panic("contract") }

// StartWorkflowTask starts the scheduled workflow task. The same poll request id gets the same answer again. Errors: NotFound when t is
// not the scheduled, unstarted task.
func (r *Run) StartWorkflowTask(t Task, p Poller, now time.Time) (Transition, StartedWorkflowTask, error) {
	panic("contract")
}

// UnstartWorkflowTask takes a start back that never reached its worker: same attempt, dispatchable again, no trace in history (a Started
// event enters history only when its task ends). Errors: NotFound.
func (r *Run) UnstartWorkflowTask(ref WorkflowTaskRef, now time.Time) (Transition, error) {
	panic("contract")
}

// CompleteWorkflowTask applies a worker's commands. Errors (nothing changed): NotFound for a task that is not in flight, InvalidArgument.
func (r *Run) CompleteWorkflowTask(in CompleteWorkflowTask, now time.Time) (Completed, error) {
	panic("contract")
}

// FailWorkflowTask records the failure and schedules the next attempt. Errors: NotFound.
func (r *Run) FailWorkflowTask(in FailWorkflowTask, now time.Time) (Transition, error) {
	panic("contract")
}

// Pending are the events of the workflow task in flight that are not stored yet: Started of a first attempt; Scheduled and Started of a
// later one (those only SDK clients may see: transient is true). They follow the stored events.
func (r *Run) Pending() (events []*historypb.HistoryEvent, transient bool) { panic("contract") }

// LeaveSticky makes the run forget its sticky worker: a scheduled, unstarted sticky workflow task moves to the normal queue, without an event.
func (r *Run) LeaveSticky(now time.Time) Transition { panic("contract") }

// StartActivity starts a scheduled activity. The same poll request id gets the same answer again. Errors: NotFound.
func (r *Run) StartActivity(t Task, p Poller, now time.Time) (Transition, StartedActivity, error) {
	panic("contract")
}

// UnstartActivity takes a start back that never reached its worker: same attempt, dispatchable again. Errors: NotFound.
func (r *Run) UnstartActivity(ref ActivityRef, now time.Time) (Transition, error) { panic("contract") }

// CompleteActivity records a result. Errors: NotFound.
func (r *Run) CompleteActivity(ref ActivityRef, result *commonpb.Payloads, identity string, now time.Time) (Transition, error) {
	panic("contract")
}

// FailActivity records a failure: a retry is scheduled as the policy says, or the activity closes. lastHeartbeat, when set, is kept first. Errors: NotFound.
func (r *Run) FailActivity(ref ActivityRef, failure *failurepb.Failure, lastHeartbeat *commonpb.Payloads, identity string, now time.Time) (Transition, error) {
	panic("contract")
}

// CancelActivity records that the activity gave way to a cancellation. Errors: NotFound, InvalidArgument when no cancellation was requested.
func (r *Run) CancelActivity(ref ActivityRef, details *commonpb.Payloads, identity string, now time.Time) (Transition, error) {
	panic("contract")
}

// Heartbeat records liveness and details. Errors: NotFound.
func (r *Run) Heartbeat(ref ActivityRef, details *commonpb.Payloads, identity string, now time.Time) (Transition, HeartbeatAnswer, error) {
	panic("contract")
}
