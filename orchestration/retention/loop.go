package retention

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// loop makes a pass over all namespaces now and then: at once again while there is more to do, soon while one waits for its end.
func (r *Room) loop() {
	var last time.Time // when namespaces in use were looked at
	for r.ctx.Err() == nil {
		if !r.serves() { // not yet, or not any more: another node is the keeper of everything
			r.idle(hurry / 10)
			continue
		}
		all := r.c.Now().Sub(last) >= r.c.Every
		if all {
			last = r.c.Now()
		}
		pause := r.c.Every
		switch more, waiting := r.pass(all); {
		case more:
			last = time.Time{}
			continue
		case waiting:
			pause = min(hurry, r.c.Every)
		}
		if r.idle(pause) {
			last = time.Time{}
		}
	}
}

// serves tells whether this node has any shard.
func (r *Room) serves() bool {
	for s := range orchestration.ShardID(orchestration.Shards) {
		if r.c.Engine.Serves(s) {
			return true
		}
	}
	return false
}

// idle waits, or until the room is nudged or closed; nudged tells which.
func (r *Room) idle(d time.Duration) (nudged bool) {
	pause := time.NewTimer(d)
	defer pause.Stop()
	select {
	case <-r.nudged:
		return true
	case <-pause.C:
	case <-r.ctx.Done():
	}
	return false
}

// pass looks at every namespace that this node keeps: at deleted ones, and if all is set at the others. more tells that some have more to delete, waiting that
// some are deleted and not yet gone.
func (r *Room) pass(all bool) (more, waiting bool) {
	var left, ending atomic.Bool
	var wg sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	defer func() {
		wg.Wait()
		more, waiting = left.Load(), ending.Load()
	}()
	for after := ""; ; {
		page, err := r.c.Namespaces.Page(r.ctx, after, listedNames)
		if err != nil {
			r.warn("cannot read which namespaces there are", err)
			return
		}
		for _, ns := range page {
			after = ns.Name
			if !ns.Deleted && !all || !r.keeps(ns.ID) {
				continue
			}
			slots <- struct{}{}
			wg.Go(func() {
				defer func() { <-slots }()
				if ns.Deleted {
					ending.Store(true)
					r.end(ns)
				} else if r.expire(ns) {
					left.Store(true)
				}
			})
		}
		if len(page) < listedNames {
			return
		}
	}
}

// rest waits, or until the room is closed.
func (r *Room) rest(d time.Duration) {
	if d <= 0 {
		return
	}
	pause := time.NewTimer(d)
	defer pause.Stop()
	select {
	case <-pause.C:
	case <-r.ctx.Done():
	}
}

func (r *Room) warn(what string, err error, args ...any) {
	if r.ctx.Err() == nil {
		r.c.Logger.Warn(what, append(args, "error", err)...)
	}
}
