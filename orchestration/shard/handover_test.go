package shard

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/matching"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// What the load consists of.
const (
	loadWorkflows  = 60
	loadActivities = 3 // of each workflow, one after the other
	loadSignals    = 5 // to each workflow
)

// load is workflows on two owners between whom their shards move.
type load struct {
	*rig
	t *testing.T

	mu        sync.Mutex
	progress  map[string]*progress // by workflow id, complete before the first client begins
	delivered map[delivered]int
	moves     int
}

// progress is how far a workflow is, changed in its turns.
type progress struct{ scheduled, done, signals int }

// TestHandOverUnderLoad: shards move back and forth while workflows run in them. No fault is injected and the clock stands still, so that no timeout
// can repair anything: every call is answered, every task is delivered once, nothing is recorded twice or lost.
func TestHandOverUnderLoad(t *testing.T) {
	l := &load{rig: newPair(t, t.TempDir(), Config{QueueTasks: 10}), t: t, progress: map[string]*progress{}, delivered: map[delivered]int{}}
	defer l.close()
	ctx, cancel := context.WithCancel(t.Context())
	var background, clients sync.WaitGroup
	for _, o := range l.owners() {
		for range 3 {
			background.Go(func() { l.work(ctx, o, orchestration.WorkflowTask, l.decide) })
			background.Go(func() { l.work(ctx, o, orchestration.ActivityTask, l.act) })
		}
	}
	background.Go(func() { l.move(ctx) })
	for i := range loadWorkflows {
		l.progress[workflowKey(i).WorkflowID] = &progress{}
	}
	for i := range loadWorkflows { // the map is read by all of them from now on
		clients.Go(func() { l.client(workflowKey(i)) })
	}
	clients.Wait()
	cancel()
	background.Wait()
	t.Logf("%d moves", l.moves)
	for task, times := range l.delivered {
		if times != 1 {
			t.Errorf("%+v was delivered %d times", task, times)
		}
	}
	for i := range loadWorkflows {
		l.checkHistory(workflowKey(i))
	}
}

// until repeats a call as long as nobody serves the workflow.
func (l *load) until(what string, call func() error) {
	err := call()
	for ; isMoved(err); err = call() {
		runtime.Gosched()
	}
	if err != nil {
		l.t.Errorf("%s: %v", what, err)
	}
}

func (l *load) verb(key orchestration.WorkflowKey, verb func(*Tx, *Run, *progress) (history.Transition, error)) {
	l.until(key.WorkflowID, func() error {
		return l.Update(context.Background(), key, func(tx *Tx) error {
			r, err := tx.Run(orchestration.RunID{})
			if err != nil {
				return err
			}
			tr, err := verb(tx, r, l.progress[key.WorkflowID])
			if err == nil {
				tx.Apply(r, tr)
			}
			return err
		})
	})
}

// client starts a workflow, signals it and waits for its end.
func (l *load) client(key orchestration.WorkflowKey) {
	l.until("start", func() error { return l.start(key, history.StartRun{}) })
	for i := range loadSignals {
		l.verb(key, func(tx *Tx, r *Run, p *progress) (history.Transition, error) {
			p.signals++
			return r.Signal(history.Signal{Name: fmt.Sprint(i)}, tx.Now())
		})
	}
	l.until("watch", func() error {
		return l.route(func(o *Owner) error {
			return o.Watch(context.Background(), key, func(tx *Tx) (bool, error) {
				r, err := tx.Run(orchestration.RunID{})
				return err == nil && !r.open(), err
			})
		})
	})
}

// work polls one owner's queue, which another owner's shards do not feed.
func (l *load) work(ctx context.Context, o *Owner, kind orchestration.TaskKind, do func(Delivery)) {
	for ctx.Err() == nil {
		offer, err := o.queues.Poll(ctx, queueKey("queue", kind), matching.Worker{Identity: "worker"})
		if err != nil || offer.Empty() {
			continue
		}
		d := offer.Task
		if !offer.Delivered {
			if d, err = o.take(offer); err != nil {
				continue // a duplicate, or another owner's by now
			}
		}
		l.mu.Lock()
		l.delivered[deliveredOf(d)]++
		l.mu.Unlock()
		do(d)
	}
}

// decide answers a workflow task: the next activity, or the end when everything has happened.
func (l *load) decide(d Delivery) {
	w := d.Workflow
	in := history.CompleteWorkflowTask{WorkflowTaskRef: history.WorkflowTaskRef{
		ScheduledEventID: w.ScheduledEventID, StartedEventID: w.StartedEventID, Attempt: w.Attempt,
	}}
	l.verb(w.Run.WorkflowKey, func(tx *Tx, r *Run, p *progress) (history.Transition, error) {
		scheduled := p.scheduled
		switch {
		case p.done < p.scheduled:
			in.Commands = nil
		case p.done < loadActivities:
			in.Commands = []*commandpb.Command{activityCommand(fmt.Sprint(p.scheduled))}
			scheduled++
		case p.signals == loadSignals:
			in.Commands = []*commandpb.Command{closeCommand()}
		}
		done, err := r.CompleteWorkflowTask(in, tx.Now())
		if err == nil && done.Failed == nil { // else a signal came meanwhile, and the task comes again
			p.scheduled = scheduled
		}
		return done.Transition, err
	})
}

func (l *load) act(d Delivery) {
	a := d.Activity
	l.verb(a.Run.WorkflowKey, func(tx *Tx, r *Run, p *progress) (history.Transition, error) {
		tr, err := r.CompleteActivity(history.ActivityRef{ScheduledEventID: a.ScheduledEventID, Attempt: a.Attempt}, nil, "worker", tx.Now())
		if err == nil {
			p.done++
		}
		return tr, err
	})
}

// move has some of the workflows' shards change their owner, again and again.
func (l *load) move(ctx context.Context) {
	owners := l.owners()
	for ; ctx.Err() == nil; l.moves++ {
		var shards []orchestration.ShardID
		for i := range loadWorkflows {
			if rand.IntN(4) == 0 {
				shards = append(shards, workflowKey(i).Shard())
			}
		}
		for _, o := range owners {
			if err := o.Surrender(context.Background(), shards); err != nil {
				l.t.Errorf("surrender: %v", err)
			}
		}
		if err := owners[rand.IntN(2)].Adopt(context.Background(), shards); err != nil {
			l.t.Errorf("adopt: %v", err)
		}
	}
}

// checkHistory expects that everything which was acknowledged is recorded, once.
func (l *load) checkHistory(key orchestration.WorkflowKey) {
	batches, err := l.sqlite.History(context.Background(), store.HistoryRange{Run: l.runOf(key)})
	if err != nil {
		l.t.Fatal(err)
	}
	got := map[enumspb.EventType]int{}
	next := int64(1)
	for _, b := range batches {
		events, err := store.DecodeEvents(b)
		if err != nil {
			l.t.Fatal(err)
		}
		for _, e := range events {
			if e.EventId != next {
				l.t.Errorf("%s: event %d follows %d", key.WorkflowID, e.EventId, next-1)
			}
			next = e.EventId + 1
			got[e.EventType]++
		}
	}
	for event, want := range map[enumspb.EventType]int{
		enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:   1,
		enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:  loadSignals,
		enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:      loadActivities,
		enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED:        loadActivities,
		enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:      loadActivities,
		enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: 1,
	} {
		if got[event] != want {
			l.t.Errorf("%s has %d events %v, want %d", key.WorkflowID, got[event], event, want)
		}
	}
}
