package engine

import (
	"context"
	"time"

	"github.com/google/uuid"
	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	querypb "go.temporal.io/api/query/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// WorkflowTaskAnswer is a worker's completion of a workflow task.
type WorkflowTaskAnswer struct {
	Token     orchestration.TaskToken
	Answer    history.CompleteWorkflowTask // its WorkflowTaskRef is taken from the token
	Queries   map[string]*querypb.WorkflowQueryResult
	ReturnNew bool // start a new workflow task, if there is one, inline
}

// WorkflowTaskAccepted is the engine's reply.
type WorkflowTaskAccepted struct {
	New        *WorkflowTask   // with ReturnNew
	Activities []*ActivityTask // eager ones, started
	// ResetEventID is set when the task left no trace: the worker goes back to this event. 0: it need not.
	ResetEventID orchestration.EventID
}

// CompleteWorkflowTask applies a worker's commands. Queries that rode on the task are answered with the commit. With ReturnNew, and for eager
// activities, what became ready is started in the same commit and comes back inline.
// Errors: NotFound (the task is not in flight), InvalidArgument (bad commands: the task is failed, and that is committed), Unavailable.
func (e *Engine) CompleteWorkflowTask(ctx context.Context, in WorkflowTaskAnswer) (WorkflowTaskAccepted, error) {
	var inline []shard.Delivery
	var refused *orchestration.Error
	var reset orchestration.EventID
	request := uuid.NewString() // of what starts inline
	in.Answer.WorkflowTaskRef = taskRef(in.Token)
	var err error
	if in.Answer.Attributes, err = e.typeCommands(ctx, in.Token.Namespace, in.Answer.Commands); err != nil {
		return WorkflowTaskAccepted{}, err
	}
	err = e.run(ctx, in.Token.Run(), func(tx *shard.Tx, r *shard.Run) error {
		in.Answer.ChildRuns = childRuns(in.Answer.Commands, tx.Now())
		in.Answer.NextRunID = orchestration.NewRunID(tx.Now())
		done, err := r.CompleteWorkflowTask(in.Answer, tx.Now())
		if err != nil {
			return err
		}
		refused, reset = done.Failed, done.ResetEventID
		if refused == nil {
			tx.Answer(r, in.Queries)
		}
		tx.Apply(r, done.Transition)
		inline = e.startInline(tx, r, in, done, request)
		return nil
	})
	if err != nil {
		for _, d := range inline { // the caller does not wait for them any more, and they may be started all the same
			e.takeBack(referenceTo(d), request)
		}
		return WorkflowTaskAccepted{}, err
	}
	if refused != nil {
		return WorkflowTaskAccepted{}, refused
	}
	reply := e.accepted(ctx, inline, request)
	reply.ResetEventID = reset
	return reply, nil
}

// startInline starts, for the worker that just answered, the eager activities and (with ReturnNew) the next workflow task.
func (e *Engine) startInline(tx *shard.Tx, r *shard.Run, in WorkflowTaskAnswer, done history.Completed, request string) (out []shard.Delivery) {
	p := history.Poller{Identity: in.Answer.Identity, RequestID: request, Stamp: in.Answer.Stamp}
	start := func(kind orchestration.TaskKind, scheduled orchestration.EventID) {
		t, ok := tx.Claim(r, kind, scheduled)
		if !ok {
			return
		}
		d, err := tx.StartClaimed(r, t, p)
		if err != nil {
			panic(err) // a task made ready in this very turn starts
		}
		out = append(out, d)
	}
	for _, id := range done.Eager {
		start(orchestration.ActivityTask, id)
	}
	if in.ReturnNew {
		start(orchestration.WorkflowTask, 0)
	}
	return out
}

// accepted turns inline starts into the reply. One that cannot be read is taken back.
func (e *Engine) accepted(ctx context.Context, inline []shard.Delivery, request string) (reply WorkflowTaskAccepted) {
	for _, d := range inline {
		if d.Activity != nil {
			a, err := e.activityTask(ctx, d)
			if !e.undelivered(ctx, d, request, err) {
				reply.Activities = append(reply.Activities, a)
			}
			continue
		}
		t, err := e.workflowTask(ctx, d)
		if !e.undelivered(ctx, d, request, err) {
			reply.New = t
		}
	}
	return reply
}

// childRuns are the run ids of the children that commands start.
func childRuns(commands []*commandpb.Command, now time.Time) (ids []orchestration.RunID) {
	for _, c := range commands {
		if c.GetCommandType() == enumspb.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION {
			ids = append(ids, orchestration.NewRunID(now))
		}
	}
	return ids
}

// FailWorkflowTask records that a worker could not process its task; the next attempt is scheduled. Errors: NotFound, Unavailable.
func (e *Engine) FailWorkflowTask(ctx context.Context, token orchestration.TaskToken, in history.FailWorkflowTask) error {
	in.WorkflowTaskRef = taskRef(token)
	return e.run(ctx, token.Run(), func(tx *shard.Tx, r *shard.Run) error {
		return apply(tx, r)(r.FailWorkflowTask(in, tx.Now()))
	})
}

// ResetSticky makes a run forget its sticky worker. Errors: NotFound, Unavailable.
func (e *Engine) ResetSticky(ctx context.Context, key orchestration.RunKey) error {
	return e.run(ctx, key, func(tx *shard.Tx, r *shard.Run) error {
		tx.Apply(r, r.LeaveSticky(tx.Now()))
		return nil
	})
}

func taskRef(t orchestration.TaskToken) history.WorkflowTaskRef {
	return history.WorkflowTaskRef{ScheduledEventID: t.ScheduledEventID, StartedEventID: t.StartedEventID, Attempt: t.Attempt, Nonce: t.Nonce}
}
