package exchange

import (
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// The verbs of the messages between nodes. All are casts.
const (
	verbGossip = "match.gossip" // gossip: what the sender wants of which queues
	verbAsk    = "match.ask"    // no body: tell me everything
	verbPush   = "match.push"   // push: references for the receiver's pollers
)

// gossip is a change of what a node wants, or without Queues a sign that what it said still holds.
type gossip struct {
	Seq    uint64 `cbor:"1,keyasint,omitempty"` // of the last change, this one included
	Whole  bool   `cbor:"2,keyasint,omitempty"` // everything: what is not in it is not wanted
	Queues []news `cbor:"3,keyasint,omitempty"`
}

// queueName is a queue's key in a message.
type queueName struct {
	Namespace orchestration.NamespaceID `cbor:"1,keyasint"`
	Name      string                    `cbor:"2,keyasint"`
	Kind      orchestration.TaskKind    `cbor:"3,keyasint"`
}

func (q queueName) key() matching.Key { return matching.Key(q) }

// news is what a node says about one queue.
type news struct {
	Queue queueName     `cbor:"1,keyasint"`
	Want  int           `cbor:"2,keyasint,omitempty"` // references at a time
	Busy  bool          `cbor:"3,keyasint,omitempty"` // no poll waits: it has work of its own
	Idle  time.Duration `cbor:"4,keyasint,omitempty"` // since its last poll; 0: one waits
	Gone  bool          `cbor:"5,keyasint,omitempty"` // nobody polls there any more
}

// push is references by queue.
type push struct {
	Queues []pushed `cbor:"1,keyasint"`
}

type pushed struct {
	Queue queueName   `cbor:"1,keyasint"`
	Refs  []reference `cbor:"2,keyasint"`
}

// reference is a matching.Reference in a message, less its queue and its namespace, which is the queue's.
type reference struct {
	WorkflowID       string                `cbor:"1,keyasint"`
	RunID            orchestration.RunID   `cbor:"2,keyasint"`
	ScheduledEventID orchestration.EventID `cbor:"3,keyasint,omitempty"`
	Attempt          int32                 `cbor:"4,keyasint,omitempty"`
	Priority         int32                 `cbor:"5,keyasint,omitempty"`
	ReadyAt          int64                 `cbor:"6,keyasint,omitempty"` // Unix nanoseconds
	Backlog          int64                 `cbor:"7,keyasint,omitempty"`
	Pass             int64                 `cbor:"8,keyasint,omitempty"`
	Shard            orchestration.ShardID `cbor:"9,keyasint,omitempty"`
}

func (p *push) add(ref matching.Reference) {
	if n := len(p.Queues); n == 0 || p.Queues[n-1].Queue.key() != ref.Key {
		p.Queues = append(p.Queues, pushed{Queue: queueName(ref.Key)})
	}
	q := &p.Queues[len(p.Queues)-1]
	q.Refs = append(q.Refs, reference{
		WorkflowID: ref.Run.WorkflowID, RunID: ref.Run.RunID, ScheduledEventID: ref.ScheduledEventID, Attempt: ref.Attempt, Priority: ref.Priority,
		ReadyAt: ref.ReadyAt.UnixNano(), Backlog: ref.Backlog, Pass: ref.Pass, Shard: ref.Shard,
	})
}

// references are the push's, those of a queue side by side.
func (p *push) references() (refs []matching.Reference) {
	for _, q := range p.Queues {
		for _, r := range q.Refs {
			workflow := orchestration.WorkflowKey{Namespace: q.Queue.Namespace, WorkflowID: r.WorkflowID}
			refs = append(refs, matching.Reference{
				Run: workflow.Run(r.RunID), ScheduledEventID: r.ScheduledEventID, Attempt: r.Attempt, Key: q.Queue.key(), Priority: r.Priority,
				ReadyAt: time.Unix(0, r.ReadyAt), Backlog: r.Backlog, Pass: r.Pass, Shard: r.Shard,
			})
		}
	}
	return refs
}

// decoding bounds what a message may make the receiver allocate; a node is trusted to be one, not to be without faults.
var decoding = func() cbor.DecMode {
	mode, err := cbor.DecOptions{MaxArrayElements: 2 * mostQueues, MaxNestedLevels: 8}.DecMode()
	if err != nil {
		panic(err) // a fault of these options
	}
	return mode
}()

func encode(v any) []byte {
	b, err := cbor.Marshal(v)
	if err != nil {
		panic(err) // none of these structs can fail
	}
	return b
}
