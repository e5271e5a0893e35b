package shard

import (
	"bytes"
	"context"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// TestStoredIsLive does random things to two owners of one store: verbs, polls that wait and polls that hang up, faults, evictions, restarts, passes
// of time, and shards that are given up and adopted again by either. After each, what is stored is what is in memory (so reloading a run at any point
// changes nothing), and the wake invariant holds for every run. No task is delivered twice. In the end workers answer whatever they are given, and
// every workflow closes, every query is answered, every caller of an update knows what became of it, and every queue is empty: no task and no timer was
// lost, and every signal that was acknowledged is in the history of one run. What was counted as used is what is stored. Of each workflow id one run is open at most, and that is the current one. What is
// in memory only, admitted updates and the tasks that carry them, may be lost, but nobody is told of it before it is stored.
func TestStoredIsLive(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp("", "shard")
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		sent := new(announcements)
		w := &world{rig: newPair(rt, dir, Config{QueueTasks: 4, Send: sent.send}), announced: sent, reached: map[string]orchestration.RunID{}, tokens: map[string]Delivery{}, plain: rapid.Bool().Draw(rt, "plain"), delivered: map[delivered]bool{}, signals: map[string]sentSignal{}}
		defer w.close()
		rt.Repeat(map[string]func(*rapid.T){
			"start":     w.doStart,
			"crowd":     w.doCrowd,
			"workflow":  w.doWorkflowTask,
			"sticky":    w.doStickyTask,
			"activity":  w.doActivity,
			"signal":    w.doSignal,
			"cancel":    w.doCancel,
			"terminate": w.doTerminate,
			"reset":     w.doReset,
			"delete":    w.doDelete,
			"operate":   w.doOperate,
			"query":     w.doQuery,
			"update":    w.doUpdate,
			"serve":     w.doServeUpdate,
			"give up":   w.doGiveUp,
			"send":      w.doSend,
			"heart":     w.doHeartbeat,
			"unstart":   w.doUnstart,
			"wait":      w.doWait,
			"collect":   w.doCollect,
			"hang up":   w.doHangUp,
			"fault":     w.doFault,
			"poison":    w.doPoison,
			"cure":      func(*rapid.T) { w.cure() },
			"advance":   func(t *rapid.T) { w.advance(time.Duration(rapid.IntRange(1, 3000).Draw(t, "s")) * time.Second) },
			"evict":     func(*rapid.T) { w.forgetMemory() },
			"delay":     func(*rapid.T) { w.delayAll() },
			"surrender": w.doSurrender,
			"adopt":     w.doAdopt,
			"fold":      w.doFold,
			"restart":   func(*rapid.T) { w.restart() },
			"":          func(*rapid.T) { w.check() },
		})
		w.end()
	})
}

// check compares memory and store, workflow by workflow.
func (w *world) check() {
	w.flush()
	for _, o := range w.owners() {
		for _, wf := range o.cache.all() {
			for !w.checkWorkflow(wf) {
				w.flush() // the owner's own timers have moved it on
			}
		}
	}
	w.checkCurrent()
	w.checkDeleted()
	w.checkUsage()
	w.hear()
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

// sameHeader compares two headers as they are stored, and the times that are stored beside them.
func sameHeader(a, b *history.Header) bool {
	x, errX := cbor.Marshal(a)
	y, errY := cbor.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y) &&
		a.StartTime.Equal(b.StartTime) && a.ExecutionTime.Equal(b.ExecutionTime) && a.CloseTime.Equal(b.CloseTime) && a.LastEventTime.Equal(b.LastEventTime)
}

// load reads a stored run; nil: there is none.
func (w *world) load(key orchestration.RunKey) (*history.Run, store.Record) {
	records, err := w.sqlite.LoadRuns(context.Background(), []orchestration.RunKey{key})
	if err != nil {
		w.t.Fatalf("load %v: %v", key, err)
	}
	if len(records) == 0 {
		return nil, store.Record{}
	}
	items := make([]history.Item, 0, len(records[0].Items))
	for _, it := range records[0].Items {
		items = append(items, history.Item{Kind: history.ItemKind(it.Kind), ID: it.ID, Data: it.Data})
	}
	stored, err := history.Load(key, records[0].State, items)
	if err != nil {
		w.t.Fatalf("load %v: %v", key, err)
	}
	return stored, records[0]
}

func (w *world) checkRun(key orchestration.RunKey, live *Run) {
	stored, record := w.load(key)
	if stored == nil {
		w.t.Fatalf("%v is not stored", key)
	}
	header, ready := live.Header, live.Ready(w.time())
	if live.Speculative() {
		header.Task = nil
		ready = slices.DeleteFunc(ready, func(t history.Task) bool { return t.Speculative })
	}
	if !sameHeader(&stored.Header, &header) {
		w.t.Fatalf("header of %v\n stored %+v\n live   %+v", key, stored.Header, header)
	}
	if err := live.Check(); err != nil {
		w.t.Fatalf("%v: %v", key, err)
	}
	if s := stored.Ready(w.time()); len(s)+len(ready) > 0 && !reflect.DeepEqual(s, ready) {
		w.t.Fatalf("ready tasks of %v\n stored %+v\n live   %+v", key, s, ready)
	}
	row, wake := record.Wake, live.Wake()
	switch {
	case wake.IsZero() != row.IsZero():
		w.t.Fatalf("%v: wake row %v, next %v", key, row, wake)
	case row.After(wake):
		w.t.Fatalf("%v: wake row %v is later than next %v", key, row, wake)
	case !live.wakeUnknown && !row.Equal(live.wakeRow):
		w.t.Fatalf("%v: wake row %v, remembered as %v", key, row, live.wakeRow)
	}
}
