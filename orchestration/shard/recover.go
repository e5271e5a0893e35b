package shard

import (
	"context"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// recoverLoop pages through the wake rows: of newly adopted shards those up to the horizon, then, as time goes on, of all shards those that come
// into it.
func (o *Owner) recoverLoop() {
	noted := o.now().Add(horizon) // what was adopted before the last scan is noted up to here
	pass := time.NewTimer(horizon / 2)
	defer pass.Stop()
	for {
		select {
		case <-o.fresh.nudged:
			o.recoverFresh(noted)
		case <-pass.C:
			until := o.now().Add(horizon)
			if err := o.recover(o.ctx, o.served.view(), noted, until); err == nil {
				noted = until
				pass.Reset(horizon / 2)
			} else {
				o.interrupted(err)
				pass.Reset(recoverAgain)
			}
		case <-o.ctx.Done():
			return
		}
	}
}

// recoverAgain is how long after a scan that failed the next one begins.
const recoverAgain = time.Second

// recoverFresh reads what the newly adopted shards missed of the scans so far.
func (o *Owner) recoverFresh(until time.Time) {
	shards := o.fresh.take()
	v := o.served.view()
	v.only(setOf(shards))
	if err := o.recover(o.ctx, v, time.Time{}, until); err != nil {
		o.interrupted(err)
		time.AfterFunc(recoverAgain, func() { o.fresh.add(shards) })
	}
}

func (o *Owner) interrupted(err error) {
	if o.ctx.Err() == nil {
		o.log.Warn("recovery interrupted; going on in a second", "error", err)
	}
}

// recover notes every run of the shards with a wake row in (from, until]. The timer loops load and fire them when they are due, which most are at
// once. What was read of a shard that has moved meanwhile is dropped: its rows may be other ones now.
func (o *Owner) recover(ctx context.Context, v *view, from, until time.Time) error {
	if v.count == 0 {
		return nil
	}
	scan := store.WakeScan{Shards: v.shards(), Until: until, AfterAt: from, Limit: loadPage}
	if !from.IsZero() {
		for i := range scan.AfterRun {
			scan.AfterRun[i] = 0xff
		}
	}
	for {
		rows, err := o.store.Wakes(ctx, scan)
		if err != nil {
			return err
		}
		for _, w := range rows {
			o.laneOf(w.Shard).timers.expect(w.Key, w.At, func() bool { return o.served.still(w.Shard, v) })
		}
		if len(rows) < loadPage {
			return nil
		}
		last := rows[len(rows)-1]
		scan.AfterAt, scan.AfterRun = last.At, last.Key.RunID
	}
}

// fresh are the shards whose wake rows were not read since they were adopted.
type fresh struct {
	mu     sync.Mutex
	shards []orchestration.ShardID
	nudged chan struct{} // there are some
}

func newFresh() *fresh { return &fresh{nudged: make(chan struct{}, 1)} }

func (f *fresh) add(shards []orchestration.ShardID) {
	f.mu.Lock()
	f.shards = append(f.shards, shards...)
	f.mu.Unlock()
	select {
	case f.nudged <- struct{}{}:
	default:
	}
}

func (f *fresh) take() []orchestration.ShardID {
	f.mu.Lock()
	defer f.mu.Unlock()
	shards := f.shards
	f.shards = nil
	return shards
}
