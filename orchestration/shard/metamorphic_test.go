package shard

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	commandpb "go.temporal.io/api/command/v1"
	failurepb "go.temporal.io/api/failure/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// TestStoredIsLive does random things to an owner: verbs, faults, evictions, restarts, passes of time. After each, what is stored is what is in
// memory (so reloading a run at any point changes nothing), and the wake invariant holds for every run.
func TestStoredIsLive(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp("", "shard")
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		w := &world{rig: newRig(rt, dir), rt: rt, tokens: map[string]Delivery{}}
		defer w.close()
		rt.Repeat(map[string]func(*rapid.T){
			"start":    w.doStart,
			"workflow": w.doWorkflowTask,
			"activity": w.doActivity,
			"signal":   w.doSignal,
			"heart":    w.doHeartbeat,
			"unstart":  w.doUnstart,
			"fault":    w.doFault,
			"advance":  func(t *rapid.T) { w.advance(time.Duration(rapid.IntRange(1, 3000).Draw(t, "s")) * time.Second) },
			"evict":    func(*rapid.T) { w.forgetMemory() },
			"delay":    func(*rapid.T) { w.delayAll() },
			"restart":  func(*rapid.T) { w.reopen() },
			"":         func(*rapid.T) { w.check() },
		})
	})
}

// world is the rig and the tasks that its imaginary workers hold.
type world struct {
	*rig
	rt      *rapid.T
	tokens  map[string]Delivery
	counter int
}

func (w *world) key(t *rapid.T) orchestration.WorkflowKey {
	return workflowKey(rapid.IntRange(0, 3).Draw(t, "workflow"))
}

func (w *world) doStart(t *rapid.T) {
	in := history.StartRun{TaskTimeout: 10 * time.Second}
	if rapid.Bool().Draw(t, "delayed") {
		in.StartDelay = time.Duration(rapid.IntRange(1, 2000).Draw(t, "delay")) * time.Second
	}
	if rapid.Bool().Draw(t, "limited") {
		in.RunTimeout = time.Duration(rapid.IntRange(1, 5000).Draw(t, "timeout")) * time.Second
	}
	_ = w.start(w.key(t), in) // refused by a fault is as good as accepted
}

func (w *world) doWorkflowTask(t *rapid.T) {
	d, ok := w.poll(orchestration.WorkflowTask)
	if !ok {
		return
	}
	if rapid.IntRange(0, 5).Draw(t, "lost") == 0 {
		return // the worker dies with its task
	}
	w.counter++
	var commands []*commandpb.Command
	switch rapid.IntRange(0, 4).Draw(t, "decision") {
	case 0:
		commands = append(commands, closeCommand())
	case 1, 2:
		commands = append(commands, activityCommand(fmt.Sprint("a", w.counter)))
	case 3:
		commands = append(commands, timerCommand(fmt.Sprint("t", w.counter), time.Duration(rapid.IntRange(1, 4000).Draw(t, "timer"))*time.Second))
	}
	k := d.Workflow
	w.turn(k.Run.WorkflowKey, func(tx *Tx, r *Run) (history.Transition, error) {
		done, err := r.CompleteWorkflowTask(history.CompleteWorkflowTask{
			WorkflowTaskRef: history.WorkflowTaskRef{ScheduledEventID: k.ScheduledEventID, StartedEventID: k.StartedEventID, Attempt: k.Attempt},
			Commands:        commands,
		}, tx.Now())
		return done.Transition, err
	})
}

func (w *world) doActivity(t *rapid.T) {
	d, ok := w.poll(orchestration.ActivityTask)
	if !ok {
		return
	}
	a := d.Activity
	ref := history.ActivityRef{ScheduledEventID: a.ScheduledEventID, Attempt: a.Attempt}
	switch rapid.IntRange(0, 2).Draw(t, "end") {
	case 0:
		w.tokens[a.Run.WorkflowID] = d
	case 1:
		w.turn(a.Run.WorkflowKey, func(tx *Tx, r *Run) (history.Transition, error) {
			return r.CompleteActivity(ref, nil, "worker", tx.Now())
		})
	case 2:
		w.turn(a.Run.WorkflowKey, func(tx *Tx, r *Run) (history.Transition, error) {
			return r.FailActivity(ref, &failurepb.Failure{Message: "no"}, nil, "worker", tx.Now())
		})
	}
}

