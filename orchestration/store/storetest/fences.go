package storetest

import (
	"errors"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

// staleFence: from the return of AcquireLane on, nothing of the older fence is written, whichever method it comes through.
func staleFence(f *fixture) {
	key := f.key("transfer-1")
	w := start(key)
	w.Runs[0].Wake = store.WakeWrite{Change: store.WakeSet, At: epoch}
	f.commit(w)
	stale := f.fence
	fresh, err := f.Store.AcquireLane(f.ctx, stale.Lane)
	f.ok(err)
	if fresh.Lane != stale.Lane || fresh.Epoch <= stale.Epoch {
		f.Fatalf("AcquireLane after %+v: %+v, want a later epoch of the same lane", stale, fresh)
	}
	update := one(key, store.RunWrite{Expect: 1, Version: 2, State: []byte("stale")})
	f.refused(store.ErrFenced, update)
	f.refused(store.ErrFenced, one(key, store.RunWrite{Expect: 7, Version: 8})) // the fence is checked before anything else
	moves := []store.WakeMove{{RunID: key.RunID, From: epoch, To: epoch.Add(1e9)}}
	if err := f.Store.DelayWakes(f.ctx, stale, moves); !errors.Is(err, store.ErrFenced) {
		f.Fatalf("DelayWakes: got %v, want ErrFenced", err)
	}
	ahead := store.Fence{Lane: fresh.Lane, Epoch: fresh.Epoch + 1}
	if err := f.Store.Commit(f.ctx, ahead, []store.Write{update}); !errors.Is(err, store.ErrFenced) {
		f.Fatalf("an epoch that nobody acquired: got %v, want ErrFenced", err)
	}
	f.same("version", int(f.load(key).Version), 1)
	f.fence = fresh
	f.commit(update)
}

func lanesAreApart(f *fixture) {
	other, err := f.Store.AcquireLane(f.ctx, 2)
	f.ok(err)
	f.commit(start(f.key("transfer-1"))) // the first lane's fence still holds
	f.ok(f.Store.Commit(f.ctx, other, []store.Write{start(f.key("transfer-2"))}))
	if err := f.Store.Commit(f.ctx, store.Fence{Lane: 2, Epoch: other.Epoch + 1}, nil); !errors.Is(err, store.ErrFenced) {
		f.Fatalf("got %v, want ErrFenced", err)
	}
}

func unknownLane(f *fixture) {
	for _, fence := range []store.Fence{{}, {Lane: 77}, {Lane: 77, Epoch: 1}, {Lane: -1, Epoch: 1}} {
		if err := f.Store.Commit(f.ctx, fence, nil); !errors.Is(err, store.ErrFenced) {
			f.Fatalf("%+v: got %v, want ErrFenced", fence, err)
		}
	}
}

func fenceSurvivesReopening(f *fixture) {
	before := f.fence
	f.reopen()
	fresh, err := f.Store.AcquireLane(f.ctx, before.Lane)
	f.ok(err)
	if fresh.Epoch <= before.Epoch {
		f.Fatalf("after a restart the epoch went from %d to %d, want a later one", before.Epoch, fresh.Epoch)
	}
	f.refused(store.ErrFenced)
}

// renewal: renewing keeps the lane, voids the fence before, and may be repeated when its answer was lost; acquiring ends it.
func renewal(f *fixture) {
	first := f.fence
	renewed, err := f.Store.RenewLane(f.ctx, first)
	f.ok(err)
	again, err := f.Store.RenewLane(f.ctx, first) // the first answer was lost
	f.ok(err)
	if renewed.Epoch <= first.Epoch || again.Epoch <= renewed.Epoch || again.Lane != first.Lane {
		f.Fatalf("%+v, %+v, %+v: want later epochs of one lane", first, renewed, again)
	}
	for _, void := range []store.Fence{first, renewed} {
		if err := f.Store.Commit(f.ctx, void, []store.Write{start(f.key("void"))}); !errors.Is(err, store.ErrFenced) {
			f.Fatalf("%+v: got %v, want ErrFenced", void, err)
		}
	}
	f.ok(f.Store.Commit(f.ctx, again, []store.Write{start(f.key("renewed"))}))
	taken, err := f.Store.AcquireLane(f.ctx, first.Lane)
	f.ok(err)
	for _, old := range []store.Fence{again, {Lane: 77, Epoch: 1}, {}} {
		if got, err := f.Store.RenewLane(f.ctx, old); !errors.Is(err, store.ErrFenced) {
			f.Fatalf("%+v: got %+v, %v, want ErrFenced", old, got, err)
		}
	}
	f.ok(f.Store.Commit(f.ctx, taken, nil))
}
