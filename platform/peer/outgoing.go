package peer

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// maxWaiting is how many bytes may wait to be written to a node when one more message is taken.
const maxWaiting = 64 << 20

// outgoing is one stream to a node, from the attempt to open it to its end. Calls may come from the beginning; they wait in the outbox.
type outgoing struct {
	link     *link
	greeting greeting
	address  string
	outbox   *outbox
	ctx      context.Context // of the stream
	end      context.CancelCauseFunc

	mu      sync.Mutex
	last    uint64 // id of the newest call
	pending map[uint64]*waiter
	broken  error
}

// waiter is a call that waits; who takes it out of pending sends exactly one outcome, or none will come.
type waiter struct{ outcome chan outcome }

type outcome struct {
	body []byte
	err  error
}

var waiters = sync.Pool{New: func() any { return &waiter{outcome: make(chan outcome, 1)} }}

func newOutgoing(l *link, g greeting, address string) *outgoing {
	o := &outgoing{link: l, greeting: g, address: address, outbox: newOutbox(), pending: map[uint64]*waiter{}}
	o.ctx, o.end = context.WithCancelCause(l.peers.ctx)
	return o
}

// call sends a call and waits for what becomes of it.
func (o *outgoing) call(ctx context.Context, verb string, body []byte) ([]byte, error) {
	if _, bounded := ctx.Deadline(); bounded {
		return o.ask(ctx, 0, verb, body)
	}
	patience := o.link.peers.config.Patience
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	body, err := o.ask(limited, time.Second, verb, body)
	if err == context.DeadlineExceeded && limited.Err() != nil && ctx.Err() == nil {
		err = orchestration.Errorf(orchestration.Unavailable, "node %d has not answered within %v", o.link.to, patience)
	}
	return body, err
}

// ask is call with a ctx that has a deadline. The handler is given so much more, so that this side is the one to say that time is up.
func (o *outgoing) ask(ctx context.Context, more time.Duration, verb string, body []byte) ([]byte, error) {
	w := waiters.Get().(*waiter)
	defer waiters.Put(w)
	id, err := o.begin(w)
	if err != nil {
		return nil, err
	}
	deadline, _ := ctx.Deadline()
	m := message{kind: call, id: id, left: uint64(max((time.Until(deadline) + more).Microseconds(), 0)), verb: []byte(verb), body: body}
	if !o.outbox.put(&m, maxWaiting) && o.leave(id) {
		return nil, orchestration.Errorf(orchestration.Unavailable, "too much waits to be sent to node %d", o.link.to)
	}
	select {
	case out := <-w.outcome:
		return out.body, out.err
	case <-ctx.Done():
	}
	if o.leave(id) {
		o.outbox.put(&message{kind: cancel, id: id}, maxWaiting+cutAt)
		return nil, ctx.Err()
	}
	out := <-w.outcome // it was on its way
	return out.body, out.err
}

// begin registers a call.
func (o *outgoing) begin(w *waiter) (id uint64, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.broken != nil {
		return 0, o.broken
	}
	if len(o.pending) >= o.link.peers.config.Handlers {
		return 0, overloaded(o.link.to)
	}
	o.last++
	o.pending[o.last] = w
	return o.last, nil
}

// leave takes a call back; false when its outcome is on its way.
func (o *outgoing) leave(id uint64) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, waits := o.pending[id]
	delete(o.pending, id)
	return waits
}

func (o *outgoing) cast(verb string, body []byte) {
	o.outbox.put(&message{kind: cast, verb: []byte(verb), body: body}, maxWaiting)
}

// handle does what a message from the other node asks for.
func (o *outgoing) handle(m *message) error {
	switch m.kind {
	case answer:
		if w := o.claim(m.id); w != nil {
			w.outcome <- outcome{body: bytes.Clone(m.body)}
		}
	case refusal:
		if w := o.claim(m.id); w != nil {
			w.outcome <- outcome{err: decodeFault(o.link.to, m.body)}
		}
	case pong: // that it arrived is all it says
	default:
		return errFrame
	}
	return nil
}

// claim takes a call out; nil when its caller has left.
func (o *outgoing) claim(id uint64) *waiter {
	o.mu.Lock()
	defer o.mu.Unlock()
	w := o.pending[id]
	delete(o.pending, id)
	return w
}

// fail ends what waits, and what comes.
func (o *outgoing) fail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.broken = err
	for id, w := range o.pending {
		delete(o.pending, id)
		w.outcome <- outcome{err: err}
	}
}

func overloaded(by orchestration.NodeID) error {
	return &orchestration.Error{
		Code:    orchestration.ResourceExhausted,
		Message: fmt.Sprintf("too many calls to node %d are under way", by),
		Cause:   enumspb.RESOURCE_EXHAUSTED_CAUSE_SYSTEM_OVERLOADED,
		Scope:   enumspb.RESOURCE_EXHAUSTED_SCOPE_SYSTEM,
	}
}