func (w *world) doSignal(t *rapid.T) {
	w.turn(w.key(t), func(tx *Tx, r *Run) (history.Transition, error) {
		return r.Signal(history.Signal{Name: "s"}, tx.Now())
	})
}

func (w *world) doHeartbeat(t *rapid.T) {
	d, ok := w.tokens[w.key(t).WorkflowID]
	if !ok {
		return
	}
	_ = w.UpdateLazily(context.Background(), d.Activity.Run.WorkflowKey, func(tx *Tx) error {
		r, err := tx.Run(d.Activity.Run.RunID)
		if err != nil {
			return err
		}
		tr, _, err := r.Heartbeat(history.ActivityRef{ScheduledEventID: d.Activity.ScheduledEventID, Attempt: d.Activity.Attempt}, nil, "worker", tx.Now())
		if err == nil {
			tx.Apply(r, tr)
		}
		return err
	})
}

func (w *world) doUnstart(t *rapid.T) {
	kind := orchestration.WorkflowTask
	if rapid.Bool().Draw(t, "activity") {
		kind = orchestration.ActivityTask
	}
	if d, ok := w.poll(kind); ok {
		_ = w.Unstart(context.Background(), d) // refused: its timeout brings it back
	}
}

func (w *world) doFault(t *rapid.T) {
	switch rapid.IntRange(0, 2).Draw(t, "fault") {
	case 0:
		w.faulty.FailBefore(1, store.ErrUnavailable)
	case 1:
		w.faulty.FailBefore(1, store.ErrUnknownOutcome)
	case 2:
		w.faulty.FailAfter(1, store.ErrUnknownOutcome)
	}
}

// check compares memory and store, workflow by workflow.
func (w *world) check() {
	w.flush()
	for _, wf := range w.cache.all() {
		for !w.checkWorkflow(wf) {
			w.flush() // the owner's own timers have moved it on
		}
	}
}

// checkWorkflow checks a workflow of which everything is committed; else it returns false.
func (w *world) checkWorkflow(wf *workflow) bool {
	wf.mu.Lock()
	defer wf.mu.Unlock()
	if wf.dead {
		return true
	}
	if wf.tip != wf.committed {
		return false
	}
	for id, r := range wf.runs {
		w.checkRun(wf.key.Run(id), r)
	}
	return true
}

func (w *world) checkRun(key orchestration.RunKey, live *Run) {
	records, err := w.sqlite.LoadRuns(context.Background(), []orchestration.RunKey{key})
	if err != nil || len(records) != 1 {
		w.rt.Fatalf("load %v: %v, %v", key, records, err)
	}
	items := make([]history.Item, 0, len(records[0].Items))
	for _, it := range records[0].Items {
		items = append(items, history.Item{Kind: history.ItemKind(it.Kind), ID: it.ID, Data: it.Data})
	}
	stored, err := history.Load(key, records[0].State, items)
	if err != nil {
		w.rt.Fatalf("load %v: %v", key, err)
	}
	if !reflect.DeepEqual(stored.Header, live.Header) {
		w.rt.Fatalf("header of %v\n stored %+v\n live   %+v", key, stored.Header, live.Header)
	}
	if err := live.Check(); err != nil {
		w.rt.Fatalf("%v: %v", key, err)
	}
	now := w.time()
	if s, l := stored.Ready(now), live.Ready(now); !reflect.DeepEqual(s, l) {
		w.rt.Fatalf("ready tasks of %v\n stored %+v\n live   %+v", key, s, l)
	}
	row, wake := records[0].Wake, live.Wake()
	switch {
	case wake.IsZero() != row.IsZero():
		w.rt.Fatalf("%v: wake row %v, next %v", key, row, wake)
	case row.After(wake):
		w.rt.Fatalf("%v: wake row %v is later than next %v", key, row, wake)
	case !live.wakeUnknown && !row.Equal(live.wakeRow):
		w.rt.Fatalf("%v: wake row %v, remembered as %v", key, row, live.wakeRow)
	}
}
