package engine

import (
	"context"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	querypb "go.temporal.io/api/query/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// QueryRequest asks a workflow's code about its state.
type QueryRequest struct {
	Run    orchestration.RunKey
	Query  *querypb.WorkflowQuery
	Reject enumspb.QueryRejectCondition
}

// QueryReply is the worker's answer, or why none was asked for.
type QueryReply struct {
	Result   *commonpb.Payloads
	Rejected enumspb.WorkflowExecutionStatus // set when the reject condition applies
}

// QueryAnswer is what a worker responds to a query that it got alone.
type QueryAnswer struct {
	Token   orchestration.TaskToken
	Failed  bool
	Result  *commonpb.Payloads
	Message string
	Failure *failurepb.Failure
	Cause   enumspb.WorkflowTaskFailedCause
}

// noWorker bounds how long a query waits for a worker to take it when none has polled lately.
const noWorker = 10 * time.Second

// directAttempt bounds how long a sticky worker may take over a query before another worker is asked.
const directAttempt = 10 * time.Second

// Query asks a worker about a run, open or closed. It waits for a pending workflow task and rides on it, else it goes to a worker alone. It
// writes nothing. Errors: NotFound, QueryFailed, FailedPrecondition (no worker), ResourceExhausted, Unavailable, the context's.
func (e *Engine) Query(ctx context.Context, in QueryRequest) (QueryReply, error) {
	for {
		q := shard.NewQuery(in.Query)
		d, riding, rejected, err := e.ask(ctx, in, q)
		if err != nil || rejected != 0 {
			return QueryReply{Rejected: rejected}, err
		}
		in.Run.RunID = d.Run.RunID
		var answer *querypb.WorkflowQueryResult
		if riding {
			answer, err = e.rideOn(ctx, in.Run, q)
		} else {
			answer, err = e.askAlone(ctx, d, q)
		}
		if err != nil {
			return QueryReply{}, err
		}
		if answer == nil {
			continue // nothing answered: the task that it rode on is gone
		}
		return queryReply(answer)
	}
}

// ask looks at the run: the query rides on its workflow task, or goes alone with what d says, or is rejected by the caller's condition.
func (e *Engine) ask(ctx context.Context, in QueryRequest, q *shard.Query) (d *shard.QueryDelivery, riding bool, rejected enumspb.WorkflowExecutionStatus, err error) {
	err = e.run(ctx, in.Run, func(tx *shard.Tx, r *shard.Run) error {
		h := &r.Header
		d = &shard.QueryDelivery{
			Run: r.Key, Type: h.Type, Queue: h.TaskQueue, ID: q.ID, Query: q.Query,
			PreviousStarted: h.PreviousStarted, Last: h.NextEventID - 1, StickyQueue: h.StickyQueue,
		}
		if rejects(in.Reject, h.Status) {
			rejected = h.Status
			return nil
		}
		if h.Task == nil {
			return answerable(r)
		}
		riding = true
		return tx.Ask(r, q)
	})
	if err != nil && riding {
		e.forget(d.Run, q) // its asker does not wait
	}
	return d, riding, rejected, err
}

// answerable refuses a query that no worker can answer: code that has never run has no state.
func answerable(r *shard.Run) error {
	if r.Header.PreviousStarted > 0 {
		return nil
	}
	return orchestration.Errorf(orchestration.FailedPrecondition, "workflow %s has completed no workflow task yet; it cannot be queried before", r.Key.WorkflowID)
}

func rejects(c enumspb.QueryRejectCondition, s enumspb.WorkflowExecutionStatus) bool {
	switch c {
	case enumspb.QUERY_REJECT_CONDITION_NOT_OPEN:
		return s != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
	case enumspb.QUERY_REJECT_CONDITION_NOT_COMPLETED_CLEANLY:
		return s != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING && s != enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED
	}
	return false
}

// rideOn waits for the answer that comes with a workflow task. nil: ask again.
func (e *Engine) rideOn(ctx context.Context, run orchestration.RunKey, q *shard.Query) (*querypb.WorkflowQueryResult, error) {
	seen := time.NewTimer(noWorker)
	defer seen.Stop()
	for {
		select {
		case a := <-q.Answer:
			return a, nil
		case <-seen.C:
			if err := e.workerSeen(ctx, run); err != nil {
				e.forget(run, q)
				return nil, err
			}
		case <-ctx.Done():
			e.forget(run, q)
			return nil, ctx.Err()
		case <-e.owner.Done():
			return nil, e.owner.Err()
		}
	}
}

func (e *Engine) forget(run orchestration.RunKey, q *shard.Query) {
	_ = e.run(context.Background(), run, func(tx *shard.Tx, _ *shard.Run) error { // only memory: a failed turn has dropped it already
		tx.Forget(q)
		return nil
	})
}

// workerSeen refuses when nobody polls the queue of the run's workflow tasks.
func (e *Engine) workerSeen(ctx context.Context, run orchestration.RunKey) error {
	return e.run(ctx, run, func(_ *shard.Tx, r *shard.Run) error {
		return e.polled(r.Key.Namespace, r.Header.TaskQueue)
	})
}

func (e *Engine) polled(ns orchestration.NamespaceID, queue string) error {
	if e.owner.Queues().Polled(matching.Key{Namespace: ns, Name: queue, Kind: orchestration.WorkflowTask}, 2*noWorker) {
		return nil
	}
	return orchestration.Errorf(orchestration.FailedPrecondition, "no poller seen for task queue %s recently, worker may be down", queue)
}

// askAlone hands the query to the run's sticky worker if it still polls, else to any worker of the queue.
func (e *Engine) askAlone(ctx context.Context, d *shard.QueryDelivery, q *shard.Query) (*querypb.WorkflowQueryResult, error) {
	key := askedAlone{d.Run, q.ID}
	e.mu.Lock()
	e.queries[key] = q
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		delete(e.queries, key)
		e.mu.Unlock()
	}()
	queues := e.owner.Queues()
	sticky := matching.Key{Namespace: d.Run.Namespace, Name: d.StickyQueue, Kind: orchestration.WorkflowTask}
	if d.StickyQueue != "" && queues.Polled(sticky, noWorker) {
		attempt, cancel := context.WithTimeout(ctx, directAttempt)
		a, err := e.handAndWait(attempt, sticky, d, q)
		cancel()
		if err == nil || ctx.Err() != nil || orchestration.CodeOf(err) != 0 {
			return a, err
		}
	}
	full := *d // a copy: the sticky worker's poll may still be reading d
	full.StickyQueue = ""
	d = &full
	normal := matching.Key{Namespace: d.Run.Namespace, Name: d.Queue, Kind: orchestration.WorkflowTask}
	if e.polled(d.Run.Namespace, d.Queue) == nil {
		return e.handAndWait(ctx, normal, d, q)
	}
	attempt, cancel := context.WithTimeout(ctx, noWorker)
	defer cancel()
	a, err := e.handAndWait(attempt, normal, d, q)
	if err != nil && ctx.Err() == nil && attempt.Err() != nil {
		if err := e.polled(d.Run.Namespace, d.Queue); err != nil {
			return nil, err
		}
		return nil, nil // a worker came meanwhile
	}
	return a, err
}

