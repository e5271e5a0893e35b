package matching

import "time"

// Exchange brings the pollers and references of different nodes together. Everything that it carries is a hint: it may be lost, late, or come twice, and
// the run's owner decides. Without one (nil in Options) the queues of a single node are complete.
//
// Its methods must not block and must not call Queues back before they return: they are called with a queue's mutex held.
type Exchange interface {
	// Waiting hints that a reference of this node waits in a queue and no poller here took it. The exchange asks Queues.Publishable when it cares.
	Waiting(key Key)
	// Hungry hints that a poll waits in a queue and there is nothing here for it. The exchange asks Queues.Hunger how much to bring, and calls Import.
	Hungry(key Key)
	// Seen hints that somebody polled the queue here (also when there was work for it), at most once a second for each queue.
	Seen(key Key)
	// Left hints that the queue has no poller here any more: its only worker shut down.
	Left(key Key)
	// Settled hints that a reference of this node that was published is started, cancelled or moved away.
	Settled(ref Reference)
	// Polled tells whether another node had a poller of the queue within the last d.
	Polled(key Key, within time.Duration) bool
	// Tokens asks for tokens of the queue's shared rate limit; Queues.Grant brings them. false: the limit is not shared, count here.
	Tokens(key Key, perSecond float64) bool
}
