package storetest

import (
	"context"
	"errors"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// allOrNothing puts a good write with every kind of row before and after a write that cannot be stored.
func allOrNothing(f *fixture) {
	good, late, bad := f.key("good"), f.key("late"), f.key("bad")
	f.commit(start(bad))
	full := func(key orchestration.RunKey) store.Write {
		w := start(key)
		w.Current = &store.CurrentWrite{Set: store.Current{RunID: key.RunID, Status: 1}}
		r := &w.Runs[0]
		r.Items = []store.ItemWrite{{Kind: 1, ID: "1", Data: []byte("item")}}
		r.History = []store.Batch{{First: 1, Last: 1, Events: []byte("events")}}
		r.Wake = store.WakeWrite{Change: store.WakeSet, At: epoch}
		r.Visibility = open(key, epoch)
		w.Backlog = []store.BacklogWrite{{Row: backlogRow(key, 1)}}
		return w
	}
	conflict := one(bad, store.RunWrite{Expect: 7, Version: 8, State: []byte("never")})
	f.refused(store.ErrConflict, full(good), conflict, full(late))
	for _, key := range []orchestration.RunKey{good, late} {
		f.absent(key)
		_, ok, err := f.Store.CurrentRun(f.ctx, key.WorkflowKey)
		f.ok(err)
		f.same("current run exists", ok, false)
	}
	f.same("list", len(f.list(store.ListQuery{})), 0)
	wakes, err := f.Store.Wakes(f.ctx, store.WakeScan{Until: epoch, Limit: 10})
	f.ok(err)
	queues, err := f.Store.BacklogQueues(f.ctx, nil)
	f.ok(err)
	f.same("wakes and queues", len(wakes)+len(queues), 0)

	// Without the bad write the same batch goes through: nothing was left behind.
	f.commit(full(good), full(late))
	f.same("list", len(f.list(store.ListQuery{})), 2)
}

func versionConflict(f *fixture) {
	key := f.key("transfer-1")
	f.refused(store.ErrConflict, one(key, store.RunWrite{Expect: 1, Version: 2, State: []byte("x")})) // no such run
	f.commit(start(key))
	f.refused(store.ErrConflict, start(key)) // exists already
	f.commit(one(key, store.RunWrite{Expect: 1, Version: 4, State: []byte("4")}))
	for _, expect := range []orchestration.Version{1, 3, 5} {
		f.refused(store.ErrConflict, one(key, store.RunWrite{Expect: expect, Version: 9, State: []byte("x")}))
	}
	for _, change := range []store.WakeChange{store.WakeSet, store.WakeDelete} {
		f.refused(store.ErrConflict, one(key, store.RunWrite{Expect: 1, Version: 9, State: []byte("x"), Wake: store.WakeWrite{Change: change, At: epoch}}))
	}
	f.same("record", f.load(key), store.Record{Key: key, Version: 4, State: []byte("4")})
}

// twoRuns is continue-as-new: the old run closes, the new one starts and becomes current, in one write.
func twoRuns(f *fixture) {
	old, next := f.key("transfer-1"), f.key("transfer-1")
	w := start(old)
	w.Current = &store.CurrentWrite{Set: store.Current{RunID: old.RunID, StartRequestID: "a", Status: 1}}
	f.commit(w)
	f.commit(store.Write{
		Workflow: old.WorkflowKey, Shard: old.Shard(),
		Runs: []store.RunWrite{
			{RunID: next.RunID, Version: 1, State: []byte("next")},
			{RunID: old.RunID, Expect: 1, Version: 2, State: []byte("closed")},
		},
		Current: &store.CurrentWrite{Expect: old.RunID, Set: store.Current{RunID: next.RunID, StartRequestID: "b", Status: 1}},
	})
	f.same("old run", f.load(old), store.Record{Key: old, Version: 2, State: []byte("closed")})
	f.same("next run", f.load(next), store.Record{Key: next, Version: 1, State: []byte("next")})
	cur, _, err := f.Store.CurrentRun(f.ctx, old.WorkflowKey)
	f.ok(err)
	f.same("current run", cur, store.Current{RunID: next.RunID, StartRequestID: "b", Status: 1})
}

func emptyBatch(f *fixture) {
	f.commit()
	stale := f.fence
	stale.Epoch--
	if err := f.Store.Commit(f.ctx, stale, nil); !errors.Is(err, store.ErrFenced) {
		f.Fatalf("an empty batch under a stale fence: got %v, want ErrFenced", err)
	}
}

// canceledBefore: a commit whose context has ended writes nothing and says why; it says neither conflict nor unknown.
func canceledBefore(f *fixture) {
	ctx, cancel := context.WithCancel(f.ctx)
	cancel()
	key := f.key("transfer-1")
	if err := f.Store.Commit(ctx, f.fence, []store.Write{start(key)}); !errors.Is(err, context.Canceled) {
		f.Fatalf("got %v, want context.Canceled", err)
	}
	f.absent(key)
	f.commit(start(key))
}

func currentInsert(f *fixture) {
	first, second := f.key("transfer-1"), f.key("transfer-1")
	_, ok, err := f.Store.CurrentRun(f.ctx, first.WorkflowKey)
	f.ok(err)
	f.same("exists", ok, false)
	set := func(key orchestration.RunKey, expect orchestration.RunID) store.Write {
		w := start(key)
		w.Current = &store.CurrentWrite{Expect: expect, Set: store.Current{RunID: key.RunID, StartRequestID: "request", Status: 1}}
		return w
	}
	f.refused(store.ErrConflict, set(second, first.RunID)) // expects one where there is none
	f.commit(set(first, orchestration.RunID{}))
	f.refused(store.ErrConflict, set(second, orchestration.RunID{})) // expects none where there is one
	f.absent(second)
	cur, ok, err := f.Store.CurrentRun(f.ctx, first.WorkflowKey)
	f.ok(err)
	f.same("current run", []any{cur, ok}, []any{store.Current{RunID: first.RunID, StartRequestID: "request", Status: 1}, true})
}

func currentMove(f *fixture) {
	key, other := f.key("transfer-1"), f.key("transfer-1")
	w := start(key)
	w.Current = &store.CurrentWrite{Set: store.Current{RunID: key.RunID, Status: 1}}
	f.commit(w)
	closed := store.Current{RunID: key.RunID, StartRequestID: "first", Status: 2}
	f.commit(store.Write{Workflow: key.WorkflowKey, Shard: key.Shard(), Current: &store.CurrentWrite{Expect: key.RunID, Set: closed}})
	f.refused(store.ErrConflict, store.Write{
		Workflow: key.WorkflowKey, Shard: key.Shard(),
		Current: &store.CurrentWrite{Expect: other.RunID, Set: store.Current{RunID: other.RunID, Status: 1}},
	})
	cur, _, err := f.Store.CurrentRun(f.ctx, key.WorkflowKey)
	f.ok(err)
	f.same("current run", cur, closed)
}
