package engine

import (
	"context"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// startEagerly starts the run's first workflow task for the caller of its start, in the same commit. The start's request id stands for that of a
// poll, so that the repetition of a start gets its task again. nil: the task waits for a back-off, or is in other hands.
func startEagerly(tx *shard.Tx, r *shard.Run, in history.StartRun) *shard.Delivery {
	t, ok := tx.Claim(r, orchestration.WorkflowTask, 0)
	if !ok {
		ref, mine := r.WorkflowTaskOf(in.RequestID)
		if !mine {
			return nil
		}
		t = history.Task{Kind: orchestration.WorkflowTask, ScheduledEventID: ref.ScheduledEventID, Attempt: ref.Attempt}
	}
	d, err := tx.StartClaimed(r, t, history.Poller{Identity: in.Identity, RequestID: in.RequestID})
	if err != nil {
		panic(err) // a task made ready in this very turn starts, and one in flight is given again to whom it was given
	}
	return &d
}

// withTask completes the reply to a start with its inline task. One that does not reach the caller is taken back.
func (e *Engine) withTask(ctx context.Context, reply StartReply, inline *shard.Delivery, request string, err error) (StartReply, error) {
	if inline == nil || err != nil {
		if inline != nil { // the caller does not wait for it any more, and it may be started all the same
			e.takeBack(referenceTo(*inline), request)
		}
		return reply, err
	}
	t, err := e.workflowTask(ctx, *inline)
	if !e.undelivered(ctx, *inline, request, err) {
		reply.Task = t
	}
	return reply, nil
}
