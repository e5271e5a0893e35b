package engine

import (
	"time"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	protocolpb "go.temporal.io/api/protocol/v1"
	querypb "go.temporal.io/api/query/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// workflowTaskAnswer is a WorkflowTask that was started for a poller of another node: all but Transient, whose events are the last ones of History, and
// Query: those go another way. The run is in the token.
type workflowTaskAnswer struct {
	Token           []byte                `cbor:"1,keyasint"`
	Type            string                `cbor:"2,keyasint"`
	Queue           string                `cbor:"3,keyasint"`
	History         []byte                `cbor:"4,keyasint"` // historypb.History
	NextPageToken   []byte                `cbor:"5,keyasint"`
	Queries         map[string][]byte     `cbor:"6,keyasint,omitempty"` // querypb.WorkflowQuery
	BacklogHint     int64                 `cbor:"7,keyasint,omitempty"`
	PreviousStarted orchestration.EventID `cbor:"8,keyasint,omitempty"`
	Scheduled       int64                 `cbor:"9,keyasint"`  // Unix nanoseconds
	Started         int64                 `cbor:"10,keyasint"` // Unix nanoseconds
	Sticky          bool                  `cbor:"11,keyasint,omitempty"`
	LastEventID     orchestration.EventID `cbor:"12,keyasint,omitempty"`
	HistoryBytes    int64                 `cbor:"13,keyasint,omitempty"`
	Suggest         bool                  `cbor:"14,keyasint,omitempty"`
	Messages        [][]byte              `cbor:"15,keyasint,omitempty"` // protocolpb.Message
}

func encodeWorkflowTask(t *WorkflowTask) []byte {
	m := workflowTaskAnswer{
		Token: t.Token, Type: t.Type, Queue: t.Queue, History: pack(&historypb.History{Events: t.History}), NextPageToken: t.NextPageToken,
		BacklogHint: t.BacklogHint, PreviousStarted: t.PreviousStarted, Scheduled: nanos(t.ScheduledTime), Started: nanos(t.StartedTime),
		Sticky: t.Sticky, LastEventID: t.LastEventID, HistoryBytes: t.HistoryBytes, Suggest: t.SuggestContinueAsNew,
	}
	for _, message := range t.Messages {
		m.Messages = append(m.Messages, pack(message))
	}
	if t.Queries != nil {
		m.Queries = make(map[string][]byte, len(t.Queries))
		for id, q := range t.Queries {
			m.Queries[id] = pack(q)
		}
	}
	return encode(m)
}

// decodeWorkflowTask reads a workflowTaskAnswer. Errors: InvalidArgument.
func decodeWorkflowTask(b []byte) (*WorkflowTask, error) {
	var m workflowTaskAnswer
	if err := decode(b, &m); err != nil {
		return nil, err
	}
	token, err := orchestration.DecodeTaskToken(m.Token, orchestration.WorkflowTask)
	if err != nil {
		return nil, malformed
	}
	events, err := unpack(m.History, new(historypb.History))
	if err != nil {
		return nil, err
	}
	t := &WorkflowTask{
		Token: m.Token, Run: token.Run(), Type: m.Type, Queue: m.Queue, History: events.GetEvents(), NextPageToken: m.NextPageToken, BacklogHint: m.BacklogHint,
	}
	t.ScheduledEventID, t.StartedEventID, t.Attempt, t.PreviousStarted = token.ScheduledEventID, token.StartedEventID, token.Attempt, m.PreviousStarted
	t.ScheduledTime, t.StartedTime = instant(m.Scheduled), instant(m.Started)
	t.Sticky, t.LastEventID, t.HistoryBytes, t.SuggestContinueAsNew = m.Sticky, m.LastEventID, m.HistoryBytes, m.Suggest
	t.Nonce = token.Nonce
	for _, b := range m.Messages {
		message, err := unpack(b, new(protocolpb.Message))
		if err != nil {
			return nil, err
		}
		t.Messages = append(t.Messages, message)
	}
	if m.Queries != nil {
		t.Queries = make(map[string]*querypb.WorkflowQuery, len(m.Queries))
	}
	for id, q := range m.Queries {
		if t.Queries[id], err = unpack(q, new(querypb.WorkflowQuery)); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// activityTaskAnswer is an ActivityTask that was started for a poller of another node. The run is in the token.
type activityTaskAnswer struct {
	Token            []byte        `cbor:"1,keyasint"`
	WorkflowType     string        `cbor:"2,keyasint"`
	Type             string        `cbor:"3,keyasint"`
	Header           []byte        `cbor:"4,keyasint"` // commonpb.Header
	Input            []byte        `cbor:"5,keyasint"` // commonpb.Payloads
	ActivityID       string        `cbor:"6,keyasint"`
	Scheduled        int64         `cbor:"7,keyasint"` // Unix nanoseconds, of the first attempt
	AttemptScheduled int64         `cbor:"8,keyasint"` // Unix nanoseconds
	Started          int64         `cbor:"9,keyasint"` // Unix nanoseconds
	Heartbeat        []byte        `cbor:"10,keyasint"`
	Retry            []byte        `cbor:"11,keyasint"` // commonpb.RetryPolicy
	ScheduleToClose  time.Duration `cbor:"12,keyasint"`
	StartToClose     time.Duration `cbor:"13,keyasint"`
	HeartbeatTimeout time.Duration `cbor:"14,keyasint"`
	Priority         []byte        `cbor:"15,keyasint"` // commonpb.Priority
	AttemptCount     int32         `cbor:"16,keyasint,omitempty"`
}

func encodeActivityTask(t *ActivityTask) []byte {
	return encode(activityTaskAnswer{
		Token: t.Token, WorkflowType: t.WorkflowType, Type: t.Type, Header: pack(t.Header), Input: pack(t.Input), ActivityID: t.ActivityID,
		Scheduled: nanos(t.ScheduledTime), AttemptScheduled: nanos(t.AttemptScheduledTime), Started: nanos(t.StartedTime),
		Heartbeat: pack(t.HeartbeatDetails), Retry: pack(t.RetryPolicy), Priority: pack(t.Priority),
		ScheduleToClose: t.ScheduleToClose, StartToClose: t.StartToClose, HeartbeatTimeout: t.HeartbeatTimeout,
		AttemptCount: t.AttemptCount,
	})
}

// decodeActivityTask reads an activityTaskAnswer. Errors: InvalidArgument.
func decodeActivityTask(b []byte) (*ActivityTask, error) {
	var m activityTaskAnswer
	if err := decode(b, &m); err != nil {
		return nil, err
	}
	token, err := orchestration.DecodeTaskToken(m.Token, orchestration.ActivityTask)
	if err != nil {
		return nil, malformed
	}
	t := &ActivityTask{Token: m.Token, Run: token.Run(), WorkflowType: m.WorkflowType, Type: m.Type}
	t.ScheduledEventID, t.Attempt, t.ActivityID = token.ScheduledEventID, token.Attempt, m.ActivityID
	t.ScheduledTime, t.AttemptScheduledTime, t.StartedTime = instant(m.Scheduled), instant(m.AttemptScheduled), instant(m.Started)
	if t.AttemptCount = m.AttemptCount; t.AttemptCount == 0 { // a node of an earlier release
		t.AttemptCount = t.Attempt
	}
	t.ScheduleToClose, t.StartToClose, t.HeartbeatTimeout = m.ScheduleToClose, m.StartToClose, m.HeartbeatTimeout
	if t.Header, err = unpack(m.Header, new(commonpb.Header)); err != nil {
		return nil, err
	}
	if t.Input, err = unpack(m.Input, new(commonpb.Payloads)); err != nil {
		return nil, err
	}
	if t.HeartbeatDetails, err = unpack(m.Heartbeat, new(commonpb.Payloads)); err != nil {
		return nil, err
	}
	if t.RetryPolicy, err = unpack(m.Retry, new(commonpb.RetryPolicy)); err != nil {
		return nil, err
	}
	t.Priority, err = unpack(m.Priority, new(commonpb.Priority))
	return t, err
}

// nanos is a time in Unix nanoseconds; 0: none.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// instant reads what nanos has written.
func instant(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}
