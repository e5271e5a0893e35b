package engine_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// The law: while the commit is held, the start is not acknowledged, its task not delivered, and no read sees the run.
func TestNothingIsSeenBeforeItsCommit(t *testing.T) {
	r := newRig(t)
	polled := make(chan *engine.WorkflowTask, 1)
	go func() {
		task, _ := r.PollWorkflowTask(r.ctx(), engine.Poll{Namespace: namespace, Queue: "steps"})
		polled <- task
	}()
	eventually(t, func() bool { return r.Waiting(engine.QueueRequest{Namespace: namespace, Queue: "steps", Kind: 1}) == 1 })
	held := r.faulty.Hold(1)
	started := make(chan error, 1)
	go func() {
		_, err := r.Start(r.ctx(), startOf("held"))
		started <- err
	}()
	<-held.Reached()
	read := make(chan error, 1)
	go func() {
		_, err := r.Describe(r.ctx(), key("held"))
		read <- err
	}()
	list, err := r.List(r.ctx(), engine.ListRequest{Namespace: namespace})
	if err != nil || len(list.Executions) != 0 {
		t.Errorf("the list shows %v, %v", list.Executions, err)
	}
	select {
	case <-polled:
		t.Error("the task was delivered before its commit")
	case err := <-started:
		t.Errorf("the start was acknowledged before its commit: %v", err)
	case err := <-read:
		t.Errorf("the run was read before its commit: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	held.Release()
	if err := <-started; err != nil {
		t.Error(err)
	}
	if err := <-read; err != nil {
		t.Error(err)
	}
	if task := <-polled; task == nil || task.Attempt != 1 {
		t.Errorf("polled %v", task)
	}
}

func TestRefusedCommitLeavesNoTrace(t *testing.T) {
	for name, cause := range map[string]error{"unavailable": store.ErrUnavailable, "connection lost before": store.ErrUnknownOutcome} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.faulty.FailBefore(1, cause)
			_, err := r.Start(r.ctx(), startOf("id"))
			if orchestration.CodeOf(err) != orchestration.Unavailable {
				t.Fatalf("start: %v", err)
			}
			if _, err := r.Describe(r.ctx(), key("id")); orchestration.CodeOf(err) != orchestration.NotFound {
				t.Fatalf("describe: %v", err)
			}
			k := r.start("id")
			r.complete(r.pollWorkflow(), completeWorkflow())
			r.result(k)
		})
	}
}

func TestLostAnswerIsResolved(t *testing.T) {
	r := newRig(t)
	r.faulty.FailAfter(1, store.ErrUnknownOutcome)
	k := r.start("id") // applied, so acknowledged
	r.complete(r.pollWorkflow(), completeWorkflow())
	r.result(k)
}

// A poll whose commit fails keeps waiting and gets the task later: neither lost nor delivered on a promise.
func TestPollerSurvivesARefusedCommit(t *testing.T) {
	r := newRig(t)
	polled := make(chan *engine.WorkflowTask, 1)
	go func() {
		task, _ := r.PollWorkflowTask(r.ctx(), engine.Poll{Namespace: namespace, Queue: "steps"})
		polled <- task
	}()
	eventually(t, func() bool { return r.Waiting(engine.QueueRequest{Namespace: namespace, Queue: "steps", Kind: 1}) == 1 })
	r.faulty.FailBefore(1, store.ErrUnavailable)
	if _, err := r.Start(r.ctx(), startOf("first")); err == nil {
		t.Fatal("start was acknowledged")
	}
	r.start("second")
	if task := <-polled; task == nil || task.Run.WorkflowID != "second" {
		t.Fatalf("polled %v", task)
	}
}

func TestPoisonedRunFailsAlone(t *testing.T) {
	r := newRig(t)
	var keys []orchestration.RunKey
	for i := range 20 {
		keys = append(keys, r.start(fmt.Sprint("id-", i)))
	}
	r.faulty.Poison(keys[7].RunID)
	held := r.faulty.Hold(1) // so that all signals gather in the next batch
	errs := make(chan error, 21)
	go func() { errs <- r.Signal(r.ctx(), keys[0], history.Signal{Name: "s"}) }()
	<-held.Reached()
	results := make([]chan error, len(keys))
	for i, k := range keys {
		results[i] = make(chan error, 1)
		go func() { results[i] <- r.Signal(r.ctx(), k, history.Signal{Name: "s"}) }()
	}
	held.Release()
	for i := range keys {
		err := <-results[i]
		if i == 7 {
			if orchestration.CodeOf(err) != orchestration.Unavailable {
				t.Errorf("poisoned run: %v", err)
			}
		} else if err != nil {
			t.Errorf("run %d: %v", i, err)
		}
	}
	r.faulty.Cure(keys[7].RunID)
	if err := r.Signal(r.ctx(), keys[7], history.Signal{Name: "s"}); err != nil {
		t.Errorf("cured run: %v", err)
	}
}

