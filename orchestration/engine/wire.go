package engine

import (
	"github.com/fxamacker/cbor/v2"
	commonpb "go.temporal.io/api/common/v1"
	querypb "go.temporal.io/api/query/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/matching"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// What nodes tell each other is CBOR with numbered fields, and protobuf inside where the value is a message of the protocol. Nodes of two releases may
// talk to each other during an update: fields are only ever added, and unknown ones are ignored.

// startMessage asks for a start, or for it to be taken back.
type startMessage struct {
	Namespace  orchestration.NamespaceID `cbor:"1,keyasint"`
	WorkflowID string                    `cbor:"2,keyasint"`
	RunID      orchestration.RunID       `cbor:"3,keyasint"`
	Kind       orchestration.TaskKind    `cbor:"4,keyasint"`
	Queue      string                    `cbor:"5,keyasint"`
	Scheduled  orchestration.EventID     `cbor:"6,keyasint"`
	Attempt    int32                     `cbor:"7,keyasint"`
	Backlog    int64                     `cbor:"8,keyasint,omitempty"`
	RequestID  string                    `cbor:"9,keyasint"`
	Identity   string                    `cbor:"10,keyasint,omitempty"`
	Stamp      []byte                    `cbor:"11,keyasint"` // commonpb.WorkerVersionStamp
}

func encodeStart(ref matching.Reference, p history.Poller) []byte {
	return encode(startMessage{
		Namespace: ref.Run.Namespace, WorkflowID: ref.Run.WorkflowID, RunID: ref.Run.RunID, Kind: ref.Key.Kind, Queue: ref.Key.Name,
		Scheduled: ref.ScheduledEventID, Attempt: ref.Attempt, Backlog: ref.Backlog, RequestID: p.RequestID, Identity: p.Identity, Stamp: pack(p.Stamp),
	})
}

// decodeStart reads a startMessage. Errors: InvalidArgument.
func decodeStart(b []byte) (ref matching.Reference, p history.Poller, err error) {
	var m startMessage
	if err := decode(b, &m); err != nil {
		return ref, p, err
	}
	if m.WorkflowID == "" || m.RunID.IsZero() || m.RequestID == "" || (m.Kind != orchestration.WorkflowTask && m.Kind != orchestration.ActivityTask) {
		return ref, p, malformed
	}
	key := orchestration.WorkflowKey{Namespace: m.Namespace, WorkflowID: m.WorkflowID}
	ref = matching.Reference{
		Run: key.Run(m.RunID), Shard: key.Shard(), Key: matching.Key{Namespace: m.Namespace, Name: m.Queue, Kind: m.Kind},
		ScheduledEventID: m.Scheduled, Attempt: m.Attempt, Backlog: m.Backlog,
	}
	p = history.Poller{Identity: m.Identity, RequestID: m.RequestID}
	p.Stamp, err = unpack(m.Stamp, new(commonpb.WorkerVersionStamp))
	return ref, p, err
}

// handMessage gives a query to a worker that polls a queue.
type handMessage struct {
	Namespace       orchestration.NamespaceID `cbor:"1,keyasint"`
	WorkflowID      string                    `cbor:"2,keyasint"`
	RunID           orchestration.RunID       `cbor:"3,keyasint"`
	To              string                    `cbor:"4,keyasint"` // the queue to hand it to
	Type            string                    `cbor:"5,keyasint"`
	Queue           string                    `cbor:"6,keyasint"`
	ID              string                    `cbor:"7,keyasint"`
	Query           []byte                    `cbor:"8,keyasint"` // querypb.WorkflowQuery
	PreviousStarted orchestration.EventID     `cbor:"9,keyasint"`
	Last            orchestration.EventID     `cbor:"10,keyasint"`
	StickyQueue     string                    `cbor:"11,keyasint,omitempty"`
}

func encodeHand(to matching.Key, d *shard.QueryDelivery) []byte {
	return encode(handMessage{
		Namespace: d.Run.Namespace, WorkflowID: d.Run.WorkflowID, RunID: d.Run.RunID, To: to.Name, Type: d.Type, Queue: d.Queue, ID: d.ID,
		Query: pack(d.Query), PreviousStarted: d.PreviousStarted, Last: d.Last, StickyQueue: d.StickyQueue,
	})
}

// decodeHand reads a handMessage. Errors: InvalidArgument.
func decodeHand(b []byte) (to matching.Key, d *shard.QueryDelivery, err error) {
	var m handMessage
	if err := decode(b, &m); err != nil {
		return to, nil, err
	}
	if m.WorkflowID == "" || m.RunID.IsZero() || m.ID == "" || m.To == "" {
		return to, nil, malformed
	}
	run := orchestration.WorkflowKey{Namespace: m.Namespace, WorkflowID: m.WorkflowID}.Run(m.RunID)
	d = &shard.QueryDelivery{
		Run: run, Type: m.Type, Queue: m.Queue, ID: m.ID, PreviousStarted: m.PreviousStarted, Last: m.Last, StickyQueue: m.StickyQueue,
	}
	d.Query, err = unpack(m.Query, new(querypb.WorkflowQuery))
	return matching.Key{Namespace: m.Namespace, Name: m.To, Kind: orchestration.WorkflowTask}, d, err
}

// queueMessage names a queue.
type queueMessage struct {
	Namespace orchestration.NamespaceID `cbor:"1,keyasint"`
	Queue     string                    `cbor:"2,keyasint"`
	Kind      orchestration.TaskKind    `cbor:"3,keyasint"`
}

// queueAnswer is what one node knows of a queue.
type queueAnswer struct {
	Pollers []pollerAnswer `cbor:"1,keyasint,omitempty"`
	statsAnswer
	ByPriority map[int32]statsAnswer `cbor:"6,keyasint,omitempty"`
	Limit      *float64              `cbor:"7,keyasint,omitempty"` // in force for all nodes; nil: none
	LimitSet   bool                  `cbor:"8,keyasint,omitempty"` // by operators
	Limited    bool                  `cbor:"9,keyasint,omitempty"` // tasks had to wait for it
	SyncRate   float64               `cbor:"10,keyasint,omitempty"`
	LastPoll   int64                 `cbor:"11,keyasint,omitempty"` // Unix nanoseconds; 0: none came
}

type statsAnswer struct {
	Backlog      int64   `cbor:"2,keyasint"`
	Oldest       int64   `cbor:"3,keyasint"` // nanoseconds
	AddRate      float64 `cbor:"4,keyasint"`
	DispatchRate float64 `cbor:"5,keyasint"`
}

type pollerAnswer struct {
	Identity   string  `cbor:"1,keyasint"`
	LastAccess int64   `cbor:"2,keyasint"` // Unix nanoseconds
	Rate       float64 `cbor:"3,keyasint,omitempty"`
}

// goneMessage is WorkerGone.
type goneMessage struct {
	Namespace   orchestration.NamespaceID `cbor:"1,keyasint"`
	StickyQueue string                    `cbor:"2,keyasint,omitempty"`
	InstanceKey string                    `cbor:"3,keyasint,omitempty"`
	TaskQueue   string                    `cbor:"4,keyasint,omitempty"`
}

// malformed is the error of a body that another node cannot have meant.
var malformed = orchestration.Errorf(orchestration.InvalidArgument, "the message of the other node cannot be read")

func encode(m any) []byte {
	b, err := cbor.Marshal(m)
	if err != nil {
		panic(err) // structs of plain fields always encode
	}
	return b
}

func decode(b []byte, m any) error {
	if err := decoding.Unmarshal(b, m); err != nil {
		return malformed
	}
	return nil
}

var decoding = func() cbor.DecMode {
	m, err := cbor.DecOptions{MaxNestedLevels: 6}.DecMode()
	if err != nil {
		panic(err) // the options are constant
	}
	return m
}()

// pack encodes a message of the protocol; nil stays nil.
func pack(m proto.Message) []byte {
	b, err := proto.Marshal(m)
	if err != nil {
		panic(err) // it was decoded before: its strings are UTF-8
	}
	return b
}

// unpack decodes what pack has encoded into the message m, and returns it; nil stays nil. Errors: InvalidArgument.
func unpack[M proto.Message](b []byte, m M) (M, error) {
	if b == nil {
		var none M
		return none, nil
	}
	if err := proto.Unmarshal(b, m); err != nil {
		return m, malformed
	}
	return m, nil
}
