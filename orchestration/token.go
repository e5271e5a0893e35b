package orchestration

import (
	"github.com/fxamacker/cbor/v2"
)

// TaskKind tells the tasks apart that workers poll for.
type TaskKind uint8

// The kinds of task. Their values are part of task tokens.
const (
	WorkflowTask TaskKind = 1
	ActivityTask TaskKind = 2
	QueryTask    TaskKind = 3
)

// String names the kind as logs and metrics do.
func (k TaskKind) String() string {
	switch k {
	case WorkflowTask:
		return "workflow"
	case ActivityTask:
		return "activity"
	case QueryTask:
		return "query"
	}
	return "unknown"
}

// TaskToken is what a worker sends back with the result of a task. It proves nothing by itself: the state machine accepts an answer
// only if every field matches the run's state, and the edge only if Namespace is the request's.
type TaskToken struct {
	Kind             TaskKind    `cbor:"1,keyasint"`
	Namespace        NamespaceID `cbor:"2,keyasint"`
	WorkflowID       string      `cbor:"3,keyasint"`
	RunID            RunID       `cbor:"4,keyasint"`
	ScheduledEventID EventID     `cbor:"5,keyasint,omitempty"`
	StartedEventID   EventID     `cbor:"6,keyasint,omitempty"` // 0 for activities: their Started event is written when they close
	Attempt          int32       `cbor:"7,keyasint,omitempty"`
	QueryID          string      `cbor:"8,keyasint,omitempty"` // names a waiting query on its owner; set with QueryTask
	Nonce            int64       `cbor:"9,keyasint,omitempty"` // tells a workflow task from an earlier one of the same ids that left no trace
}

// Run is the key of the run that the task belongs to.
func (t TaskToken) Run() RunKey {
	return WorkflowKey{Namespace: t.Namespace, WorkflowID: t.WorkflowID}.Run(t.RunID)
}

// Encode is the opaque form that goes over the wire.
func (t TaskToken) Encode() []byte {
	b, err := cbor.Marshal(t)
	if err != nil {
		panic(err) // a struct of plain fields always encodes
	}
	return b
}

var tokenDecoding = func() cbor.DecMode {
	m, err := cbor.DecOptions{MaxNestedLevels: 4, MaxArrayElements: 64, MaxMapPairs: 16, ExtraReturnErrors: cbor.ExtraDecErrorUnknownField}.DecMode()
	if err != nil {
		panic(err)
	}
	return m
}()

// DecodeTaskToken reads a token of the wanted kind. It returns InvalidArgument for bytes that are no such token.
func DecodeTaskToken(b []byte, want TaskKind) (TaskToken, error) {
	var t TaskToken
	if len(b) == 0 {
		return t, Errorf(InvalidArgument, "Task token is not set on request.")
	}
	if err := tokenDecoding.Unmarshal(b, &t); err != nil || t.Kind != want || t.WorkflowID == "" || t.RunID.IsZero() || t.Namespace.IsZero() {
		return TaskToken{}, Errorf(InvalidArgument, "Invalid %s task token.", want)
	}
	return t, nil
}
