package engine

import (
	"context"

	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// SignalWithStart signals the open run of a workflow, or starts one that begins with the signal: in one commit. With the conflict policy
// use-existing an open run is signaled, with terminate-existing another one takes its place. A repeated request id gets the same run again, and
// the signal is recorded once. Errors: AlreadyStarted, InvalidArgument, Unavailable.
func (e *Engine) SignalWithStart(ctx context.Context, in StartRequest, signal history.Signal) (reply StartReply, err error) {
	if in.Run.SearchAttributes, err = e.typed(ctx, in.Run.Key.Namespace, in.Run.SearchAttributes); err != nil {
		return reply, err
	}
	in.Run.Signal = &signal
	err = e.owner.Update(ctx, in.Run.Key.WorkflowKey, func(tx *shard.Tx) error {
		run, err := e.startOrMeet(tx, in, &reply)
		if err != nil || reply.Started {
			return err
		}
		return apply(tx, run)(run.Signal(signal, tx.Now()))
	})
	return reply, err
}
