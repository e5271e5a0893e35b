package history

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Header is the fixed part of a run's state. Times are UTC with nanosecond precision; zero means unset. Fields marked "live" are not
// derived from events.
type Header struct {
	Status         enumspb.WorkflowExecutionStatus `cbor:"1,keyasint"`
	Type           string                          `cbor:"2,keyasint"`
	TaskQueue      string                          `cbor:"3,keyasint"`
	StartTime      time.Time                       `cbor:"-"`                     // the four times are stored compactly, see clock
	ExecutionTime  time.Time                       `cbor:"-"`                     // StartTime + start delay
	CloseTime      time.Time                       `cbor:"-"`                     // Invariant: set iff Status is a closed one
	LastEventTime  time.Time                       `cbor:"-"`                     // Invariant: >= the time of every event; only ActivityTaskStarted may be earlier than the event before it
	NextEventID    orchestration.EventID           `cbor:"7,keyasint"`            // Invariant: last stored event + 1
	HistoryBytes   int64                           `cbor:"9,keyasint"`            // encoded size of all events
	StartRequestID string                          `cbor:"10,keyasint,omitempty"` // live

	StickyQueue   string        `cbor:"11,keyasint,omitempty"` // live. "" : no sticky worker
	StickyTimeout time.Duration `cbor:"12,keyasint,omitempty"` // live. Invariant: set iff StickyQueue is

	PreviousStarted orchestration.EventID `cbor:"13,keyasint,omitempty"` // Started id of the last completed workflow task
	CancelRequested bool                  `cbor:"14,keyasint,omitempty"`
	Task            *WorkflowTask         `cbor:"15,keyasint,omitempty"` // nil: none scheduled. Invariant: nil in a closed run

	RunTimeout       time.Duration `cbor:"16,keyasint,omitempty"` // 0: none; counts from ExecutionTime
	ExecutionTimeout time.Duration `cbor:"17,keyasint,omitempty"` // 0: none; counts from ExecutionTime
	TaskTimeout      time.Duration `cbor:"18,keyasint"`
	Signals          int           `cbor:"19,keyasint,omitempty"` // signals in history
	Priority         priority      `cbor:"20,keyasint,omitzero"`
	RetryPolicy      retryPolicy   `cbor:"21,keyasint,omitzero"`
	FirstTaskDue     instant       `cbor:"22,keyasint,omitempty"` // end of the start delay or back-off; 0 once the first workflow task is scheduled
	WorkerStamp      versionStamp  `cbor:"23,keyasint,omitzero"`  // of the last completed workflow task
	RequestSeq       int64         `cbor:"24,keyasint,omitempty"` // counts request ids ever remembered
	CancelRequestID  string        `cbor:"25,keyasint,omitempty"` // live
	BufferSeq        int64         `cbor:"26,keyasint,omitempty"` // live. Counts buffered events ever
	Transitions      int64         `cbor:"27,keyasint,omitempty"` // live. Counts transitions that changed anything

	Parent  *Parent             `cbor:"40,keyasint,omitempty"` // nil: the run is no child
	First   orchestration.RunID `cbor:"28,keyasint,omitzero"`  // first run of the chain; zero: this one
	Expires instant             `cbor:"29,keyasint,omitempty"` // end of the execution timeout, when it does not count from ExecutionTime
	Attempt int32               `cbor:"30,keyasint,omitempty"` // of the retry policy; 0: the first
	Cron    string              `cbor:"31,keyasint,omitempty"` // schedule of the runs that follow
	Patient bool                `cbor:"32,keyasint,omitempty"` // a signal does not end the wait for FirstTaskDue: that is a back-off, not a start delay

	ResetRun      orchestration.RunID   `cbor:"33,keyasint,omitzero"`  // live. The run that a reset began from this one's history; zero: none
	ResetTime     instant               `cbor:"34,keyasint,omitempty"` // when a reset began this run; StartTime, and what counts from it, is then this time
	ResetEvent    orchestration.EventID `cbor:"61,keyasint,omitempty"` // by which the latest reset began this run. Invariant: set iff ResetTime is
	OriginalStart instant               `cbor:"35,keyasint,omitempty"` // StartTime before the first reset. Invariant: set iff ResetTime is

	// Metered tells that the run is counted in its namespace's usage. Runs that were stored before usage was counted are not, until their next transition.
	Metered bool `cbor:"65,keyasint,omitempty"`

	// Trace is the place of the run's spans in a trace that others began; see Run.Trace. Derived from the start's header, and live where that carries none.
	Trace orchestration.TraceContext `cbor:"66,keyasint,omitzero"`

	Ceded   bool `cbor:"60,keyasint,omitempty"` // live. A reset closed the run: the one that took its place answers for the updates that this one had accepted
	Leaving bool `cbor:"55,keyasint,omitempty"` // live. The run is deleted once its effects are done. Invariant: in a closed run only
}

