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

// renewal: the owner stays the owner; what it sent under its older fence is stored before the renewal or never.
func renewal(f *fixture) {
	key := f.key("transfer-1")
	f.commit(start(key))
	old := f.fence
	fresh, err := f.Store.RenewLane(f.ctx, old)
	f.ok(err)
	if fresh.Lane != old.Lane || fresh.Epoch <= old.Epoch {
		f.Fatalf("RenewLane of %+v: %+v, want a later epoch of the same lane", old, fresh)
	}
	f.refused(store.ErrFenced, one(key, store.RunWrite{Expect: 1, Version: 2, State: []byte("old")}))
	f.fence = fresh
	f.commit(one(key, store.RunWrite{Expect: 1, Version: 2, State: []byte("fresh")}))
	f.same("state", string(f.load(key).State), "fresh")
}

// renewalFenced: who was taken over stays so, however it asks, and does not disturb the new owner.
func renewalFenced(f *fixture) {
	old := f.fence
	renewed, err := f.Store.RenewLane(f.ctx, old)
	f.ok(err)
	fresh, err := f.Store.AcquireLane(f.ctx, old.Lane)
	f.ok(err)
	for _, fence := range []store.Fence{old, renewed, {Lane: 77}, {Lane: 77, Epoch: 1 << 20}, {Lane: -1, Epoch: 1}, {}} {
		if got, err := f.Store.RenewLane(f.ctx, fence); !errors.Is(err, store.ErrFenced) {
			f.Fatalf("RenewLane of %+v: %+v, %v; want ErrFenced", fence, got, err)
		}
	}
	f.fence = fresh
	f.commit(start(f.key("transfer-1")))
	f.fence, err = f.Store.RenewLane(f.ctx, fresh)
	f.ok(err)
	f.commit(start(f.key("transfer-2")))
}

// renewalRepeated: a renewal whose answer was lost is asked for again under the fence that was known before it.
func renewalRepeated(f *fixture) {
	known := f.fence
	for range 3 {
		next, err := f.Store.RenewLane(f.ctx, known)
		f.ok(err)
		if next.Epoch <= f.fence.Epoch {
			f.Fatalf("epoch %d after %d", next.Epoch, f.fence.Epoch)
		}
		f.fence = next
	}
	f.commit(start(f.key("transfer-1")))
	f.reopen()
	next, err := f.Store.RenewLane(f.ctx, f.fence) // by the same process, as far as the store can tell
	f.ok(err)
	f.fence = next
	f.commit(start(f.key("transfer-2")))
}
