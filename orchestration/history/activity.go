package history

import (
	"time"

	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// activity is the item of a pending activity. Its input and header stay in the event ScheduledEventID.
type activity struct {
	ScheduledEventID orchestration.EventID `cbor:"1,keyasint"`
	ID               string                `cbor:"2,keyasint"`
	Type             string                `cbor:"3,keyasint"`
	Queue            string                `cbor:"4,keyasint"`
	ScheduledTime    instant               `cbor:"5,keyasint"` // of the event: schedule-to-close counts from here
	ScheduleToClose  time.Duration         `cbor:"6,keyasint,omitempty"`
	ScheduleToStart  time.Duration         `cbor:"7,keyasint,omitempty"`
	StartToClose     time.Duration         `cbor:"8,keyasint,omitempty"`
	HeartbeatTimeout time.Duration         `cbor:"9,keyasint,omitempty"`
	Retry            retryPolicy           `cbor:"10,keyasint,omitzero"`  // Invariant: complete, without zero parts
	Priority         priority              `cbor:"11,keyasint,omitzero"`  // the run's, overridden by the command's
	CancelEventID    orchestration.EventID `cbor:"12,keyasint,omitempty"` // ActivityTaskCancelRequested; 0: none
	Attempt          attempt               `cbor:"20,keyasint"`           // live
	Operator         *operated             `cbor:"21,keyasint,omitempty"` // live; nil: no operator has touched it. Queue to Priority are live too then
	grace            instant               // not stored: heartbeats count from here at the earliest, see Grace
	startedEventID   orchestration.EventID // not stored: between the Started event and the closing event after it
}

// attempt is what is live of an activity: nothing of it is in history before the activity closes.
type attempt struct {
	Number        int32         `cbor:"1,keyasint"`           // from 1, ever growing: with it, references and tokens name the attempt
	ScheduledTime instant       `cbor:"2,keyasint"`           // schedule-to-start counts from here
	Waiting       bool          `cbor:"3,keyasint,omitempty"` // backs off until ScheduledTime; Fire ends that
	StartedTime   instant       `cbor:"4,keyasint,omitempty"` // unset: not started
	Identity      string        `cbor:"5,keyasint,omitempty"`
	RequestID     string        `cbor:"6,keyasint,omitempty"` // of the poll that took it
	Stamp         versionStamp  `cbor:"7,keyasint,omitzero"`
	Heartbeat     payloads      `cbor:"8,keyasint,omitzero"`  // last details, also of earlier attempts
	HeartbeatTime instant       `cbor:"9,keyasint,omitempty"` // in this attempt
	LastFailure   failure       `cbor:"10,keyasint,omitzero"` // of the attempt before
	LastIdentity  string        `cbor:"11,keyasint,omitempty"`
	LastStarted   instant       `cbor:"12,keyasint,omitempty"`
	LastEnd       instant       `cbor:"13,keyasint,omitempty"`
	RetryInterval time.Duration `cbor:"14,keyasint,omitempty"` // before this attempt
	Backlog       int64         `cbor:"15,keyasint,omitempty"`
	ReadyAt       instant       `cbor:"16,keyasint,omitempty"` // when it became dispatchable, if not ScheduledTime (it was unstarted)
	Closing       bool          `cbor:"17,keyasint,omitempty"` // its close is buffered. Invariant: a buffered event closes it
	Base          int32         `cbor:"18,keyasint,omitempty"` // attempts before the last reset. Invariant: 0 <= Base < Number
	Reset         resetMark     `cbor:"19,keyasint,omitempty"` // Invariant: 0 unless it is started
}

// count is the attempt's number as policies and people count: from 1, and from 1 again after a reset.
func (a *attempt) count() int32 { return a.Number - a.Base }

// started tells whether a worker has the activity.
func (a *activity) started() bool { return a.Attempt.StartedTime != 0 }

// ready tells whether the activity waits for a worker.
func (a *activity) ready() bool {
	return !a.started() && !a.Attempt.Waiting && !a.Attempt.Closing && !a.paused()
}

// readyAt is when the activity became dispatchable.
func (a *activity) readyAt() instant {
	if a.Attempt.ReadyAt != 0 {
		return a.Attempt.ReadyAt
	}
	return a.Attempt.ScheduledTime
}

// task is the dispatchable form.
func (a *activity) task() Task {
	return Task{
		Kind:             orchestration.ActivityTask,
		Queue:            a.Queue,
		ScheduledEventID: a.ScheduledEventID,
		Attempt:          a.Attempt.Number,
		Priority:         a.Priority.msg,
		ReadyAt:          a.readyAt().time(),
		Backlog:          a.Attempt.Backlog,
	}
}

// MergePriority gives an activity or a child its run's priority where its command sets none.
func MergePriority(run, own *commonpb.Priority) *commonpb.Priority {
	if run == nil || own == nil {
		if own != nil {
			return own
		}
		return run
	}
	merged := &commonpb.Priority{PriorityKey: own.PriorityKey, FairnessKey: own.FairnessKey, FairnessWeight: own.FairnessWeight}
	if merged.PriorityKey == 0 {
		merged.PriorityKey = run.PriorityKey
	}
	if merged.FairnessKey == "" {
		merged.FairnessKey = run.FairnessKey
	}
	if merged.FairnessWeight == 0 {
		merged.FairnessWeight = run.FairnessWeight
	}
	return merged
}