func (e *Engine) handAndWait(ctx context.Context, key matching.Key, d *shard.QueryDelivery, q *shard.Query) (*querypb.WorkflowQueryResult, error) {
	if err := e.hand(ctx, key, d, q); err != nil {
		return nil, err
	}
	select {
	case a := <-q.Answer:
		return a, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-e.owner.Until(d.Run.Shard()):
		return nil, moved() // the worker will answer at another node, which knows nothing of q
	case <-e.owner.Done():
		return nil, e.owner.Err()
	}
}

// queryTask makes the poll's answer of a query that goes alone.
func (e *Engine) queryTask(ctx context.Context, d *shard.QueryDelivery) (*WorkflowTask, error) {
	t := &WorkflowTask{
		Run: d.Run, Type: d.Type, Queue: d.Queue, Query: d.Query,
		Token: orchestration.TaskToken{
			Kind: orchestration.QueryTask, Namespace: d.Run.Namespace, WorkflowID: d.Run.WorkflowID, RunID: d.Run.RunID, QueryID: d.ID,
		}.Encode(),
	}
	t.PreviousStarted = d.PreviousStarted
	if d.StickyQueue != "" {
		return t, nil
	}
	events, next, err := e.readForward(ctx, d.Run, 1, d.Last, pageBytes, 0)
	if err != nil {
		return nil, err
	}
	t.History = events
	if next <= d.Last {
		t.NextPageToken = pageToken{Run: d.Run.RunID, Next: next, Last: d.Last}.encode()
	}
	return t, nil
}

// askedAlone names a query that a worker has got alone. The run is part of the name, so that another tenant's token finds nothing even with the id.
type askedAlone struct {
	run orchestration.RunKey
	id  string
}

// AnswerQuery gives a worker's answer to the asker, who waits where the workflow's owner is. Errors: NotFound when nobody waits for it (any more).
func (e *Engine) AnswerQuery(_ context.Context, in QueryAnswer) error {
	e.mu.Lock()
	q := e.queries[askedAlone{in.Token.Run(), in.Token.QueryID}]
	e.mu.Unlock()
	if q == nil && !e.Serves(in.Token.Run().Shard()) {
		return moved()
	}
	if q == nil {
		return orchestration.Errorf(orchestration.NotFound, "query not found, or its client has gone")
	}
	a := &querypb.WorkflowQueryResult{ResultType: enumspb.QUERY_RESULT_TYPE_ANSWERED, Answer: in.Result}
	if in.Failed {
		a = &querypb.WorkflowQueryResult{ResultType: enumspb.QUERY_RESULT_TYPE_FAILED, ErrorMessage: in.Message, Failure: in.Failure}
	}
	q.Give(a)
	return nil
}

func queryReply(a *querypb.WorkflowQueryResult) (QueryReply, error) {
	if a.GetResultType() == enumspb.QUERY_RESULT_TYPE_ANSWERED {
		return QueryReply{Result: a.GetAnswer()}, nil
	}
	message := a.GetErrorMessage()
	if message == "" {
		message = a.GetFailure().GetMessage()
	}
	err := orchestration.Errorf(orchestration.QueryFailed, "%s", message)
	err.Failure = a.GetFailure()
	return QueryReply{}, err
}
