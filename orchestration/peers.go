package orchestration

import "context"

// Peers carries messages between the nodes of an installation. Both ends know who the other is. Verbs are short names; a body is what the verb's two
// ends agree on, and travels as it is.
type Peers interface {
	// Call asks a node and waits for its answer, ctx's end, or the loss of the connection. It ends on the other side too when ctx ends. A call that was lost
	// may have been carried out.
	// Errors: what the handler returned (an *Error arrives whole), Unavailable when the node cannot be reached or was lost, ctx's.
	Call(ctx context.Context, to NodeID, verb string, body []byte) ([]byte, error)
	// Cast tells a node something. It never waits, and the message may be lost; those that arrive come in order.
	Cast(to NodeID, verb string, body []byte)
	// Others are the other nodes that live now, by id.
	Others() []NodeID
	// Handle has f answer a verb. Casts of one node are handled one after the other, calls side by side. Call it before the first message can come.
	Handle(verb string, f PeerHandler)
}

// PeerHandler answers a message of another node; what it returns to a cast is dropped.
type PeerHandler func(ctx context.Context, from NodeID, body []byte) ([]byte, error)