// WorkflowTask is the pending workflow task. Only that a task of attempt 1 is scheduled, and its ids, is derived from events; the rest
// is live.
type WorkflowTask struct {
	// ScheduledEventID is the Scheduled event's id; while a task of attempt 2 or later is unstarted, it is only a name: the id is fixed at
	// its start. Invariant: < NextEventID with attempt 1, <= NextEventID later.
	ScheduledEventID orchestration.EventID `cbor:"1,keyasint"`
	// StartedEventID is the id that the Started event will have; 0: not started. Invariant: NextEventID, or NextEventID + 1 while the Scheduled event
	// is not in history.
	StartedEventID orchestration.EventID `cbor:"2,keyasint,omitempty"`
	Attempt        int32                 `cbor:"3,keyasint"` // from 1

	ScheduledTime instant       `cbor:"4,keyasint"` // time of the Scheduled event
	Original      instant       `cbor:"5,keyasint"` // ScheduledTime of the first of a chain of workflow-task heartbeats
	StartedTime   instant       `cbor:"6,keyasint,omitempty"`
	ReadyAt       instant       `cbor:"7,keyasint"`           // when it became, or will become, dispatchable
	Waiting       bool          `cbor:"8,keyasint,omitempty"` // backs off until ReadyAt; Fire ends that
	Sticky        bool          `cbor:"9,keyasint,omitempty"` // goes, or went, to Header.StickyQueue. Invariant: attempt 1 only
	Timeout       time.Duration `cbor:"10,keyasint"`          // start to close
	Identity      string        `cbor:"11,keyasint,omitempty"`
	RequestID     string        `cbor:"12,keyasint,omitempty"` // of the poll that took it
	Stamp         versionStamp  `cbor:"13,keyasint,omitzero"`
	HistoryBytes  int64         `cbor:"14,keyasint,omitempty"` // at its start
	Suggest       suggestion    `cbor:"15,keyasint,omitempty"` // at its start
	Backlog       int64         `cbor:"16,keyasint,omitempty"`
	// Nonce tells a speculative task from an earlier one of the same ids, whose worker may answer again. It stays when the task becomes a normal one;
	// 0: the ids say enough.
	Nonce int64 `cbor:"17,keyasint,omitempty"`
	// Speculative: the task lives in memory only. Invariant: attempt 1, nothing buffered, ScheduledEventID is NextEventID.
	Speculative bool `cbor:"-"`
}

// started tells whether a worker has the task.
func (t *WorkflowTask) started() bool { return t != nil && t.StartedEventID != 0 }

// transient tells whether the task's Scheduled and Started events are not in history before it completes, and never if it does not.
func (t *WorkflowTask) transient() bool { return t.Attempt > 1 }

// unwritten tells whether the task's Scheduled event is not in history now.
func (t *WorkflowTask) unwritten() bool { return t.transient() || t.Speculative }

// clock is the stored form of the header's times.
type clock struct {
	Start     instant `cbor:"1,keyasint"`
	Execution instant `cbor:"2,keyasint,omitempty"` // 0: as Start
	Close     instant `cbor:"3,keyasint,omitempty"`
	LastEvent instant `cbor:"4,keyasint"`
}

// clock takes the times out of the header.
func (h *Header) clock() clock {
	c := clock{Start: instantOf(h.StartTime), Close: instantOf(h.CloseTime), LastEvent: instantOf(h.LastEventTime)}
	if !h.ExecutionTime.Equal(h.StartTime) {
		c.Execution = instantOf(h.ExecutionTime)
	}
	return c
}

// setClock puts stored times back.
func (h *Header) setClock(c clock) {
	h.StartTime, h.CloseTime, h.LastEventTime = c.Start.time(), c.Close.time(), c.LastEvent.time()
	h.ExecutionTime = h.StartTime
	if c.Execution != 0 {
		h.ExecutionTime = c.Execution.time()
	}
}

// running tells whether the run is open.
func (h *Header) running() bool { return h.Status == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING }

// expires is when the run times out; unset: never.
func (h *Header) expires() instant {
	from := instantOf(h.ExecutionTime)
	return earliest(from.add(h.RunTimeout), h.executionExpires())
}
