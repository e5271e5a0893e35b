package engine

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/shard"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// StartRequest asks for a new run. Key.RunID of Run is ignored: the engine makes one.
type StartRequest struct {
	Run            history.StartRun
	ReusePolicy    enumspb.WorkflowIdReusePolicy    // unspecified: allow duplicate
	ConflictPolicy enumspb.WorkflowIdConflictPolicy // unspecified: fail
	OnConflict     *workflowpb.OnConflictOptions    // with use-existing
}

// StartReply names the run that the request started or found.
type StartReply struct {
	RunID   orchestration.RunID
	Started bool // false: an existing run was used, or the same request id had started it before
	Status  enumspb.WorkflowExecutionStatus
}

// Start starts a run, or finds the one that the id policies name. A repeated request id gets the same run again.
// Errors: AlreadyStarted, InvalidArgument, Unavailable.
func (e *Engine) Start(ctx context.Context, in StartRequest) (reply StartReply, err error) {
	if in.Run.SearchAttributes, err = e.typed(ctx, in.Run.Key.Namespace, in.Run.SearchAttributes); err != nil {
		return reply, err
	}
	err = e.owner.Update(ctx, in.Run.Key.WorkflowKey, func(tx *shard.Tx) error { return e.startIn(tx, in, &reply) })
	return reply, err
}

// startIn is Start as part of a turn.
func (e *Engine) startIn(tx *shard.Tx, in StartRequest, reply *StartReply) error {
	cur, ok, err := tx.Current()
	if err != nil {
		return err
	}
	if ok {
		done, err := e.meet(tx, in, cur, reply)
		if done || err != nil {
			return err
		}
	}
	in.Run.Key.RunID = orchestration.NewRunID(tx.Now())
	tx.Start(in.Run)
	*reply = StartReply{RunID: in.Run.Key.RunID, Started: true, Status: enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING}
	return nil
}

// meet decides what a start does that finds a run of its workflow id: done means that the reply is set and nothing is to be started.
func (e *Engine) meet(tx *shard.Tx, in StartRequest, cur store.Current, reply *StartReply) (done bool, err error) {
	status := enumspb.WorkflowExecutionStatus(cur.Status)
	if in.Run.RequestID != "" && cur.StartRequestID == in.Run.RequestID {
		*reply = StartReply{RunID: cur.RunID, Started: true, Status: status}
		return true, nil
	}
	if status == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return e.meetRunning(tx, in, cur, reply)
	}
	switch in.ReusePolicy {
	case enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE:
		return false, alreadyStarted(cur, "Workflow execution already finished. WorkflowId: %s, RunId: %s. Workflow Id reuse policy: reject duplicate workflow Id.", in.Run.Key.WorkflowID, cur.RunID)
	case enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY:
		if status == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED {
			return false, alreadyStarted(cur, "Workflow execution already finished successfully. WorkflowId: %s, RunId: %s. Workflow Id reuse policy: allow duplicate workflow Id if last run failed.", in.Run.Key.WorkflowID, cur.RunID)
		}
	}
	return false, nil
}

func (e *Engine) meetRunning(tx *shard.Tx, in StartRequest, cur store.Current, reply *StartReply) (done bool, err error) {
	switch in.ConflictPolicy {
	case enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING:
		*reply = StartReply{RunID: cur.RunID, Status: enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING}
		return true, nil
	case enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING:
		r, err := tx.Run(cur.RunID)
		if err != nil {
			return false, err
		}
		t, err := r.Terminate(history.Terminate{
			Reason: "terminated by a start of the same workflow id (id conflict policy: terminate existing)", Identity: in.Run.Identity,
		}, tx.Now())
		if err != nil {
			return false, err
		}
		tx.Apply(r, t)
		return false, nil
	}
	return false, alreadyStarted(cur, "Workflow execution is already running. WorkflowId: %s, RunId: %s.", in.Run.Key.WorkflowID, cur.RunID)
}

func alreadyStarted(cur store.Current, format string, args ...any) error {
	err := orchestration.Errorf(orchestration.AlreadyStarted, format, args...)
	err.RunID, err.StartRequestID = cur.RunID.String(), cur.StartRequestID
	return err
}
