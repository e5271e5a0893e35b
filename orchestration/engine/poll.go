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
	BacklogHint   int64
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
	ServedAt     time.Time
}

// PollWorkflowTask waits for a workflow task, or a query, of a queue. nil without an error: nothing came. Errors: Unavailable.
func (e *Engine) PollWorkflowTask(ctx context.Context, p Poll) (*WorkflowTask, error) {
	for {
		d, err := e.poll(ctx, p, orchestration.WorkflowTask)
		if err != nil || d == (shard.Delivery{}) {
			return nil, err
		}
		if d.Query != nil {
			if t, err := e.queryTask(ctx, d.Query); err != nil || t != nil {
				return t, err
			}
			continue
		}
		t, err := e.workflowTask(ctx, d.Workflow)
		if orchestration.CodeOf(err) == orchestration.DataLoss {
			e.setAside(d.Workflow.Run, err)
			continue
		}
		if e.undelivered(ctx, d, err) {
			return nil, err
		}
		t.BacklogHint = e.owner.Queues().Backlog(p.key(orchestration.WorkflowTask))
		return t, nil
	}
}

// PollActivityTask waits for an activity task of a queue. nil without an error: nothing came. Errors: Unavailable.
func (e *Engine) PollActivityTask(ctx context.Context, p Poll) (*ActivityTask, error) {
	for {
		d, err := e.poll(ctx, p, orchestration.ActivityTask)
		if err != nil || d == (shard.Delivery{}) {
			return nil, err
		}
		t, err := e.activityTask(ctx, d.Activity)
		if orchestration.CodeOf(err) == orchestration.DataLoss {
			e.setAside(d.Activity.Run, err)
			continue
		}
		if e.undelivered(ctx, d, err) {
			return nil, err
		}
		return t, nil
	}
}

// setAside leaves a started task whose history cannot be read to its timeout, which brings it back later and later. Taken back at once, it
// would go round for ever between the queue and its workers.
func (e *Engine) setAside(run orchestration.RunKey, err error) {
	e.log.Error("a task cannot be shown to its worker; it is left to its timeout", "workflow_id", run.WorkflowID, "run_id", run.RunID.String(), "error", err)
}

// undelivered takes the start of a task back that cannot reach its worker: its history could not be read now, or the poll has ended meanwhile.
func (e *Engine) undelivered(ctx context.Context, d shard.Delivery, err error) bool {
	if err == nil && ctx.Err() == nil {
		return false
	}
	undo, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := e.owner.Unstart(undo, d); err != nil {
		e.log.Debug("a started task did not reach its worker; its timeout brings it back", "error", err)
	}
	return true
}

// startAgain is how long a task stays out of its queue whose start could not be committed.
const startAgain = time.Second

// poll waits for a delivery: one that was fused with this poller, or a reference that it starts. The zero delivery: nothing came.
func (e *Engine) poll(ctx context.Context, p Poll, kind orchestration.TaskKind) (shard.Delivery, error) {
	wait, cancel := context.WithTimeout(ctx, orchestration.LongPoll)
	defer cancel()
	q := e.owner.Queues()
	w := matching.Worker{Identity: p.Identity, InstanceKey: p.InstanceKey, Stamp: p.Stamp, MaxTasksPerSecond: p.MaxTasksPerSecond}
	for {
		offer, err := q.Poll(wait, p.key(kind), w)
		if err != nil || (!offer.Delivered && offer.Ref == nil) {
			return shard.Delivery{}, err
		}
		if offer.Delivered {
			return offer.Task, nil
		}
		ref := *offer.Ref
		// The start outlives the poll: whoever took the reference settles what becomes of it.
		d, err := e.owner.StartTask(context.WithoutCancel(ctx), ref, history.Poller{Identity: p.Identity, RequestID: offer.RequestID, Stamp: p.Stamp})
		switch {
		case err == nil:
			q.Taken(ref, true)
			return d, nil
		case orchestration.CodeOf(err) == orchestration.NotFound:
			q.Taken(ref, false) // a duplicate, or closed meanwhile: wait for the next
		case orchestration.CodeOf(err) == orchestration.DataLoss:
			q.SetAside(ref) // its run cannot be read: wait for the next
		default:
			// Not at once: whatever refused this start may last, and the tasks behind it must not wait for it.
			time.AfterFunc(startAgain, func() { q.Return(ref) })
			return shard.Delivery{}, err
		}
	}
}

func (p Poll) key(kind orchestration.TaskKind) matching.Key {
	return matching.Key{Namespace: p.Namespace, Name: p.Queue, Kind: kind}
}
