package fleettest

import (
	"context"
	"errors"
	"slices"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Message is one message between two nodes.
type Message struct {
	From, To orchestration.NodeID
	Verb     string
}

// Fault is what happens to a message.
type Fault int

// The faults.
const (
	None        Fault = iota
	Unreachable       // it never arrives
	LostAnswer        // it is carried out, and the answer does not come back
)

var _ orchestration.Peers = (*Node)(nil)

// Handle implements orchestration.Peers.
func (n *Node) Handle(verb string, f orchestration.PeerHandler) {
	n.fleet.mu.Lock()
	defer n.fleet.mu.Unlock()
	n.handlers[verb] = f
}

// Others implements orchestration.Peers.
func (n *Node) Others() (ids []orchestration.NodeID) {
	n.fleet.mu.Lock()
	defer n.fleet.mu.Unlock()
	for _, other := range n.fleet.nodes {
		if other != n && !other.gone {
			ids = append(ids, other.id)
		}
	}
	return ids
}

// find is the handler that a message would reach, if any, and its fault.
func (n *Node) find(to orchestration.NodeID, verb string) (*Node, orchestration.PeerHandler, Fault) {
	f := n.fleet
	f.mu.Lock()
	other, asked := f.node(to), f.fault
	if other == nil || other == n || other.gone || n.gone {
		f.mu.Unlock()
		return nil, nil, Unreachable
	}
	handle := other.handlers[verb]
	f.mu.Unlock()
	if asked == nil {
		return other, handle, None
	}
	return other, handle, asked(Message{From: n.id, To: to, Verb: verb}) // unlocked, for it may look at the fleet
}

// Call implements orchestration.Peers.
func (n *Node) Call(ctx context.Context, to orchestration.NodeID, verb string, body []byte) ([]byte, error) {
	_, handle, fault := n.find(to, verb)
	if handle == nil || fault == Unreachable {
		return nil, orchestration.Errorf(orchestration.Unavailable, "node %d cannot be reached", to)
	}
	type answer struct {
		body []byte
		err  error
	}
	done := make(chan answer, 1)
	inner, cancel := context.WithCancel(separate(ctx))
	defer cancel()
	go func() {
		b, err := handle(inner, n.id, slices.Clone(body))
		done <- answer{slices.Clone(b), err}
	}()
	select {
	case a := <-done:
		if fault == LostAnswer {
			return nil, orchestration.Errorf(orchestration.Unavailable, "the connection to node %d was lost", to)
		}
		return a.body, travelled(a.err)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// separate is a context that ends with ctx and has its deadline but none of its values: those do not travel.
func separate(ctx context.Context) context.Context { return valueless{ctx} }

type valueless struct{ context.Context }

func (valueless) Value(any) any { return nil }

// travelled is what is left of an error after its way between nodes: an *orchestration.Error arrives whole.
func travelled(err error) error {
	var e *orchestration.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		whole := *e
		return &whole
	}
	return orchestration.Errorf(orchestration.Unavailable, "%s", err)
}

// Cast implements orchestration.Peers.
func (n *Node) Cast(to orchestration.NodeID, verb string, body []byte) {
	other, handle, fault := n.find(to, verb)
	if handle == nil || fault != None {
		return
	}
	body = slices.Clone(body)
	select {
	case other.casts <- func() { _, _ = handle(context.Background(), n.id, body) }:
	default: // as a transport with a full queue does
	}
}

// deliver handles casts one after the other.
func (n *Node) deliver() {
	for {
		select {
		case f := <-n.casts:
			f()
		case <-n.fleet.done:
			return
		}
	}
}
