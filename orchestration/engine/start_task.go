package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/matching"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

const (
	startAgain   = time.Second     // how long a task stays out of its queue that could not be started
	startWithin  = 5 * time.Second // how long a poller waits for another node to start its task
	redirects    = 2               // how often a start follows a shard that has moved
	takeBackPace = time.Second     // the first pause between tries to take a lost start back; each is twice as long as the one before
	takeBackLast = 16 * time.Second
)

// start starts the task of a reference for the poller that took it, at the node that serves its shard. nil without an error: there is nothing to start,
// or not now; wait for the next.
func start[T any](ctx context.Context, e *Engine, ref matching.Reference, p history.Poller, k kind[T]) (t *T, err error) {
	at := e.placeOf(ref.Shard)
	lost := false // a node may have started it without this one having learned of it
	for tries := 0; ; tries++ {
		if at.here {
			var d shard.Delivery
			// The start outlives the poll: whoever took the reference settles what becomes of it.
			if d, err = e.owner.StartTask(context.WithoutCancel(ctx), ref, p); err == nil {
				e.owner.Queues().Taken(ref, true)
				return deliver(ctx, e, d, p.RequestID, k)
			}
		} else if t, err = startThere(ctx, e, at, ref, p, k); err == nil {
			e.owner.Queues().Taken(ref, true)
			e.owner.Queues().Active(ref.Key, at.node)
			if ctx.Err() != nil {
				e.takeBack(ref, p.RequestID)
				return nil, nil
			}
			return t, nil
		}
		lost = lost || orchestration.CodeOf(err) == 0
		next := e.placeOf(ref.Shard)
		if tries == redirects || next == at || !goesOn(err) {
			break
		}
		at = next
	}
	if lost {
		e.takeBack(ref, p.RequestID) // or nobody would work at it until its timeout
	}
	return nil, e.refused(ref, at, err)
}

// goesOn tells that another node may be able to do what was refused, or was not answered.
func goesOn(err error) bool {
	code := orchestration.CodeOf(err)
	return code == 0 || code == orchestration.Moved || code == orchestration.Unavailable
}

// startThere has another node start the task. An error that is no *orchestration.Error says that it may have done so.
func startThere[T any](ctx context.Context, e *Engine, at place, ref matching.Reference, p history.Poller, k kind[T]) (*T, error) {
	if e.unreachable(at) {
		return nil, between(ref.Shard)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), startWithin)
	defer cancel()
	body, err := e.peers.Call(ctx, at.node, verbStart, encodeStart(ref, p))
	switch orchestration.CodeOf(err) {
	case orchestration.Moved, orchestration.NotFound, orchestration.DataLoss, orchestration.InvalidArgument:
		return nil, err // it was not started
	}
	if err != nil {
		return nil, fmt.Errorf("node %d: %s", at.node, err) // the connection may have been lost with the answer
	}
	t, err := k.decode(body)
	if err != nil {
		return nil, fmt.Errorf("the answer of node %d: %s", at.node, err)
	}
	return t, nil
}

// refused settles a reference that could not be started. What it returns ends the poll.
func (e *Engine) refused(ref matching.Reference, at place, err error) error {
	q := e.owner.Queues()
	switch orchestration.CodeOf(err) {
	case orchestration.NotFound:
		q.Taken(ref, false) // a duplicate, or closed meanwhile
		return nil
	case orchestration.DataLoss:
		q.SetAside(ref) // its run cannot be read
		return nil
	}
	// Not at once: whatever refused this start may last, and the tasks behind it must not wait for it.
	time.AfterFunc(startAgain, func() { q.Return(ref) })
	if at.here && orchestration.CodeOf(err) != orchestration.Moved {
		return err
	}
	e.log.Debug("a task could not be started at its node; another poll tries again", "node", at.node, "shard", ref.Shard, "error", err)
	return nil // the next task may be one that this node can start
}

// takeBack takes back, at whichever node serves the shard then, what a poll's request started there and the poll did not get. It goes on in the background
// until an owner has answered, or it is left to the task's timeout.
func (e *Engine) takeBack(ref matching.Reference, request string) {
	e.background.do(func(ctx context.Context) {
		for pause := takeBackPace; ; pause *= 2 {
			err := e.tryTakeBack(ctx, ref, request)
			if err == nil {
				return
			}
			if pause > takeBackLast {
				e.log.Warn("a task that another node has started did not reach its worker; its timeout brings it back",
					"workflow_id", ref.Run.WorkflowID, "run_id", ref.Run.RunID.String(), "error", err)
				return
			}
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return
			}
		}
	})
}

func (e *Engine) tryTakeBack(ctx context.Context, ref matching.Reference, request string) error {
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	at := e.placeOf(ref.Shard)
	switch {
	case at.here:
		return e.unstart(ctx, ref, request)
	case e.unreachable(at):
		return between(ref.Shard)
	}
	_, err := e.peers.Call(ctx, at.node, verbTakeBack, encodeStart(ref, history.Poller{RequestID: request}))
	return err
}

// unstart takes back what a poll's request has started of a reference's task. It is no error when it has not.
func (e *Engine) unstart(ctx context.Context, ref matching.Reference, request string) error {
	err := e.run(ctx, ref.Run, func(tx *shard.Tx, r *shard.Run) error {
		if ref.Key.Kind == orchestration.ActivityTask {
			if a, ok := r.ActivityOf(ref.ScheduledEventID, request); ok {
				return apply(tx, r)(r.UnstartActivity(a, tx.Now()))
			}
		} else if w, ok := r.WorkflowTaskOf(request); ok {
			return apply(tx, r)(r.UnstartWorkflowTask(w, tx.Now()))
		}
		return nil
	})
	if orchestration.CodeOf(err) == orchestration.NotFound {
		return nil // its run is gone
	}
	return err
}

// startForPeer starts a task for a poller of another node, and answers with all that the poll's answer needs.
func (e *Engine) startForPeer(ctx context.Context, _ orchestration.NodeID, body []byte) ([]byte, error) {
	ref, p, err := decodeStart(body)
	if err != nil {
		return nil, err
	}
	if ref.Key.Kind == orchestration.ActivityTask {
		return startAs(ctx, e, ref, p, activityTasks)
	}
	return startAs(ctx, e, ref, p, workflowTasks)
}

func startAs[T any](ctx context.Context, e *Engine, ref matching.Reference, p history.Poller, k kind[T]) ([]byte, error) {
	d, err := e.owner.StartTask(context.WithoutCancel(ctx), ref, p)
	if err != nil {
		if orchestration.CodeOf(err) == orchestration.DataLoss {
			e.owner.Queues().SetAside(ref)
		}
		return nil, err
	}
	t, err := deliver(ctx, e, d, p.RequestID, k)
	switch {
	case err != nil:
		return nil, err
	case t == nil:
		return nil, orchestration.Errorf(orchestration.NotFound, "the task cannot be shown to this poller")
	}
	return k.encode(t), nil
}

// takeBackForPeer takes a start back that did not reach the other node's poller.
func (e *Engine) takeBackForPeer(ctx context.Context, _ orchestration.NodeID, body []byte) ([]byte, error) {
	ref, p, err := decodeStart(body)
	if err != nil {
		return nil, err
	}
	return nil, e.unstart(ctx, ref, p.RequestID)
}
