package shard

import (
	"context"
	"sync/atomic"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/storetest"
)

// hooked is a faulty store that also calls tests back, after the calls that have names here were carried out. A hook's error takes the answer's place.
type hooked struct {
	*storetest.Faulty
	counted, scanned, renewed hook
}

// hook is a function that may be set while it is called.
type hook struct{ f atomic.Pointer[func() error] }

func (h *hook) set(f func() error) { h.f.Store(&f) }

func (h *hook) clear() { h.f.Store(nil) }

func (h *hook) call(err error) error {
	if f := h.f.Load(); f != nil && err == nil {
		return (*f)()
	}
	return err
}

// BacklogQueues implements store.Store.
func (h *hooked) BacklogQueues(ctx context.Context, shards []orchestration.ShardID) ([]store.BacklogCount, error) {
	counts, err := h.Faulty.BacklogQueues(ctx, shards)
	return counts, h.counted.call(err)
}

// Wakes implements store.Store.
func (h *hooked) Wakes(ctx context.Context, scan store.WakeScan) ([]store.Wake, error) {
	wakes, err := h.Faulty.Wakes(ctx, scan)
	return wakes, h.scanned.call(err)
}

// RenewLane implements store.Store.
func (h *hooked) RenewLane(ctx context.Context, f store.Fence) (store.Fence, error) {
	renewed, err := h.Faulty.RenewLane(ctx, f)
	return renewed, h.renewed.call(err)
}

// times yields err the first n times it is called, and counts the calls.
func times(n int, err error) (f func() error, calls *atomic.Int64) {
	calls = new(atomic.Int64)
	return func() error {
		if calls.Add(1) <= int64(n) {
			return err
		}
		return nil
	}, calls
}
