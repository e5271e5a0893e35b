package shard

import (
	"context"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// timerLoop fires what is due. Runs that were evicted, or never loaded, are read in pages.
func (o *Owner) timerLoop() {
	for {
		due, wait := o.timers.takeDue(o.now(), loadPage)
		if len(due) > 0 {
			o.fireAll(due)
			continue
		}
		select {
		case <-o.timers.nudged:
		case <-time.After(max(wait, time.Millisecond)):
		case <-o.ctx.Done():
			return
		}
	}
}

// fireAll has each run do what is due, without waiting for the commits.
func (o *Owner) fireAll(keys []orchestration.RunKey) {
	if len(keys) > 1 {
		o.preload(keys)
	}
	for _, key := range keys {
		switch err := o.fire(key); {
		case err == nil || o.ctx.Err() != nil:
		case orchestration.CodeOf(err) == orchestration.NotFound:
			o.timers.forget(key.RunID)
		case orchestration.CodeOf(err) == orchestration.Unavailable:
			o.timers.lost(key, o.now().Add(time.Second))
		}
	}
}

// preload reads the runs that are not in memory with one query, locking their workflows meanwhile, so that what is read cannot be outdated when it
// is installed. Workflows in use are left to be read one by one.
func (o *Owner) preload(keys []orchestration.RunKey) {
	o.bulk.Lock()
	defer o.bulk.Unlock()
	locked := make(map[orchestration.WorkflowKey]*workflow, len(keys))
	defer func() {
		for _, wf := range locked {
			wf.mu.Unlock()
		}
	}()
	missing := make([]orchestration.RunKey, 0, len(keys))
	for _, key := range keys {
		wf := o.actor(key.WorkflowKey)
		if !wf.mu.TryLock() {
			continue
		}
		locked[key.WorkflowKey] = wf
		if !wf.dead && wf.runs[key.RunID] == nil {
			missing = append(missing, key)
		}
	}
	records, err := o.store.LoadRuns(o.ctx, missing)
	if err != nil {
		return // each turn tries again for itself
	}
	for _, rec := range records {
		o.installPreloaded(locked[rec.Key.WorkflowKey], rec)
	}
}

// installPreloaded installs a record into its locked workflow. A run that cannot be read is left for the turn that needs it.
func (o *Owner) installPreloaded(wf *workflow, rec store.Record) {
	if wf.dead {
		return // abandoned by the run before it in this page
	}
	_ = o.transact(o.ctx, wf, func(tx *Tx) error {
		_, err := tx.install(rec)
		return err
	})
	o.enqueue(wf)
}

// fire has one run do what is due. It does not wait for the commit: nobody is told before it.
func (o *Owner) fire(key orchestration.RunKey) error {
	wf, err := o.lock(o.ctx, key.WorkflowKey)
	if err != nil {
		return err
	}
	defer wf.mu.Unlock()
	err = o.transact(o.ctx, wf, func(tx *Tx) error {
		r, err := tx.Run(key.RunID)
		if err != nil {
			return err
		}
		tx.touch(r)
		tx.Apply(r, r.Fire(tx.now))
		return nil
	})
	o.enqueue(wf)
	return err
}

// recoverLoop pages through the wake rows: at start those up to the horizon, then, as time goes on, those that come into it.
func (o *Owner) recoverLoop() {
	var from time.Time
	for {
		until := o.now().Add(horizon)
		if err := o.recover(o.ctx, from, until); err != nil {
			if o.ctx.Err() != nil {
				return
			}
			o.log.Warn("recovery interrupted; going on in a second", "error", err)
			until = from
		}
		wait := horizon / 2
		if until.Equal(from) {
			wait = time.Second
		}
		from = until
		select {
		case <-time.After(wait):
		case <-o.ctx.Done():
			return
		}
	}
}

// recover notes every run with a wake row in (from, until]. The timer loop loads and fires them when they are due, which most are at once.
func (o *Owner) recover(ctx context.Context, from, until time.Time) error {
	scan := store.WakeScan{Until: until, AfterAt: from, Limit: loadPage}
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
			o.timers.expect(w.Key, w.At)
		}
		if len(rows) < loadPage {
			return nil
		}
		last := rows[len(rows)-1]
		scan.AfterAt, scan.AfterRun = last.At, last.Key.RunID
	}
}
