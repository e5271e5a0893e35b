package shard

import (
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// TestLongHeartbeatStrikesThoughEvicted: a heartbeat timeout beyond the horizon passes through forgetting and reloading many times; no reload may
// put it off.
func TestLongHeartbeatStrikesThoughEvicted(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	if err := r.start(workflowKey(0), history.StartRun{TaskTimeout: 10 * time.Second}); err != nil {
		t.Fatal(err)
	}
	task, _ := r.poll(orchestration.WorkflowTask)
	command := activityCommand("slow")
	a := command.GetScheduleActivityTaskCommandAttributes()
	a.HeartbeatTimeout, a.StartToCloseTimeout = durationpb.New(30*time.Minute), durationpb.New(100*time.Hour)
	(&world{rig: r}).complete(task, false, command)
	if _, ok := r.poll(orchestration.ActivityTask); !ok {
		t.Fatal("no activity task")
	}
	for range 12 {
		r.forgetMemory()
		r.delayAll()
		r.advance(5 * time.Minute)
	}
	if d, ok := r.poll(orchestration.ActivityTask); !ok || d.Activity.Attempt != 2 {
		t.Fatalf("an hour after a heartbeat timeout of 30 minutes: %+v", d.Activity)
	}
}

// TestSleepersCostNothing: of a run that needs its owner beyond the horizon nothing stays in memory, and it is woken all the same.
func TestSleepersCostNothing(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	if err := r.start(workflowKey(0), history.StartRun{StartDelay: time.Hour}); err != nil {
		t.Fatal(err)
	}
	r.forgetMemory()
	r.lanes[0].timers.mu.Lock()
	noted := len(r.lanes[0].timers.byRun)
	r.lanes[0].timers.mu.Unlock()
	if noted != 0 {
		t.Fatalf("%d runs are noted", noted)
	}
	if _, ok := r.poll(orchestration.WorkflowTask); ok {
		t.Fatal("a task before its time")
	}
	r.advance(time.Hour)
	await(t, func() bool { // the owner's own timer loop may be about to fire it
		_, ok := r.poll(orchestration.WorkflowTask)
		return ok
	})
}

// TestPreloadedRunsFireTogether: runs that are due and not in memory are read with one query and fire each.
func TestPreloadedRunsFireTogether(t *testing.T) {
	r := newRig(t, t.TempDir())
	defer r.close()
	const n = 20
	for i := range n {
		if err := r.start(workflowKey(i), history.StartRun{StartDelay: time.Minute}); err != nil {
			t.Fatal(err)
		}
	}
	r.forgetMemory()
	r.advance(2 * time.Minute)
	for i := range n {
		if _, ok := r.poll(orchestration.WorkflowTask); !ok {
			t.Fatalf("%d tasks of %d", i, n)
		}
	}
}

// TestWarnOfLength: a history that nears its limit is logged once, at the transition that crosses the mark.
func TestWarnOfLength(t *testing.T) {
	for name, grow := range map[string]func(r *Run){
		"events": func(r *Run) { r.Header.NextEventID = orchestration.WarnHistoryEvents },
		"bytes": func(r *Run) {
			r.Header.HistoryBytes = orchestration.WarnHistoryBytes - 1
			r.seenBytes = r.Header.HistoryBytes
		},
	} {
		t.Run(name, func(t *testing.T) {
			logs := newLogs()
			r := newRigOf(t, t.TempDir(), Config{Logger: logs.logger()})
			defer r.close()
			if err := r.start(workflowKey(0), history.StartRun{}); err != nil {
				t.Fatal(err)
			}
			wf, err := r.lock(t.Context(), workflowKey(0))
			if err != nil {
				t.Fatal(err)
			}
			for _, run := range wf.runs {
				grow(run)
				event := &historypb.HistoryEvent{EventType: enums.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED}
				for range 3 {
					before := run.seenBytes
					run.Header.NextEventID++
					run.Header.HistoryBytes += 10
					r.warnOfLength(run, history.Transition{Events: []*historypb.HistoryEvent{event}}, before)
					run.seenBytes = run.Header.HistoryBytes
				}
			}
			wf.dead = true // what the test made of it is never stored
			r.cache.remove(wf)
			wf.mu.Unlock()
			if got := logs.count("history grows long"); got != 1 {
				t.Errorf("logged %d times", got)
			}
		})
	}
}
