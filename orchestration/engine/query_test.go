package engine_test

import (
	"context"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	querypb "go.temporal.io/api/query/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

type queryOutcome struct {
	reply engine.QueryReply
	err   error
}

// query asks in the background.
func (r *rig) query(k orchestration.RunKey) chan queryOutcome {
	done := make(chan queryOutcome, 1)
	go func() {
		reply, err := r.Query(r.ctx(), engine.QueryRequest{Run: k, Query: &querypb.WorkflowQuery{QueryType: "state"}})
		done <- queryOutcome{reply, err}
	}()
	return done
}

func queryToken(t *testing.T, task *engine.WorkflowTask) orchestration.TaskToken {
	t.Helper()
	token, err := orchestration.DecodeTaskToken(task.Token, orchestration.QueryTask)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func (o queryOutcome) want(t *testing.T, text string) {
	t.Helper()
	if o.err != nil || len(o.reply.Result.GetPayloads()) != 1 || string(o.reply.Result.Payloads[0].Data) != `"`+text+`"` {
		t.Fatalf("%v, %v; want %q", o.reply, o.err, text)
	}
}

// TestQueryAlone: a query of a run with nothing to do goes to any worker, with the whole history and no workflow task.
func TestQueryAlone(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	r.complete(r.pollWorkflow())
	asked := r.query(k)
	task := r.pollWorkflow()
	if task.Query.GetQueryType() != "state" || task.StartedEventID != 0 || task.PreviousStarted != 3 || len(task.History) != 4 {
		t.Fatalf("query task %+v", task)
	}
	token := queryToken(t, task)
	foreign := token
	foreign.Namespace[0]++
	if err := r.AnswerQuery(r.ctx(), engine.QueryAnswer{Token: foreign, Result: text("forged")}); orchestration.CodeOf(err) != orchestration.NotFound {
		t.Fatalf("an answer from another namespace: %v", err)
	}
	if err := r.AnswerQuery(r.ctx(), engine.QueryAnswer{Token: token, Result: text("idle")}); err != nil {
		t.Fatal(err)
	}
	(<-asked).want(t, "idle")
	if err := r.AnswerQuery(r.ctx(), engine.QueryAnswer{Token: token}); orchestration.CodeOf(err) != orchestration.NotFound {
		t.Errorf("a second answer: %v", err)
	}
	if got := r.events(k); len(got) != 4 {
		t.Errorf("a query wrote history: %v", kinds(got))
	}
}

// TestQueryOfAStickyRun: the worker that has the run gets the query without history.
func TestQueryOfAStickyRun(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	polled := make(chan *engine.WorkflowTask, 1)
	task := r.pollWorkflow()
	go func() {
		task, _ := r.PollWorkflowTask(r.ctx(), engine.Poll{Namespace: namespace, Queue: "own", Sticky: true, NormalQueue: "steps"})
		polled <- task
	}()
	eventually(t, func() bool { return r.Waiting(engine.QueueRequest{Namespace: namespace, Queue: "own", Kind: 1}) == 1 })
	if _, err := r.CompleteWorkflowTask(r.ctx(), sticky(answerOf(t, task), "own")); err != nil {
		t.Fatal(err)
	}
	asked := r.query(k)
	if task = <-polled; task.Query == nil || len(task.History) != 0 {
		t.Fatalf("query task %+v", task)
	}
	if err := r.AnswerQuery(r.ctx(), engine.QueryAnswer{Token: queryToken(t, task), Failed: true, Failure: &failurepb.Failure{Message: "no such query"}}); err != nil {
		t.Fatal(err)
	}
	if o := <-asked; orchestration.CodeOf(o.err) != orchestration.QueryFailed || o.err.Error() != "no such query" {
		t.Errorf("%v", o.err)
	}
}

// TestQueryRides: a query of a run whose workflow task waits rides on it, and its answer comes with the completion.
func TestQueryRides(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	r.complete(r.pollWorkflow())
	if err := r.Signal(r.ctx(), k, history.Signal{Name: "s"}); err != nil {
		t.Fatal(err)
	}
	asked := r.query(k)
	eventually(t, func() bool { return r.Riding(r.ctx(), k) == 1 })
	task := r.pollWorkflow()
	if len(task.Queries) != 1 {
		t.Fatalf("queries %v", task.Queries)
	}
	answer := answerOf(t, task)
	answer.Queries = map[string]*querypb.WorkflowQueryResult{}
	for id := range task.Queries {
		answer.Queries[id] = &querypb.WorkflowQueryResult{ResultType: enumspb.QUERY_RESULT_TYPE_ANSWERED, Answer: text("signalled")}
	}
	if _, err := r.CompleteWorkflowTask(r.ctx(), answer); err != nil {
		t.Fatal(err)
	}
	(<-asked).want(t, "signalled")
}

// TestQueryWhoseTaskIsGone: a query that rode on a task in vain asks a worker by itself.
func TestQueryWhoseTaskIsGone(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	r.complete(r.pollWorkflow())
	if err := r.Signal(r.ctx(), k, history.Signal{Name: "s"}); err != nil {
		t.Fatal(err)
	}
	asked := r.query(k)
	eventually(t, func() bool { return r.Riding(r.ctx(), k) == 1 })
	if err := r.Terminate(r.ctx(), k, orchestration.RunID{}, history.Terminate{}); err != nil {
		t.Fatal(err)
	}
	task := r.pollWorkflow()
	if task.Query == nil {
		t.Fatalf("task %+v", task)
	}
	if err := r.AnswerQuery(r.ctx(), engine.QueryAnswer{Token: queryToken(t, task), Result: text("closed")}); err != nil {
		t.Fatal(err)
	}
	(<-asked).want(t, "closed")
}

// TestQueryWhoseAskerHasGone leaves nothing behind, also when it goes while a commit is under way.
func TestQueryWhoseAskerHasGone(t *testing.T) {
	r := newRig(t)
	k := r.start("id")
	held := r.faulty.Hold(1)
	signalled := make(chan error, 1)
	go func() { signalled <- r.Signal(r.ctx(), k, history.Signal{Name: "s"}) }()
	<-held.Reached()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := r.Query(ctx, engine.QueryRequest{Run: k, Query: &querypb.WorkflowQuery{QueryType: "state"}})
		done <- err
	}()
	<-ctx.Done()
	held.Release()
	if err := <-done; err == nil {
		t.Error("nobody answered, and no error")
	}
	if err := <-signalled; err != nil {
		t.Error(err)
	}
	if n := r.Riding(r.ctx(), k); n != 0 {
		t.Errorf("%d queries ride", n)
	}
}

func TestQueriesThatAreRefused(t *testing.T) {
	r := newRig(t)
	open, closed := r.start("open"), r.start("closed")
	if err := r.Terminate(r.ctx(), closed, orchestration.RunID{}, history.Terminate{}); err != nil {
		t.Fatal(err)
	}
	ask := func(k orchestration.RunKey, c enumspb.QueryRejectCondition) (engine.QueryReply, error) {
		return r.Query(r.ctx(), engine.QueryRequest{Run: k, Query: &querypb.WorkflowQuery{QueryType: "state"}, Reject: c})
	}
	for _, c := range []enumspb.QueryRejectCondition{enumspb.QUERY_REJECT_CONDITION_NOT_OPEN, enumspb.QUERY_REJECT_CONDITION_NOT_COMPLETED_CLEANLY} {
		if reply, err := ask(closed, c); err != nil || reply.Rejected != enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED {
			t.Errorf("%v: %v, %v", c, reply, err)
		}
	}
	if _, err := ask(closed, 0); orchestration.CodeOf(err) != orchestration.FailedPrecondition {
		t.Errorf("of code that never ran: %v", err)
	}
	if _, err := ask(key("nobody"), 0); orchestration.CodeOf(err) != orchestration.NotFound {
		t.Errorf("of nobody: %v", err)
	}
	if _, err := ask(open, 0); orchestration.CodeOf(err) != orchestration.FailedPrecondition {
		t.Errorf("without a worker: %v", err)
	}
}
