package shard

import (
	"context"
	"runtime/debug"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Update runs fn on the tip of a workflow, alone, and returns once everything that fn saw and did is committed. What fn applied is committed
// also when fn returns an error; a fn that returns an error should have applied nothing else than it wants kept.
//
// Errors: fn's, Unavailable (the commit failed; nothing was stored), DataLoss (a stored row cannot be read), or the context's.
func (o *Owner) Update(ctx context.Context, key orchestration.WorkflowKey, fn func(*Tx) error) error {
	return o.update(ctx, key, fn, false)
}

// UpdateLazily is Update for what may live in memory for a second, heartbeats: it does not wait for the commit, unless fn's workflow has other
// transitions under way.
func (o *Owner) UpdateLazily(ctx context.Context, key orchestration.WorkflowKey, fn func(*Tx) error) error {
	return o.update(ctx, key, fn, true)
}

func (o *Owner) update(ctx context.Context, key orchestration.WorkflowKey, fn func(*Tx) error, lazy bool) error {
	wf, err := o.lock(ctx, key)
	if err != nil {
		return err
	}
	before := wf.committed == wf.tip
	err = o.transact(ctx, wf, fn)
	if lazy && before && err == nil && !wf.dead {
		o.enqueueLater(wf)
		wf.mu.Unlock()
		return nil
	}
	o.enqueue(wf)
	committed := wf.await()
	if wf.dead {
		committed = nil // transact has abandoned it and says why
	}
	wf.mu.Unlock()
	if committed == nil {
		o.shrink(1) // no commit follows that would
	}
	if lost := o.wait(ctx, committed); lost != nil {
		return lost
	}
	return err
}

// wait waits for the commit that makes an answer true.
func (o *Owner) wait(ctx context.Context, committed chan error) error {
	if committed == nil {
		return nil
	}
	select {
	case err := <-committed:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-o.ctx.Done():
		return context.Cause(o.ctx)
	}
}

// actor is the workflow's actor, made at need.
func (o *Owner) actor(key orchestration.WorkflowKey) *workflow {
	return o.cache.get(key, func() *workflow { s := key.Shard(); return newWorkflow(key, s, o.laneOf(s)) })
}

// lock returns the live actor of a workflow with its mutex held.
func (o *Owner) lock(ctx context.Context, key orchestration.WorkflowKey) (*workflow, error) {
	for {
		wf := o.actor(key)
		wf.mu.Lock()
		if err := o.refusal(wf.shard); err != nil {
			o.vacate(wf)
			wf.mu.Unlock()
			return nil, err
		}
		if !wf.dead {
			return wf, nil
		}
		gone := wf.gone
		wf.mu.Unlock()
		select {
		case <-gone:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// tryLock is the actor of a workflow with its mutex held, or nil when it is in use or no turn may begin.
func (o *Owner) tryLock(key orchestration.WorkflowKey) *workflow {
	wf := o.actor(key)
	if !wf.mu.TryLock() {
		return nil
	}
	if o.refusal(wf.shard) != nil {
		o.vacate(wf)
		wf.mu.Unlock()
		return nil
	}
	return wf
}

// vacate drops an actor that was made for a turn that was refused. The caller holds wf.mu.
func (o *Owner) vacate(wf *workflow) {
	if len(wf.runs) == 0 {
		o.evict(wf)
	}
}

// transact runs fn and places the tasks that it made ready. A panic abandons this workflow and nobody else.
func (o *Owner) transact(ctx context.Context, wf *workflow, fn func(*Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			o.log.Error("transition panicked; the workflow is read again", "workflow_id", wf.key.WorkflowID, "panic", p, "stack", string(debug.Stack()))
			err = orchestration.Errorf(orchestration.DataLoss, "the transition failed on a defect of the server; the workflow is unchanged")
			o.abandon(wf, orchestration.Errorf(orchestration.Unavailable, "another transition of the workflow failed; try again"), rescueLater)
		}
	}()
	tx := &Tx{ctx: ctx, o: o, wf: wf, now: o.now().UTC()}
	err = fn(tx)
	tx.settle()
	return err
}

// enqueueLater commits the workflow within lazyCommit, or with whatever else happens to it before. The caller holds wf.mu.
func (o *Owner) enqueueLater(wf *workflow) {
	if wf.queued || wf.dead || wf.tip == wf.flying {
		return
	}
	wf.queued, wf.lazy = true, true
	time.AfterFunc(lazyCommit, func() {
		wf.mu.Lock()
		defer wf.mu.Unlock()
		if wf.lazy {
			o.enqueue(wf)
		}
	})
}

// Watch calls look on the committed state of a workflow, now and after each later commit, until it returns true or an error, or ctx ends.
// Errors: look's, the context's, Unavailable, ResourceExhausted when too many wait on the workflow already.
func (o *Owner) Watch(ctx context.Context, key orchestration.WorkflowKey, look func(*Tx) (done bool, err error)) error {
	for {
		var done bool
		var changed chan struct{}
		var watched *workflow
		err := o.Update(ctx, key, func(tx *Tx) (err error) {
			if done, err = look(tx); err != nil || done {
				return err
			}
			if tx.wf.watchers >= maxWatchers {
				return busy("long polls", maxWatchers)
			}
			tx.wf.watchers++
			watched, changed = tx.wf, tx.wf.changed
			return nil
		})
		if watched == nil {
			return err
		}
		if err == nil {
			select {
			case <-changed:
			case <-ctx.Done():
				err = ctx.Err()
			case <-o.ctx.Done():
				err = context.Cause(o.ctx)
			}
		}
		o.unwatch(watched)
		if err != nil {
			return err
		}
	}
}

func (o *Owner) unwatch(wf *workflow) {
	wf.mu.Lock()
	defer wf.mu.Unlock()
	wf.watchers--
	if !wf.dead {
		o.dismiss(wf)
	}
}
