package engine

import (
	"context"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	querypb "go.temporal.io/api/query/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/matching"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// Poll is a worker's wait for one task. It ends with the context, or after orchestration.LongPoll, with nil and no error.
type Poll struct {
	Namespace   orchestration.NamespaceID
	Queue       string
	Sticky      bool   // Queue is a worker's own sticky queue
	NormalQueue string // with Sticky
	Identity    string
	InstanceKey string // worker_instance_key: ShutdownWorker ends the polls of one process
	Stamp       *commonpb.WorkerVersionStamp
	// MaxTasksPerSecond is the worker's wish for its queue (activities); 0: none.
	MaxTasksPerSecond float64
}

// WorkflowTask is what a worker's workflow poll gets: a started task, or a query alone (Query set).
type WorkflowTask struct {
	history.StartedWorkflowTask
	Token         []byte
	Run           orchestration.RunKey
	Type          string
	Queue         string // the normal queue
	History       []*historypb.HistoryEvent
	NextPageToken []byte                            // more history: for History
	Queries       map[string]*querypb.WorkflowQuery // to be answered with the completion
	Query         *querypb.WorkflowQuery            // a query alone
	BacklogHint   int64                             // how much waits in the queue, as far as the nodes that took part know
	Behind        bool                              // it had waited for a poll, and another one would get a task at once
}

// ActivityTask is what a worker's activity poll gets.
type ActivityTask struct {
	history.StartedActivity
	Token        []byte
	Run          orchestration.RunKey
	WorkflowType string
	Type         string
	Header       *commonpb.Header
	Input        *commonpb.Payloads
	Behind       bool // it had waited for a poll, and another one would get a task at once
}

// PollWorkflowTask waits for a workflow task, or a query, of a queue. nil without an error: nothing came. Errors: Unavailable.
func (e *Engine) PollWorkflowTask(ctx context.Context, p Poll) (*WorkflowTask, error) {
	t, err := poll(ctx, e, p, workflowTasks)
	if t != nil && t.Query == nil {
		t.BacklogHint += e.owner.Queues().Backlog(p.key(orchestration.WorkflowTask))
	}
	return t, err
}

// PollActivityTask waits for an activity task of a queue. nil without an error: nothing came. Errors: Unavailable.
func (e *Engine) PollActivityTask(ctx context.Context, p Poll) (*ActivityTask, error) {
	return poll(ctx, e, p, activityTasks)
}

// kind is what is particular to the tasks of one kind, which workers get as a T.
type kind[T any] struct {
	of        orchestration.TaskKind
	show      func(*Engine, context.Context, shard.Delivery) (*T, error) // reads what the owner no longer had in memory
	run       func(shard.Delivery) orchestration.RunKey
	encode    func(*T) []byte
	decode    func([]byte) (*T, error)
	reference func(*T) matching.Reference
	behind    func(*T)
}

var workflowTasks = kind[WorkflowTask]{
	of:   orchestration.WorkflowTask,
	show: (*Engine).workflowTask,
	run: func(d shard.Delivery) orchestration.RunKey {
		if d.Query != nil {
			return d.Query.Run
		}
		return d.Workflow.Run
	},
	encode: encodeWorkflowTask,
	decode: decodeWorkflowTask,
	reference: func(t *WorkflowTask) matching.Reference {
		return referenceOf(t.Run, orchestration.WorkflowTask, t.ScheduledEventID, t.Attempt)
	},
	behind: func(t *WorkflowTask) { t.Behind = true },
}

var activityTasks = kind[ActivityTask]{
	of:     orchestration.ActivityTask,
	show:   (*Engine).activityTask,
	run:    func(d shard.Delivery) orchestration.RunKey { return d.Activity.Run },
	encode: encodeActivityTask,
	decode: decodeActivityTask,
	reference: func(t *ActivityTask) matching.Reference {
		return referenceOf(t.Run, orchestration.ActivityTask, t.ScheduledEventID, t.Attempt)
	},
	behind: func(t *ActivityTask) { t.Behind = true },
}

// poll waits for a task that reaches its worker: a delivery (a start that was fused with this poller, a query), the same from another node, or a
// reference that it starts.
func poll[T any](ctx context.Context, e *Engine, p Poll, k kind[T]) (*T, error) {
	wait, cancel := context.WithTimeout(ctx, orchestration.LongPoll)
	defer cancel()
	w := matching.Worker{Identity: p.Identity, InstanceKey: p.InstanceKey, Sticky: p.Sticky, Stamp: p.Stamp, MaxTasksPerSecond: p.MaxTasksPerSecond}
	for {
		offer, err := e.owner.Queues().Poll(wait, p.key(k.of), w)
		if err != nil || offer.Empty() {
			return nil, err
		}
		var t *T
		switch {
		case offer.Delivered:
			t, err = deliver(ctx, e, offer.Task, offer.RequestID, k)
		case offer.Carried != nil:
			t, err = carried(ctx, e, offer, k)
		default:
			t, err = start(ctx, e, *offer.Ref, history.Poller{Identity: p.Identity, RequestID: offer.RequestID, Stamp: p.Stamp}, k)
		}
		if t != nil && offer.Behind {
			k.behind(t)
		}
		if t != nil || err != nil {
			return t, err
		}
	}
}

// deliver makes the poll's answer of what the owner delivered. nil without an error: it cannot reach this worker, wait for the next.
func deliver[T any](ctx context.Context, e *Engine, d shard.Delivery, request string, k kind[T]) (*T, error) {
	t, err := k.show(e, ctx, d)
	if d.Query != nil {
		return t, err
	}
	if orchestration.CodeOf(err) == orchestration.DataLoss {
		e.setAside(k.run(d), err)
		return nil, nil
	}
	if e.undelivered(ctx, d, request, err) {
		return nil, err
	}
	return t, nil
}

// setAside leaves a started task whose history cannot be read to its timeout, which brings it back later and later. Taken back at once, it
// would go round for ever between the queue and its workers.
func (e *Engine) setAside(run orchestration.RunKey, err error) {
	e.log.Error("a task cannot be shown to its worker; it is left to its timeout", "workflow_id", run.WorkflowID, "run_id", run.RunID.String(), "error", err)
}

// takeBackWithin bounds how long a start is tried to be taken back for a poll that has ended.
const takeBackWithin = 10 * time.Second

// undelivered takes the start of a task back that cannot reach its worker: its history could not be read now, or the poll, whose request id is given, has ended
// meanwhile. What cannot be taken back here and now, because its shard is moving or a commit failed, is taken back in the background, wherever it is then.
func (e *Engine) undelivered(ctx context.Context, d shard.Delivery, request string, err error) bool {
	if err == nil && ctx.Err() == nil {
		return false
	}
	undo, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeBackWithin)
	defer cancel()
	switch err := e.owner.Unstart(undo, d); {
	case err == nil, orchestration.CodeOf(err) == orchestration.NotFound:
	default:
		e.takeBack(referenceTo(d), request)
	}
	return true
}

// referenceTo names the task that a delivery has started.
func referenceTo(d shard.Delivery) matching.Reference {
	if a := d.Activity; a != nil {
		return referenceOf(a.Run, orchestration.ActivityTask, a.ScheduledEventID, a.Attempt)
	}
	w := d.Workflow
	return referenceOf(w.Run, orchestration.WorkflowTask, w.ScheduledEventID, w.Attempt)
}

func referenceOf(run orchestration.RunKey, kind orchestration.TaskKind, scheduled orchestration.EventID, attempt int32) matching.Reference {
	return matching.Reference{
		Run: run, ScheduledEventID: scheduled, Attempt: attempt, Shard: run.Shard(), Key: matching.Key{Namespace: run.Namespace, Kind: kind},
	}
}

func (p Poll) key(kind orchestration.TaskKind) matching.Key {
	return matching.Key{Namespace: p.Namespace, Name: p.Queue, Kind: kind}
}
