package exchange

import (
	"context"

	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// Shared is a place where references of all nodes wait: Redis. It holds references only, never payloads and never the truth, and may lose everything at
// any time. Calls take many queues at once, so that they cost one round trip.
type Shared interface {
	// Publish makes references visible to all nodes and wakes nodes that are noted as idle for their queues. A reference that is there stays once.
	Publish(ctx context.Context, refs []matching.Reference) error
	// Pop takes references, best first, as far as there are some and their queue's rate limit lets. Where nothing is left and it was fewer than wanted, this
	// node is noted as idle for the queue, and Woken tells when to ask again. A note holds until it woke the node, or for a minute. A want of none says that
	// a node that was woken is not idle after all: another is woken. held are the queues whose rate limit left some behind.
	Pop(ctx context.Context, wants []Want) (refs []matching.Reference, held []matching.Key, err error)
	// Withdraw removes references that were published and are started or gone. Those that are not there are no error.
	Withdraw(ctx context.Context, refs []matching.Reference) error
	// Tokens takes up to n tokens of a queue's rate limit, for tasks that do not go through Pop.
	Tokens(ctx context.Context, key matching.Key, perSecond float64, n int) (granted int, err error)
	// Woken yields queues that this node was idle for and that have something now.
	Woken() <-chan matching.Key
	// Up tells whether it can be reached, as far as is known; Changed gets a value when that may have changed. What was published before it came back up
	// may be lost.
	Up() bool
	Changed() <-chan struct{}
}

// Want is how many references a node wants of a queue.
type Want struct {
	Key       matching.Key
	N         int
	PerSecond float64 // the queue's rate limit, in tasks per second; negative: none; 0: paused
}
