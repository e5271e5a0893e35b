package matching

import (
	"time"

	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Key names a queue. Sticky queues are ordinary names.
type Key struct {
	Namespace orchestration.NamespaceID
	Name      string
	Kind      orchestration.TaskKind
}

// Priorities of references, most urgent first. Zero is read as DefaultPriority.
const (
	HighestPriority = 1
	DefaultPriority = 3
	LowestPriority  = 5
)

// Reference names a committed, unstarted task. Who gets one has to start the task with a commit of the run's owner.
type Reference struct {
	Run              orchestration.RunKey
	ScheduledEventID orchestration.EventID
	Attempt          int32
	Key              Key
	Priority         int32     // HighestPriority to LowestPriority; 0: DefaultPriority
	ReadyAt          time.Time // when the task became dispatchable
	Backlog          int64     // seq of its backlog row; 0: it has none
	Pass             int64     // fairness pass; 0 without fairness
	Shard            orchestration.ShardID

	arrival uint64 // tells an offer of it from one after it was unstarted; set by the queue that offers it
}

// referenceID tells references of one queue apart. Run ids are unique by themselves, so the workflow id need not be hashed.
type referenceID struct {
	run       orchestration.RunID
	scheduled orchestration.EventID
	attempt   int32
}

func (r *Reference) id() referenceID {
	return referenceID{run: r.Run.RunID, scheduled: r.ScheduledEventID, attempt: r.Attempt}
}

func (r *Reference) priority() int32 { return normalPriority(r.Priority) }

func normalPriority(p int32) int32 {
	switch {
	case p == 0:
		return DefaultPriority
	case p < HighestPriority:
		return HighestPriority
	case p > LowestPriority:
		return LowestPriority
	}
	return p
}

// Worker is who polls.
type Worker struct {
	Identity    string
	InstanceKey string // one process: Gone ends its polls
	Sticky      bool   // the queue is its own
	Stamp       *commonpb.WorkerVersionStamp
	// MaxTasksPerSecond is the rate that the worker wishes for the whole queue; 0: no wish. The latest wish is the queue's limit.
	MaxTasksPerSecond float64
}

// Offer is what a poll brings: a reference, or a task (Delivered or Carried), or nothing.
type Offer[T any] struct {
	// Ref must be started with a commit, then Taken or Return is called, once. It is shared: do not change it.
	Ref *Reference
	// Task is started already, or needs no start; set with Delivered.
	Task      T
	Delivered bool
	// Carried is a task that another node has started for this poll, as Give was given it.
	Carried []byte
	// Behind tells that the reference had waited for a poll, and that more wait which a poll would get at once: one more poll at a time would be of use.
	Behind bool
	// RequestID is unique to this poll, also across restarts. It is the request id of the start.
	RequestID string
}

// Empty tells that nothing came.
func (o Offer[T]) Empty() bool { return o.Ref == nil && !o.Delivered && o.Carried == nil }
