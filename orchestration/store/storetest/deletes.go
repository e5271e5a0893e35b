package storetest

import (
	"fmt"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// populated commits a run with a row in every table, and n commits of history.
func (f *fixture) populated(key orchestration.RunKey, n int) {
	f.Helper()
	w := start(key)
	w.Current = &store.CurrentWrite{Set: store.Current{RunID: key.RunID, Status: 1}}
	r := &w.Runs[0]
	r.Items = []store.ItemWrite{{Kind: 1, ID: "1", Data: []byte("item")}, {Kind: 2, ID: "é", Data: []byte("item")}}
	r.History = []store.Batch{{First: 1, Last: 1, Events: []byte("events")}}
	r.Wake = store.WakeWrite{Change: store.WakeSet, At: epoch}
	r.Visibility, r.Terms = open(key, epoch), [][]byte{[]byte("term")}
	f.commit(w)
	for i := 1; i < n; i++ {
		at := orchestration.EventID(i + 1)
		f.commit(one(key, store.RunWrite{
			Expect: f.version(i), Version: f.version(i + 1), State: []byte("state"), History: []store.Batch{{First: at, Last: at, Events: []byte("events")}},
		}))
	}
}

// deletion is the write that deletes a run that populated has made.
func deletion(key orchestration.RunKey, version orchestration.Version) store.Write {
	return store.Write{
		Workflow: key.WorkflowKey, Shard: key.Shard(),
		Deletes: []store.RunDelete{{RunID: key.RunID, Expect: version, StartTime: epoch}},
	}
}

// nothingOf checks that nothing can be read of a run, and that nothing of it comes back with another one of the same id.
func (f *fixture) nothingOf(key orchestration.RunKey) {
	f.Helper()
	f.absent(key)
	_, ok, err := f.Store.CurrentRun(f.ctx, key.WorkflowKey)
	f.ok(err)
	f.same("current run exists", ok, false)
	for _, v := range f.list(store.ListQuery{Namespace: key.Namespace}) {
		if v.RunID == key.RunID {
			f.Fatalf("run %v is listed", key)
		}
	}
	f.sweep(1000)
	again := start(key)
	again.Runs[0].Visibility, again.Runs[0].Terms = open(key, epoch), [][]byte{[]byte("term")} // one of those before would be in the way
	f.commit(again)
	f.same("record", f.load(key), store.Record{Key: key, Version: 1, State: []byte("state 1")})
	f.same("history", len(f.history(store.HistoryRange{Run: key})), 0)
	f.commit(deletion(key, 1))
}

// sweep sweeps until nothing is left, and returns how many steps that took.
func (f *fixture) sweep(limit int) (steps int) {
	f.Helper()
	for more := true; more; steps++ {
		var err error
		more, err = f.Store.Sweep(f.ctx, limit)
		f.ok(err)
		if steps == 1000 {
			f.Fatal("Sweep does not come to an end")
		}
	}
	return steps
}

func deleteRun(f *fixture) {
	gone, kept := f.key("gone"), f.key("kept")
	f.populated(gone, 3)
	f.populated(kept, 3)
	f.commit(deletion(gone, 3))
	f.nothingOf(gone)
	f.same("version of the other", f.load(kept).Version, f.version(3))
	f.same("its items", len(f.load(kept).Items), 2)
	f.same("its history", len(f.history(store.HistoryRange{Run: kept})), 3)
	wakes, err := f.Store.Wakes(f.ctx, store.WakeScan{Until: epoch, Limit: 10})
	f.ok(err)
	f.same("wakes", len(wakes), 1)
	f.same("list", len(f.list(store.ListQuery{})), 1)
}

// deleteLarge: a long run is gone at once too, and what is left of it goes in steps.
func deleteLarge(f *fixture) {
	large, other := f.key("large"), f.key("other")
	const commits = store.DeleteAtOnce + 20
	f.populated(large, commits)
	f.populated(other, commits)
	f.commit(deletion(large, commits))
	f.absent(large)
	f.same("list", len(f.list(store.ListQuery{})), 1)
	if steps := f.sweep(10); steps < commits/10 {
		f.Fatalf("%d rows were swept in %d steps of 10", commits, steps)
	}
	f.nothingOf(large)
	f.same("history of the other", len(f.history(store.HistoryRange{Run: other})), commits)
}

func deleteConflict(f *fixture) {
	key := f.key("transfer-1")
	f.refused(store.ErrConflict, deletion(key, 1)) // no such run
	f.populated(key, 2)
	f.refused(store.ErrConflict, deletion(key, 1))
	other := namespace()
	stolen := deletion(key, 2)
	stolen.Workflow.Namespace = other
	f.refused(store.ErrConflict, stolen)
	f.refused(store.ErrConflict, start(f.key("innocent")), deletion(key, 3))
	f.same("version", f.load(key).Version, f.version(2))
	f.same("history", len(f.history(store.HistoryRange{Run: key})), 2)
	f.same("list", len(f.list(store.ListQuery{})), 1)
}

// deleteAndStart: in one write the old run goes and the next one becomes current; and a run that is not current takes no current one with it.
func deleteAndStart(f *fixture) {
	old, next := f.key("transfer-1"), f.key("transfer-1")
	f.populated(old, 1)
	w := deletion(old, 1)
	w.Runs = start(next).Runs
	w.Current = &store.CurrentWrite{Expect: old.RunID, Set: store.Current{RunID: next.RunID, Status: 1}}
	f.commit(w)
	f.absent(old)
	cur, ok, err := f.Store.CurrentRun(f.ctx, old.WorkflowKey)
	f.ok(err)
	f.same("current run", []any{cur.RunID, ok}, []any{next.RunID, true})

	third := f.key("transfer-1")
	w = start(third)
	w.Current = &store.CurrentWrite{Expect: next.RunID, Set: store.Current{RunID: third.RunID, Status: 1}}
	f.commit(w)
	f.commit(deletion(next, 1))
	cur, _, err = f.Store.CurrentRun(f.ctx, old.WorkflowKey)
	f.ok(err)
	f.same("current run", cur.RunID, third.RunID)
}

// deleteTwice: a workflow id whose run was deleted can be used as if it never ran.
func deleteTwice(f *fixture) {
	first, second := f.key("transfer-1"), f.key("transfer-1")
	for _, key := range []orchestration.RunKey{first, second} {
		f.populated(key, 2)
		f.commit(deletion(key, 2))
		f.refused(store.ErrConflict, deletion(key, 2))
	}
	f.nothingOf(first)
	f.nothingOf(second)
}

// closedScan: runs come in the order in which they closed, those of the namespace alone, by pages that neither repeat nor skip while runs are deleted.
func closedScan(f *fixture) {
	f.listed(open(f.key("open"), epoch))
	elsewhere := open(f.key("elsewhere"), epoch)
	elsewhere.Namespace, elsewhere.CloseTime, elsewhere.Status = namespace(), epoch.Add(time.Second), 2
	f.listed(elsewhere)
	base := epoch.Truncate(time.Microsecond)
	var want []store.ClosedRun
	for i := range 20 {
		key := f.key(fmt.Sprintf("transfer-%d", i))
		v := open(key, epoch)
		v.Status, v.CloseTime = 2, base.Add(time.Duration(i/3)*time.Microsecond) // several close at once
		f.listed(v)
		want = append(want, store.ClosedRun{Key: key, CloseTime: v.CloseTime})
	}
	late := open(f.key("late"), epoch)
	late.Status, late.CloseTime = 2, base.Add(7*time.Microsecond)
	f.listed(late)

	scan := store.ClosedScan{Namespace: f.ns, Until: base.Add(6*time.Microsecond + 999), Limit: 6}
	var got []store.ClosedRun
	for {
		page, err := f.Reader.Closed(f.ctx, scan)
		f.ok(err)
		if len(page) == 0 {
			break
		}
		got = append(got, page...)
		last := page[len(page)-1]
		scan.AfterClose, scan.AfterRun = last.CloseTime, last.Key.RunID
		f.commit(deletion(page[0].Key, 1), deletion(last.Key, 1))
	}
	f.same("closed", got, want)
	scan.Limit, scan.AfterClose = 0, time.Time{}
	none, err := f.Reader.Closed(f.ctx, scan)
	f.ok(err)
	f.same("without a limit", len(none), 0)
}