func TestFencedEngineStops(t *testing.T) {
	r := newRig(t)
	if _, err := r.store.AcquireLane(r.ctx(), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Start(r.ctx(), startOf("id")); orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Fatalf("start on a fenced engine: %v", err)
	}
	<-r.Done()
}

// Random commits fail or lose their answer while workflows run; clients repeat as SDKs do. Every workflow ends exactly once, with one activity.
func TestEveryWorkflowEndsOnceUnderFaults(t *testing.T) {
	r := newRig(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	for n := 2; n < 400; n += 1 + rng.IntN(6) {
		switch rng.IntN(3) {
		case 0:
			r.faulty.FailBefore(n, store.ErrUnavailable)
		case 1:
			r.faulty.FailBefore(n, store.ErrUnknownOutcome)
		case 2:
			r.faulty.FailAfter(n, store.ErrUnknownOutcome)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	wg := r.oneStep(ctx, 3)
	defer wg.Wait()
	defer cancel()
	keys := make(chan orchestration.RunKey, 60)
	for i := range 60 {
		go func() { keys <- r.startStubbornly(fmt.Sprint("id-", i)) }()
	}
	for range 60 {
		k := <-keys
		r.resultStubbornly(k)
		got := slices.DeleteFunc(kinds(r.events(k)), func(s string) bool { return s == "WorkflowTaskTimedOut" })
		if n := count(got, "ActivityTaskScheduled"); n != 1 {
			t.Errorf("%s scheduled %d activities: %v", k.WorkflowID, n, got)
		}
		if got[len(got)-1] != "WorkflowExecutionCompleted" {
			t.Errorf("%s ended with %v", k.WorkflowID, got)
		}
	}
}

func count(all []string, one string) (n int) {
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}

// startStubbornly repeats a start with the same request id until it is acknowledged.
func (r *rig) startStubbornly(id string) orchestration.RunKey {
	in := startOf(id)
	in.Run.RequestID = "request-" + id
	in.Run.TaskTimeout = time.Second
	for {
		reply, err := r.Start(r.ctx(), in)
		if err == nil {
			k := key(id)
			k.RunID = reply.RunID
			return k
		}
		if orchestration.CodeOf(err) != orchestration.Unavailable {
			r.t.Errorf("start %s: %v", id, err)
			return key(id)
		}
	}
}

func (r *rig) resultStubbornly(k orchestration.RunKey) {
	ctx := r.ctx()
	for ctx.Err() == nil {
		page, err := r.History(ctx, engine.HistoryRequest{Run: k, Wait: true, CloseOnly: true})
		if err == nil && len(page.Events) > 0 {
			return
		}
		if err != nil && orchestration.CodeOf(err) != orchestration.Unavailable {
			r.t.Errorf("result of %s: %v", k.WorkflowID, err)
			return
		}
	}
	r.t.Errorf("%s did not end: %v", k.WorkflowID, context.Cause(ctx))
}

// A poll that ends while its task is being committed gives the task back: the same attempt goes to the next poll, and nothing of it is in history.
func TestStartIsTakenBackWhenThePollHasEnded(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithCancel(t.Context())
	polled := make(chan error, 1)
	go func() {
		task, err := r.PollWorkflowTask(ctx, engine.Poll{Namespace: namespace, Queue: "steps"})
		if task != nil {
			err = errors.New("a task was delivered to a poll that has ended")
		}
		polled <- err
	}()
	eventually(t, func() bool { return r.Waiting(engine.QueueRequest{Namespace: namespace, Queue: "steps", Kind: 1}) == 1 })
	held := r.faulty.Hold(1)
	go func() { _, _ = r.Start(r.ctx(), startOf("id")) }()
	<-held.Reached()
	cancel()
	held.Release()
	if err := <-polled; err != nil {
		t.Fatal(err)
	}
	task := r.pollWorkflow()
	if task.Attempt != 1 || len(task.History) != 3 {
		t.Fatalf("attempt %d, history %v", task.Attempt, kinds(task.History))
	}
}
