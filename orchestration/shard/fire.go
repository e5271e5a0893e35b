package shard

import (
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// timerLoop fires what is due of a lane's runs: each lane has its own, so that one that does not get on with its commits delays no other. Runs that
// were evicted, or never loaded, are read in pages.
func (o *Owner) timerLoop(l *lane) {
	for {
		due, wait := l.timers.takeDue(o.now(), loadPage)
		if len(due) > 0 {
			o.fireAll(l, due)
			continue
		}
		select {
		case <-l.timers.nudged:
		case <-time.After(max(wait, time.Millisecond)):
		case <-o.ctx.Done():
			return
		}
	}
}

// fireAll has each run do what is due, without waiting for the commits. A run that has moved is its new owner's.
func (o *Owner) fireAll(l *lane, keys []orchestration.RunKey) {
	if len(keys) > 1 {
		o.preload(l, keys)
	}
	for _, key := range keys {
		switch orchestration.CodeOf(o.fire(key)) {
		case orchestration.NotFound:
			l.timers.forget(key.RunID)
		case orchestration.Unavailable:
			l.timers.retry(key, o.now().Add(time.Second))
		}
	}
}

// preload reads the runs that are not in memory with one query, locking their workflows meanwhile, so that what is read cannot be outdated when it
// is installed. Workflows in use are left to be read one by one.
func (o *Owner) preload(l *lane, keys []orchestration.RunKey) {
	l.bulk.Lock()
	defer l.bulk.Unlock()
	locked := make(map[orchestration.WorkflowKey]*workflow, len(keys))
	defer func() {
		for _, wf := range locked {
			wf.mu.Unlock()
		}
	}()
	missing := make([]orchestration.RunKey, 0, len(keys))
	for _, key := range keys {
		wf := o.tryLock(key.WorkflowKey)
		if wf == nil {
			continue
		}
		locked[key.WorkflowKey] = wf
		if !wf.dead && wf.runs[key.RunID] == nil {
			missing = append(missing, key)
		}
	}
	if len(missing) == 0 {
		return
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
		tx.Apply(r, r.Fire(tx.now, orchestration.NewRunID(tx.now)))
		return nil
	})
	o.enqueue(wf)
	return err
}
