package shard

import (
	"context"
	"fmt"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// StartTask starts the task that a reference names, for a poller that took the reference, and returns it once the start is committed.
// Errors: NotFound when the task is started, closed or gone already (the reference was a duplicate), Unavailable.
func (o *Owner) StartTask(ctx context.Context, ref matching.Reference, p history.Poller) (d Delivery, err error) {
	err = o.Update(ctx, ref.Run.WorkflowKey, func(tx *Tx) error {
		r, err := tx.Run(ref.Run.RunID)
		if err != nil {
			return err
		}
		t := history.Task{
			Kind: ref.Key.Kind, Queue: ref.Key.Name, ScheduledEventID: ref.ScheduledEventID, Attempt: ref.Attempt,
			ReadyAt: ref.ReadyAt, Backlog: ref.Backlog,
		}
		d, err = tx.start(r, t, p)
		return err
	})
	return d, err
}

// StartClaimed starts a task that the caller has claimed. See history.Run.StartWorkflowTask and StartActivity.
func (tx *Tx) StartClaimed(r *Run, t history.Task, p history.Poller) (Delivery, error) {
	return tx.start(r, t, p)
}

func (tx *Tx) start(r *Run, t history.Task, p history.Poller) (Delivery, error) {
	switch t.Kind {
	case orchestration.WorkflowTask:
		tr, st, err := r.StartWorkflowTask(t, p, tx.now)
		if err != nil {
			return Delivery{}, err
		}
		tx.Apply(r, tr)
		return Delivery{Workflow: tx.workflowDelivery(r, st)}, nil
	case orchestration.ActivityTask:
		tr, st, err := r.StartActivity(t, p, tx.now)
		if err != nil {
			return Delivery{}, err
		}
		tx.Apply(r, tr)
		return Delivery{Activity: &ActivityDelivery{
			StartedActivity: st, Run: r.Key, WorkflowType: r.Header.Type, Scheduled: r.event(st.ScheduledEventID),
		}}, nil
	}
	panic(fmt.Sprintf("shard: task of kind %v is not dispatched", t.Kind))
}

func (tx *Tx) workflowDelivery(r *Run, st history.StartedWorkflowTask) *WorkflowDelivery {
	d := &WorkflowDelivery{
		StartedWorkflowTask: st, Run: r.Key, Type: r.Header.Type, Queue: r.Header.TaskQueue,
		First: 1, Last: r.Header.NextEventID - 1, Queries: tx.ride(r),
	}
	if st.Sticky {
		d.First = st.PreviousStarted + 1
	}
	d.Suffix, _ = r.Pending()
	d.Events = r.events(d.First)
	return d
}

// Unstart takes back the start of a task that never reached its worker.
func (o *Owner) Unstart(ctx context.Context, d Delivery) error {
	switch {
	case d.Workflow != nil:
		w := d.Workflow
		return o.unstart(ctx, w.Run, func(tx *Tx, r *Run) (history.Transition, error) {
			return r.UnstartWorkflowTask(history.WorkflowTaskRef{ScheduledEventID: w.ScheduledEventID, StartedEventID: w.StartedEventID, Attempt: w.Attempt, Nonce: w.Nonce}, tx.now)
		})
	case d.Activity != nil:
		a := d.Activity
		return o.unstart(ctx, a.Run, func(tx *Tx, r *Run) (history.Transition, error) {
			return r.UnstartActivity(history.ActivityRef{ScheduledEventID: a.ScheduledEventID, Attempt: a.Attempt}, tx.now)
		})
	}
	return nil
}

func (o *Owner) unstart(ctx context.Context, key orchestration.RunKey, undo func(*Tx, *Run) (history.Transition, error)) error {
	return o.Update(ctx, key.WorkflowKey, func(tx *Tx) error {
		r, err := tx.Run(key.RunID)
		if err != nil {
			return err
		}
		t, err := undo(tx, r)
		if err != nil {
			return err
		}
		tx.Apply(r, t)
		return nil
	})
}
