package engine

import (
	"context"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

const (
	orderTogether = 64               // runs of one order that are worked on at a time, at one node
	orderWithin   = 20 * time.Second // how long another node may take for its part
)

// Each carries an order out on every run, at whichever node serves it, and returns what became of each: nil or its error. Runs whose owner cannot be told
// or asked now have Unavailable; it does no harm to ask for them again.
func (e *Engine) Each(ctx context.Context, o Order, runs []orchestration.RunKey) []error {
	errs := make([]error, len(runs))
	e.perOwner(runs, errs, func(at place, keys []orchestration.RunKey, part []int) {
		for j, err := range e.eachAt(ctx, at, o, keys) {
			errs[part[j]] = err
		}
	})
	return errs
}

// eachAt carries the order out on runs that are served at one place.
func (e *Engine) eachAt(ctx context.Context, at place, o Order, runs []orchestration.RunKey) []error {
	switch {
	case at.here:
		return e.eachHere(ctx, o, runs)
	case e.unreachable(at):
		return alike(len(runs), between(runs[0].Shard()))
	}
	ctx, cancel := context.WithTimeout(ctx, orderWithin)
	defer cancel()
	body, err := e.peers.Call(ctx, at.node, verbOrder, encodeOrder(o, runs))
	if err != nil {
		return alike(len(runs), orchestration.Errorf(orchestration.Unavailable, "node %d: %s", at.node, err))
	}
	errs, err := decodeOrderAnswer(body, len(runs))
	if err != nil {
		return alike(len(runs), err)
	}
	return errs
}

// eachHere carries the order out on runs of this node, as many at a time as make a good batch of their lanes.
func (e *Engine) eachHere(ctx context.Context, o Order, runs []orchestration.RunKey) []error {
	errs := make([]error, len(runs))
	for first := 0; first < len(runs); first += orderTogether {
		page := runs[first:min(first+orderTogether, len(runs))]
		e.owner.Preload(page)
		var wg sync.WaitGroup
		for i, run := range page {
			wg.Go(func() { errs[first+i] = e.carryOut(ctx, o, run) })
		}
		wg.Wait()
	}
	return errs
}

// alike is one error for all.
func alike(n int, err error) []error {
	errs := make([]error, n)
	for i := range errs {
		errs[i] = err
	}
	return errs
}

// orderForPeer carries out another node's order on runs that it takes for this one's.
func (e *Engine) orderForPeer(ctx context.Context, _ orchestration.NodeID, body []byte) ([]byte, error) {
	o, runs, err := decodeOrder(body)
	if err != nil {
		return nil, err
	}
	return encodeOrderAnswer(e.eachHere(ctx, o, runs)), nil
}
