package engine

import (
	"context"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// lender lends this node's polls to nodes whose tasks they work at, so that those start tasks in the commit that makes them ready, as for a poll of
// their own:
//
//	a poll waits here ── poll.lend ──▶ a node has a task: start and decision in one commit ── task.carry ──▶ the poll has the task
//	it is used here   ── poll.recall ─▶ the loan is forgotten                     a carry that meets no poll: the start is taken back there
type lender struct{ *Engine }

const (
	carryWithin = 5 * time.Second  // one try to bring a task to its poll
	carryFor    = 15 * time.Second // all of them; less than a node remembers what it was given
)

// Lend implements matching.Lender.
func (e lender) Lend(to orchestration.NodeID, l matching.Loan) {
	e.peers.Cast(to, verbLend, encodeLoan(l))
}

// Recall implements matching.Lender.
func (e lender) Recall(from orchestration.NodeID, l matching.Loan) {
	e.peers.Cast(from, verbRecall, encodeRecall(l.Key, l.RequestID))
}

// Carry implements matching.Lender.
func (e lender) Carry(l matching.Loan, d shard.Delivery) {
	e.background.do(func(ctx context.Context) {
		if l.Key.Kind == orchestration.ActivityTask {
			carry(ctx, e.Engine, l, d, activityTasks)
		} else {
			carry(ctx, e.Engine, l, d, workflowTasks)
		}
	})
}

// carry brings a started task to its poll. Where the poll is gone the start is taken back. Who got no answer asks again: the other node remembers. When it
// stays silent the poll may have the task, and only the task's timeout tells.
func carry[T any](ctx context.Context, e *Engine, l matching.Loan, d shard.Delivery, k kind[T]) {
	ctx = context.WithoutCancel(ctx) // the engine waits for a task that is on its way
	t, err := deliver(ctx, e, d, l.RequestID, k)
	if t == nil {
		if err != nil {
			e.log.Debug("a task could not be shown to the poll of another node", "node", l.Node, "error", err)
		}
		return
	}
	body := encodeCarry(l.Key, l.RequestID, k.encode(t))
	for begun := e.now(); ; {
		err := e.carryOnce(ctx, l.Node, body)
		switch orchestration.CodeOf(err) {
		case 0, orchestration.Unavailable:
		default: // it did not take it
			e.undelivered(ctx, d, l.RequestID, err)
			return
		}
		if err == nil {
			return
		}
		e.owner.Queues().Lost(l.Node)
		if e.now().Sub(begun) > carryFor || !e.lives(l.Node) || !e.pause(startAgain) {
			e.log.Warn("a node that borrowed out a poll does not answer; if its worker did not get the task, the task's timeout brings it back",
				"node", l.Node, "workflow_id", k.run(d).WorkflowID, "run_id", k.run(d).RunID.String(), "error", err)
			return
		}
	}
}

func (e *Engine) carryOnce(ctx context.Context, to orchestration.NodeID, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, carryWithin)
	defer cancel()
	_, err := e.peers.Call(ctx, to, verbCarry, body)
	return err
}

// lives tells whether a node is one of the fleet now.
func (e *Engine) lives(node orchestration.NodeID) bool {
	for _, other := range e.peers.Others() {
		if other == node {
			return true
		}
	}
	return false
}

// pause waits; false: the engine ended first.
func (e *Engine) pause(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-e.background.ctx.Done():
		return false
	}
}

// lendFromPeer borrows a poll of another node.
func (e *Engine) lendFromPeer(_ context.Context, from orchestration.NodeID, body []byte) ([]byte, error) {
	l, err := decodeLoan(body)
	if err != nil {
		return nil, err
	}
	l.Node = from
	e.owner.Queues().Borrow(l)
	return nil, nil
}

// recallFromPeer forgets a loan.
func (e *Engine) recallFromPeer(_ context.Context, from orchestration.NodeID, body []byte) ([]byte, error) {
	key, request, err := decodeRecall(body)
	if err == nil {
		e.owner.Queues().Forgo(key, from, request)
	}
	return nil, err
}

// carriedFromPeer gives a task to the poll that it was started for. Errors: NotFound, and nobody has it.
func (e *Engine) carriedFromPeer(_ context.Context, _ orchestration.NodeID, body []byte) ([]byte, error) {
	key, request, task, err := decodeCarry(body)
	if err != nil {
		return nil, err
	}
	if e.given.has(request, e.now()) {
		return nil, nil // asked again
	}
	if !e.owner.Queues().Give(key, request, task) {
		return nil, orchestration.Errorf(orchestration.NotFound, "the poll does not wait any more")
	}
	e.given.add(request, e.now())
	return nil, nil
}

// carried makes the poll's answer of a task that another node has started for it. nil without an error: the poll had ended, wait for the next.
func carried[T any](ctx context.Context, e *Engine, offer matching.Offer[shard.Delivery], k kind[T]) (*T, error) {
	t, err := k.decode(offer.Carried)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		e.takeBack(k.reference(t), offer.RequestID)
		return nil, nil
	}
	return t, nil
}
