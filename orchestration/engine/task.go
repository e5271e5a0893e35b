package engine

import (
	"context"

	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/shard"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// workflowTask makes the poll's answer of a started workflow task, or of a query. It reads what the owner no longer had in memory.
func (e *Engine) workflowTask(ctx context.Context, delivery shard.Delivery) (*WorkflowTask, error) {
	if delivery.Query != nil {
		return e.queryTask(ctx, delivery.Query)
	}
	d := delivery.Workflow
	t := &WorkflowTask{
		StartedWorkflowTask: d.StartedWorkflowTask, Run: d.Run, Type: d.Type, Queue: d.Queue, Queries: d.Queries,
		Token: orchestration.TaskToken{
			Kind: orchestration.WorkflowTask, Namespace: d.Run.Namespace, WorkflowID: d.Run.WorkflowID, RunID: d.Run.RunID,
			ScheduledEventID: d.ScheduledEventID, StartedEventID: d.StartedEventID, Attempt: d.Attempt, Nonce: d.Nonce,
		}.Encode(),
	}
	if d.Events != nil || d.First > d.Last {
		t.History = append(append(make([]*historypb.HistoryEvent, 0, len(d.Events)+len(d.Suffix)), d.Events...), d.Suffix...)
		return t, nil
	}
	events, next, err := e.readForward(ctx, d.Run, d.First, d.Last, pageBytes, 0)
	if err != nil {
		return nil, err
	}
	t.History = events
	if next <= d.Last {
		t.NextPageToken = pageToken{Run: d.Run.RunID, Next: next, Last: d.Last}.encode()
		return t, nil
	}
	t.History = append(t.History, d.Suffix...)
	return t, nil
}

// activityTask makes the poll's answer of a started activity.
func (e *Engine) activityTask(ctx context.Context, delivery shard.Delivery) (*ActivityTask, error) {
	d := delivery.Activity
	scheduled := d.Scheduled
	if scheduled == nil {
		var err error
		if scheduled, err = e.readEvent(ctx, d.Run, d.ScheduledEventID); err != nil {
			return nil, err
		}
	}
	a := scheduled.GetActivityTaskScheduledEventAttributes()
	if a == nil {
		return nil, orchestration.Errorf(orchestration.DataLoss, "event %d of run %s schedules no activity", d.ScheduledEventID, d.Run.RunID)
	}
	return &ActivityTask{
		StartedActivity: d.StartedActivity, Run: d.Run, WorkflowType: d.WorkflowType,
		Type: a.GetActivityType().GetName(), Header: a.GetHeader(), Input: a.GetInput(),
		Token: orchestration.TaskToken{
			Kind: orchestration.ActivityTask, Namespace: d.Run.Namespace, WorkflowID: d.Run.WorkflowID, RunID: d.Run.RunID,
			ScheduledEventID: d.ScheduledEventID, Attempt: d.Attempt,
		}.Encode(),
	}, nil
}

// readEvent reads one stored event.
func (e *Engine) readEvent(ctx context.Context, run orchestration.RunKey, id orchestration.EventID) (*historypb.HistoryEvent, error) {
	if ev, err := e.unfolded.event(run.RunID, id); ev != nil || err != nil {
		return ev, err
	}
	batches, err := e.reader.History(ctx, store.HistoryRange{Run: run, From: id, To: id})
	if err != nil {
		return nil, shard.Unread(ctx, err)
	}
	for _, b := range batches {
		u, err := store.UnfoldEvents(b)
		if err != nil {
			return nil, err
		}
		if ev, err := u.Event(id); ev != nil || err != nil {
			e.unfolded.keep(run.RunID, u)
			return ev, err
		}
	}
	return nil, orchestration.Errorf(orchestration.DataLoss, "event %d of run %s is missing", id, run.RunID)
}
