package history

import (
	"time"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	protocolpb "go.temporal.io/api/protocol/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Transition is what one verb did to a run, as data.
type Transition struct {
	// Events are the new events, with consecutive ids and monotonic times. Empty when nothing entered history.
	Events []*historypb.HistoryEvent
	// Ready are the tasks that this transition made dispatchable now.
	Ready []Task
	// Dropped are tasks that are dispatchable no more: started, cancelled, timed out or replaced.
	Dropped []Task
	// Visibility tells that the list row changed: start, upsert, close.
	Visibility bool
	// Closed tells that the run closed with this transition.
	Closed bool
	// Effects are the ids of those that are to be sent to other runs now, in order; see Run.Effect.
	Effects []orchestration.EventID
	// Next is the run that begins when this one closes, in the same commit: its code continued as new, or it is retried or on a schedule.
	// nil: none does. Invariant: set only with Closed; the closing event names it.
	Next *StartRun
	// Changed tells that anything at all was changed, also without an event; if false there is nothing to commit.
	Changed bool
	// Volatile tells that what lives in memory only was changed: admitted updates, a speculative workflow task. That alone needs no commit.
	Volatile bool
	// Actions is what the transition adds to its namespace's usage.
	Actions orchestration.Actions
	// Updates is what became of workflow updates, in order, for those who wait for them.
	Updates []UpdateNews
}

// Task is a dispatchable step, derivable from the run's state.
type Task struct {
	Kind             orchestration.TaskKind // WorkflowTask or ActivityTask
	Queue            string                 // where it is dispatched: the sticky queue while Sticky
	Sticky           bool
	NormalQueue      string // of a workflow task: where it goes when the sticky queue has no poller
	ScheduledEventID orchestration.EventID
	Attempt          int32
	Priority         *commonpb.Priority
	ReadyAt          time.Time // when it became dispatchable
	Backlog          int64     // seq of its backlog row; 0: none
	Speculative      bool      // in memory only: it must not get a backlog row
}

// Poller says who takes a task.
type Poller struct {
	Identity  string
	RequestID string // of the poll: a repeated start with the same id gets the same answer
	Stamp     *commonpb.WorkerVersionStamp
}

// StartedWorkflowTask is a workflow task that a worker may have after the commit.
type StartedWorkflowTask struct {
	ScheduledEventID     orchestration.EventID
	StartedEventID       orchestration.EventID
	PreviousStarted      orchestration.EventID // StartedEventID of the last completed workflow task; 0: none
	Attempt              int32
	ScheduledTime        time.Time
	StartedTime          time.Time
	Sticky               bool                      // the worker has history up to PreviousStarted; send what follows it
	Transient            []*historypb.HistoryEvent // Scheduled and Started of attempt 2 and later, and of speculative tasks: to be shown after the stored events
	LastEventID          orchestration.EventID     // of the history shown, Transient included; equals StartedEventID
	Messages             []*protocolpb.Message     // updates, for the workflow's code
	Nonce                int64                     // to be said again with the answer
	HistoryBytes         int64
	SuggestContinueAsNew bool
}

// StartedActivity is an activity task that a worker may have after the commit. Its input, header and type are in the event ScheduledEventID.
type StartedActivity struct {
	ScheduledEventID     orchestration.EventID
	ActivityID           string
	Attempt              int32     // names the attempt: for tokens
	AttemptCount         int32     // the attempt's number, for the worker: from 1, and from 1 again after a reset
	ScheduledTime        time.Time // of the first attempt
	AttemptScheduledTime time.Time // of this attempt
	StartedTime          time.Time
	HeartbeatDetails     *commonpb.Payloads // of the previous attempt
	RetryPolicy          *commonpb.RetryPolicy
	ScheduleToClose      time.Duration
	StartToClose         time.Duration
	HeartbeatTimeout     time.Duration
	Priority             *commonpb.Priority
}

// Completed is the outcome of CompleteWorkflowTask.
type Completed struct {
	Transition
	// Failed is set when the completion was turned into a failed workflow task: bad commands, an unhandled command. It is the error that the
	// worker gets; the transition is to be committed all the same.
	Failed *orchestration.Error
	// ResetEventID is set when the task left no trace: the worker goes back to this event, the Started of the last task that is in history. 0: it need not.
	ResetEventID orchestration.EventID
	// Eager are scheduled event ids of the activities of this completion that asked for eager execution, in order.
	Eager []orchestration.EventID
}

// HeartbeatAnswer is what a heartbeat tells the activity.
type HeartbeatAnswer struct {
	CancelRequested bool
	Paused          bool // an operator paused the activity: no attempt will follow this one before it is unpaused
	Reset           bool // an operator reset the activity: this attempt does not count any more
}
