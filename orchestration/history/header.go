package history

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Header is the fixed part of a run's state. Times are UTC with nanosecond precision; zero means unset.
type Header struct {
	Status          enumspb.WorkflowExecutionStatus `cbor:"1,keyasint"`
	Type            string                          `cbor:"2,keyasint"`
	TaskQueue       string                          `cbor:"3,keyasint"`
	StartTime       time.Time                       `cbor:"4,keyasint"`
	ExecutionTime   time.Time                       `cbor:"5,keyasint"`
	CloseTime       time.Time                       `cbor:"6,keyasint"`
	NextEventID     orchestration.EventID           `cbor:"7,keyasint"` // Invariant: last stored event + 1
	LastEventTime   time.Time                       `cbor:"8,keyasint"` // Invariant: event times never go back
	HistoryBytes    int64                           `cbor:"9,keyasint"` // encoded size of all events
	StartRequestID  string                          `cbor:"10,keyasint"`
	StickyQueue     string                          `cbor:"11,keyasint,omitempty"` // "" : no sticky worker
	StickyTimeout   time.Duration                   `cbor:"12,keyasint,omitempty"`
	PreviousStarted orchestration.EventID           `cbor:"13,keyasint,omitempty"`
	CancelRequested bool                            `cbor:"14,keyasint,omitempty"`
	Transitions     int64
	Task            *WorkflowTask `cbor:"15,keyasint,omitempty"` // nil: none scheduled
	// … the rest
}

// WorkflowTask is the pending workflow task.
type WorkflowTask struct {
	ScheduledEventID orchestration.EventID `cbor:"1,keyasint"`
	StartedEventID   orchestration.EventID `cbor:"2,keyasint,omitempty"` // 0: not started
	Attempt          int32                 `cbor:"3,keyasint"`
	// … the rest
}
