package engine

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// startChild starts a run as a child of the source. It is known by its run id: a workflow id can be given again.
func (e *Engine) startChild(ctx context.Context, m reach) (history.Outcome, error) {
	in := childStart(m)
	err := e.owner.Update(ctx, m.target.WorkflowKey, func(tx *shard.Tx) error {
		cur, ok, err := tx.Current()
		if err != nil {
			return err
		}
		if ok {
			if _, err := tx.Run(m.target.RunID); orchestration.CodeOf(err) != orchestration.NotFound {
				return err // it was started before, or nobody can tell
			}
			if err := in.replace(tx, m, cur.RunID); err != nil {
				return err
			}
			var reply StartReply
			if met, err := e.meet(tx, in, cur, &reply); met != nil || err != nil {
				return err
			}
		}
		tx.Start(in.Run)
		return nil
	})
	if orchestration.CodeOf(err) == orchestration.AlreadyStarted {
		return history.EffectExists, nil
	}
	return history.EffectDone, err
}

// replace has the start replace the run that has the workflow id, if that was started by a run of which the source is a reset, after the point of the reset.
// Its close policy may be on the way to it, or leave it alone: the one that is to be started now stands for it.
func (in *StartRequest) replace(tx *shard.Tx, m reach, current orchestration.RunID) error {
	if m.reset == 0 {
		return nil
	}
	r, err := tx.Run(current)
	if err == nil && r.IsChildOf(m.source) && r.Parent().RunID != m.source.RunID && r.Parent().Initiated > m.reset {
		in.ReusePolicy, in.ConflictPolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE, enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING
	}
	return err
}

// childStart is what the Initiated event asks for.
func childStart(m reach) StartRequest {
	a := m.event.GetStartChildWorkflowExecutionInitiatedEventAttributes()
	in := StartRequest{
		Run: history.StartRun{
			Key:              m.target,
			Type:             a.GetWorkflowType().GetName(),
			TaskQueue:        a.GetTaskQueue().GetName(),
			Input:            a.GetInput(),
			Header:           a.GetHeader(),
			Memo:             a.GetMemo(),
			SearchAttributes: a.GetSearchAttributes(),
			ExecutionTimeout: a.GetWorkflowExecutionTimeout().AsDuration(),
			RunTimeout:       a.GetWorkflowRunTimeout().AsDuration(),
			TaskTimeout:      a.GetWorkflowTaskTimeout().AsDuration(),
			RequestID:        m.key(),
			RetryPolicy:      a.GetRetryPolicy(),
			UserMetadata:     m.event.GetUserMetadata(),
			Priority:         history.MergePriority(m.priority, a.GetPriority()),
			Parent:           &m.parent,
			Trace:            m.trace,
			CronSchedule:     a.GetCronSchedule(),
		},
		ReusePolicy:    a.GetWorkflowIdReusePolicy(),
		ConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
	}
	if in.ReusePolicy == enumspb.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING {
		in.ReusePolicy, in.ConflictPolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE, enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING
	}
	return in
}

// partFrom does to a child what its parent's close policy says. A child that has ended, or continues as another parent's, is left alone.
func (e *Engine) partFrom(ctx context.Context, m reach) error {
	err := e.owner.Update(ctx, m.target.WorkflowKey, func(tx *shard.Tx) error {
		r, err := tx.Run(orchestration.RunID{})
		switch {
		case err != nil:
			return err
		case !r.IsChildOf(m.source) || r.First() != m.target.RunID:
			return notChild(r)
		case m.kind == history.CancelChild:
			return apply(tx, r)(r.RequestCancel(history.Cancel{Reason: byClosePolicy, Identity: effectIdentity, Source: m.by()}, tx.Now()))
		}
		return apply(tx, r)(r.Terminate(history.Terminate{Reason: byClosePolicy, Identity: effectIdentity}, tx.Now()))
	})
	if orchestration.CodeOf(err) == orchestration.NotFound {
		return nil
	}
	return err
}

// childClosed tells a parent how its child has ended. A parent that has gone need not be told.
func (e *Engine) childClosed(ctx context.Context, m reach) error {
	err := e.owner.Update(ctx, m.target.WorkflowKey, func(tx *shard.Tx) error {
		r, err := successorOf(tx, m.target.RunID)
		if err != nil {
			return err
		}
		tx.Apply(r, r.ChildClosed(history.ChildClosed{Initiated: m.reported, First: m.first, RunID: m.source.RunID, Close: m.event}, tx.Now()))
		return nil
	})
	if orchestration.CodeOf(err) == orchestration.NotFound {
		return nil
	}
	return err
}

// askClose has a child that has ended tell its parent again: the run of it that is the last one. Of a chain that another one of the same workflow id has
// followed, that is known only if it has one run.
func (e *Engine) askClose(ctx context.Context, m reach) error {
	err := e.owner.Update(ctx, m.target.WorkflowKey, func(tx *shard.Tx) error {
		r, err := tx.Run(orchestration.RunID{})
		if err == nil && r.First() != m.target.RunID {
			if r, err = tx.Run(m.target.RunID); err == nil && !r.EndsItsChain() {
				return nil
			}
		}
		if err != nil {
			return err
		}
		return apply(tx, r)(r.ReportAgain(tx.Now()))
	})
	if orchestration.CodeOf(err) == orchestration.NotFound {
		return nil
	}
	return err
}

// successorOf is a run, or the one that resets have put in its place. A start that is under way in a run which was reset is answered there too: it has
// no effect on the other.
func successorOf(tx *shard.Tx, id orchestration.RunID) (*shard.Run, error) {
	for {
		r, err := tx.Run(id)
		if err != nil || r.Header.ResetRun.IsZero() {
			return r, err
		}
		id = r.Header.ResetRun
	}
}
