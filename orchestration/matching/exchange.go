package matching

import "time"

// Exchange brings the pollers and references of different nodes together. Everything that it carries is a hint: it may be lost, late, or come twice, and
// the run's owner decides. Without one (nil in Options) the queues of a single node are complete.
//
// Its methods must not block and must not call Queues back before they return: they are called with a queue's mutex held. Hints are not repeated: Waiting
// until Publishable has told that there is nothing more, Hungry until Hunger was asked.
type Exchange interface {
	// Waiting hints that references of this node wait in a queue and nobody polls for them here. The exchange asks Queues.Publishable as soon as another
	// node wants some.
	Waiting(key Key)
	// Hungry hints that polls wait in a queue and there is nothing here for them, or that its imports are used up. The exchange asks Queues.Hunger how much
	// to bring, and calls Import.
	Hungry(key Key)
	// Seen hints that somebody polled the queue here (also when there was work for it), at most once a second for each queue.
	Seen(key Key)
	// Left hints that the queue has no poller here any more: its only worker shut down.
	Left(key Key)
	// Settled hints that a reference of this node that was published is started, cancelled or moved away.
	Settled(ref Reference)
	// Polled tells whether another node had a poller of the queue within the last d.
	Polled(key Key, within time.Duration) bool
	// Tokens asks for tokens of the queue's shared rate limit. true: Queues.Grant brings them, or Queues.Share ends the wait. false: the limit is not shared,
	// count here.
	Tokens(key Key, perSecond float64) bool
}
