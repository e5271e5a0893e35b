package shard

import (
	"context"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/matching"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// place finds the place of a ready task: fused with a waiting poller, as a reference in memory, or as a row of the backlog. A task is always
// covered by one of: a delivery under way, its run's wake row, its backlog row. A speculative one is covered by the caller who waits for its updates.
func (tx *Tx) place(r *Run, t history.Task) {
	q := tx.o.queues
	key := queueOf(r.Key, t)
	if t.Sticky && !q.Polled(key, stickyUnseen) {
		tx.Apply(r, r.LeaveSticky(tx.now)) // which makes the task ready again, on the normal queue
		return
	}
	if res, ok := q.Reserve(key, priorityOf(t)); ok && tx.fuse(r, t, res) {
		return
	}
	if q.Admit(key, priorityOf(t)) {
		ref := tx.reference(r, t)
		tx.After(func(err error) {
			if err != nil {
				q.Unadmit(key)
				return
			}
			q.Add(ref)
		})
		return
	}
	if t.Speculative { // what is in the backlog must outlive this owner
		tx.Apply(r, r.Solidify(tx.now))
		t.Speculative = false
	}
	tx.spill(r, t, key)
}

// fuse starts the task in the commit that makes it ready, for a poller that is already waiting. If it does not, also because the transition
// panics, the poller goes back to its queue: nobody else would end its reservation.
func (tx *Tx) fuse(r *Run, t history.Task, res *matching.Reservation[Delivery]) (fused bool) {
	defer func() {
		if !fused {
			res.Release()
		}
	}()
	w, request := res.Worker()
	d, err := tx.start(r, t, history.Poller{Identity: w.Identity, RequestID: request, Stamp: w.Stamp})
	if err != nil {
		return false
	}
	tx.After(func(err error) {
		if err != nil {
			res.Release()
			return
		}
		res.Deliver(d)
	})
	return true
}

// spill writes the task to the backlog.
func (tx *Tx) spill(r *Run, t history.Task, key matching.Key) {
	seq := tx.o.seq.Add(1)
	r.SetBacklog(t, seq)
	r.dirty, tx.changed = true, true
	tx.wf.backlog = append(tx.wf.backlog, store.BacklogWrite{Row: tx.backlogRow(r, t, seq)})
	tx.After(func(err error) {
		if err == nil {
			tx.o.queues.Spilled(key, priorityOf(t), 1)
		}
	})
}

// drop takes a task out of dispatch: from memory after the commit, and from the backlog in it.
func (tx *Tx) drop(r *Run, t history.Task) {
	for i, rt := range tx.ready {
		if rt.run == r && rt.task.Kind == t.Kind && rt.task.ScheduledEventID == t.ScheduledEventID {
			tx.ready = append(tx.ready[:i], tx.ready[i+1:]...)
			return
		}
	}
	ref := tx.reference(r, t)
	key := ref.Key
	if t.Backlog > 0 {
		tx.wf.backlog = append(tx.wf.backlog, store.BacklogWrite{Row: tx.backlogRow(r, t, t.Backlog), Delete: true})
	}
	tx.After(func(err error) {
		if err != nil {
			return
		}
		if t.Backlog > 0 {
			tx.o.queues.Spilled(key, priorityOf(t), -1)
		}
		tx.o.queues.Remove(ref)
	})
}

func (tx *Tx) reference(r *Run, t history.Task) matching.Reference {
	return matching.Reference{
		Run: r.Key, ScheduledEventID: t.ScheduledEventID, Attempt: t.Attempt, Key: queueOf(r.Key, t),
		Priority: priorityOf(t), ReadyAt: t.ReadyAt, Backlog: t.Backlog, Shard: tx.wf.shard,
	}
}

func (tx *Tx) backlogRow(r *Run, t history.Task, seq int64) store.BacklogRow {
	return store.BacklogRow{
		BacklogKey: store.BacklogKey{Namespace: r.Key.Namespace, Queue: t.Queue, Kind: t.Kind},
		Priority:   priorityOf(t), Shard: tx.wf.shard, Seq: seq,
		Run: r.Key, ScheduledEventID: t.ScheduledEventID, Attempt: t.Attempt, At: t.ReadyAt,
	}
}

// refill reads the head of a queue's backlog for matching.
func (o *Owner) refill(ctx context.Context, key matching.Key, after *matching.Reference, limit int) ([]matching.Reference, error) {
	v := o.served.view()
	if v.count == 0 {
		return nil, nil
	}
	scan := store.BacklogScan{Shards: v.shards(), BacklogKey: store.BacklogKey{Namespace: key.Namespace, Queue: key.Name, Kind: key.Kind}, Limit: limit}
	if after != nil {
		scan.After = &store.BacklogRow{BacklogKey: scan.BacklogKey, Priority: after.Priority, Pass: after.Pass, Shard: after.Shard, Seq: after.Backlog}
	}
	rows, err := o.store.Backlog(ctx, scan)
	if err != nil {
		return nil, err
	}
	refs := make([]matching.Reference, len(rows))
	for i, b := range rows {
		refs[i] = matching.Reference{
			Run: b.Run, ScheduledEventID: b.ScheduledEventID, Attempt: b.Attempt, Key: key,
			Priority: b.Priority, Pass: b.Pass, ReadyAt: b.At, Backlog: b.Seq, Shard: b.Shard,
		}
	}
	return refs, nil
}

func queueOf(run orchestration.RunKey, t history.Task) matching.Key {
	return matching.Key{Namespace: run.Namespace, Name: t.Queue, Kind: t.Kind}
}

// defaultPriority is the middle of the priorities 1 (first) to 5 (last).
const defaultPriority = 3

func priorityOf(t history.Task) int32 {
	if p := t.Priority.GetPriorityKey(); p > 0 {
		return p
	}
	return defaultPriority
}
