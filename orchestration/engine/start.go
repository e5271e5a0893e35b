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
	Eager          bool                             // the caller wants the first workflow task inline
}

// StartReply names the run that the request started or found.
type StartReply struct {
	RunID   orchestration.RunID
	First   orchestration.RunID // of the chain that the run belongs to
	Started bool                // false: an existing run was used
	Status  enumspb.WorkflowExecutionStatus
	Task    *WorkflowTask // with Eager, the first workflow task; nil when it waits for something, or went elsewhere
}

// Start starts a run, or finds the one that the id policies name. A repeated request id gets the same run again; with Eager also the first
// workflow task, while it is in flight. Errors: AlreadyStarted, InvalidArgument, Unavailable.
func (e *Engine) Start(ctx context.Context, in StartRequest) (reply StartReply, err error) {
	if in.Run.SearchAttributes, err = e.typed(ctx, in.Run.Key.Namespace, in.Run.SearchAttributes); err != nil {
		return reply, err
	}
	var inline *shard.Delivery
	err = e.owner.Update(ctx, in.Run.Key.WorkflowKey, func(tx *shard.Tx) error {
		run, err := e.startOrMeet(tx, in, &reply)
		if err == nil && in.Eager && reply.Started {
			inline = startEagerly(tx, run, in.Run)
		}
		return err
	})
	return e.withTask(ctx, reply, inline, in.Run.RequestID, err)
}

// startOrMeet starts the run, unless the run that has its workflow id stands for it. Either is returned.
func (e *Engine) startOrMeet(tx *shard.Tx, in StartRequest, reply *StartReply) (*shard.Run, error) {
	cur, ok, err := tx.Current()
	if err != nil {
		return nil, err
	}
	if ok {
		found, err := e.meet(tx, in, cur, reply)
		if found != nil || err != nil {
			return found, err
		}
	}
	in.Run.Key.RunID = orchestration.NewRunID(tx.Now())
	run := tx.Start(in.Run)
	*reply = StartReply{RunID: run.Key.RunID, First: run.First(), Started: true, Status: enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING}
	return run, nil
}

// meet decides what a start does that finds a run of its workflow id. A run that is returned stands for the one that was to be started, and the reply
// is set; nil without an error: go on and start.
func (e *Engine) meet(tx *shard.Tx, in StartRequest, cur store.Current, reply *StartReply) (*shard.Run, error) {
	status := enumspb.WorkflowExecutionStatus(cur.Status)
	if in.Run.RequestID != "" && cur.StartRequestID == in.Run.RequestID {
		return repeated(tx, cur, reply)
	}
	if status == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return e.meetRunning(tx, in, cur, reply)
	}
	switch in.ReusePolicy {
	case enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE:
		return nil, alreadyStarted(cur, "Workflow execution already finished. WorkflowId: %s, RunId: %s. Workflow Id reuse policy: reject duplicate workflow Id.", in.Run.Key.WorkflowID, cur.RunID)
	case enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY:
		if status == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED {
			return nil, alreadyStarted(cur, "Workflow execution already finished successfully. WorkflowId: %s, RunId: %s. Workflow Id reuse policy: allow duplicate workflow Id if last run failed.", in.Run.Key.WorkflowID, cur.RunID)
		}
	}
	return nil, nil
}

// repeated answers the request that started the current run, or the first run of its chain, as it was answered before.
func repeated(tx *shard.Tx, cur store.Current, reply *StartReply) (*shard.Run, error) {
	r, err := tx.Run(cur.RunID)
	if err != nil {
		return nil, err
	}
	*reply = StartReply{RunID: r.First(), First: r.First(), Started: true, Status: r.Header.Status}
	return r, nil
}

func (e *Engine) meetRunning(tx *shard.Tx, in StartRequest, cur store.Current, reply *StartReply) (*shard.Run, error) {
	switch in.ConflictPolicy {
	case enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING:
		r, err := tx.Run(cur.RunID)
		if err != nil {
			return nil, err
		}
		*reply = StartReply{RunID: cur.RunID, First: r.First(), Status: enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING}
		return r, nil
	case enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING:
		r, err := tx.Run(cur.RunID)
		if err != nil {
			return nil, err
		}
		return nil, apply(tx, r)(r.Terminate(history.Terminate{
			Reason: "terminated by a start of the same workflow id (id conflict policy: terminate existing)", Identity: in.Run.Identity, By: in.Run.By,
		}, tx.Now()))
	}
	return nil, alreadyStarted(cur, "Workflow execution is already running. WorkflowId: %s, RunId: %s.", in.Run.Key.WorkflowID, cur.RunID)
}

func alreadyStarted(cur store.Current, format string, args ...any) error {
	err := orchestration.Errorf(orchestration.AlreadyStarted, format, args...)
	err.RunID, err.StartRequestID = cur.RunID.String(), cur.StartRequestID
	return err
}
