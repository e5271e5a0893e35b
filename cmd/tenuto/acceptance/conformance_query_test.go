package acceptance

import (
	"errors"
	"fmt"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	querypb "go.temporal.io/api/query/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// progress answers the query "seen" with the number of words so far, until the word "end".
func progress(ctx workflow.Context) (int, error) {
	seen := 0
	if err := workflow.SetQueryHandler(ctx, "seen", func() (int, error) { return seen, nil }); err != nil {
		return 0, err
	}
	for {
		var word string
		workflow.GetSignalChannel(ctx, "word").Receive(ctx, &word)
		if word == "end" {
			return seen, nil
		}
		seen++
	}
}

// seen asks until the answer is n: a query may overtake the signals before it, but never go back.
func (l *lab) wantSeen(run client.WorkflowRun, n int) {
	l.Helper()
	eventually(l, func() error {
		value, err := l.client.QueryWorkflow(l.ctx, run.GetID(), run.GetRunID(), "seen")
		if err != nil {
			return err
		}
		var got int
		if err := value.Get(&got); err != nil {
			return err
		}
		if got != n {
			return fmt.Errorf("seen: got %d, want %d", got, n)
		}
		return nil
	})
}

func (l *lab) say(run client.WorkflowRun, words ...string) {
	l.Helper()
	for _, word := range words {
		l.must(l.client.SignalWorkflow(l.ctx, run.GetID(), run.GetRunID(), "word", word))
	}
}

func TestQueryACachedRun(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": progress}, nil)
	run := l.start("flow")
	l.say(run, "a", "b")
	l.wantSeen(run, 2)
	before := len(l.events(run))
	l.wantSeen(run, 2)
	equal(t, "events written by a query", len(l.events(run))-before, 0)
}

func TestQueryARunThatNobodyCaches(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": progress}, nil)
	run := l.start("flow")
	l.say(run, "a", "b", "c")
	l.wantSeen(run, 3)
	worker.PurgeStickyWorkflowCache()
	_, err := l.service().ResetStickyTaskQueue(l.ctx, &workflowservice.ResetStickyTaskQueueRequest{Namespace: namespace, Execution: execution(run)})
	l.must(err)
	l.wantSeen(run, 3)
}

func TestQueryAClosedRun(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": progress}, nil)
	run := l.start("flow")
	l.say(run, "a", "end")
	equal(t, "result", result[int](l, run), 1)
	l.wantSeen(run, 1)
	reply, err := l.client.QueryWorkflowWithOptions(l.ctx, &client.QueryWorkflowWithOptionsRequest{
		WorkflowID: run.GetID(), QueryType: "seen", QueryRejectCondition: enumspb.QUERY_REJECT_CONDITION_NOT_OPEN,
	})
	l.must(err)
	equal(t, "rejected because", reply.QueryRejected.GetStatus(), enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED)
}

func TestUnknownQueryFailsWithItsReason(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": progress}, nil)
	run := l.start("flow")
	l.wantSeen(run, 0)
	_, err := l.client.QueryWorkflow(l.ctx, run.GetID(), "", "nonsense")
	var failed *serviceerror.QueryFailed
	if !errors.As(err, &failed) {
		t.Errorf("got %T %v, want QueryFailed", err, err)
	}
}

func TestQueryWithoutAWorkerIsAClearError(t *testing.T) {
	l := newLab(t)
	w := l.work(code{"flow": progress}, nil)
	run := l.start("flow")
	l.wantSeen(run, 0)
	w.Stop()
	fresh := labAt(t, l.address) // a queue that no worker ever polled
	never := fresh.start("flow")
	for name, c := range map[string]client.WorkflowRun{"worker gone": run, "never had one": never} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // the server gives a worker some time to come
			begun := time.Now()
			_, err := l.service().QueryWorkflow(l.ctx, &workflowservice.QueryWorkflowRequest{
				Namespace: namespace, Execution: execution(c), Query: &querypb.WorkflowQuery{QueryType: "seen"},
			})
			if err == nil {
				t.Fatal("a query without a worker was answered")
			}
			t.Logf("%T after %v: %v", err, time.Since(begun).Round(time.Millisecond), err)
			var pre *serviceerror.FailedPrecondition
			var notReady *serviceerror.WorkflowNotReady
			if !errors.As(err, &pre) && !errors.As(err, &notReady) {
				t.Errorf("got %T %v, want FailedPrecondition or WorkflowNotReady", err, err)
			}
		})
	}
}
