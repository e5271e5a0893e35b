// Package exchange brings the task queues of the nodes together: a task meets a poller wherever each of them is. It carries hints only. A reference says
// that a task may wait; the node that serves the task's shard decides, when a poller's node asks it to start the task. So every message here may be lost,
// late or come twice, and so may everything in the shared place.
//
//	    node A: serves the task's shard                        node B: has a poller
//	┌───────────────────────────────────┐             ┌───────────────────────────────────┐
//	│ matching.Queues                   │             │                   matching.Queues │
//	│    │ Waiting   ▲ Publishable      │             │  Hungry, Seen │     ▲ Hunger      │
//	│    ▼ Settled   │                  │             │  Left         ▼     │ Import      │
//	│  ┌────────────────┐    gossip: B wants 4 of queue q   ┌──────────────────┐          │
//	│  │    exchange    │◄──────────────────────────────────│     exchange     │          │
//	│  │ others, outbox │──────────────────────────────────►│       self       │          │
//	│  └──────┬─────────┘    push: references of q          └──────────▲───────┘          │
//	└─────────┼─────────────────────────┘             └────────────────┼──────────────────┘
//	          │ Publish, Withdraw   ┌──────────────────┐  Pop, Woken   │
//	          └────────────────────►│ Shared, if it is │───────────────┘
//	                                │ there and up     │◄── Tokens: slices of rate limits
//	                                └──────────────────┘
//	then, not here: B's engine asks A to start the task; A commits the start; A's queue hints Settled
//
// # Gossip
//
// Each node tells all others what it wants of which queues: want, how many references are to be on their way to it at any time, and busy, that no poll
// waits. More is told at once; less every 5 s, and when a push met nobody. So a queue whose pollers come and go all the time says nothing. Changes are
// numbered. Every 5 s without one a node repeats the last number as a sign of life; who missed a number asks, and is told everything. What a node wants
// costs messages only when it changes, however many queues there are.
//
//	want       = min(max(2^⌈log2 polls that wait⌉, spare), 256, a second's worth of the rate limit)
//	present    polled within 15 s; the word of a node that was not heard for 15 s, or lives no more, counts for nothing
//	polled     a poll waits: now − max(0, heard − 5 s ago); else the age that was told + the time since
//	messages   one gossip in 5 ms at most, one push per node and round; a round takes all that gathered while the last one ran
//
// # References
//
// An owner offers what waits, best first and so that each reference is on its way to one node, to
//   - nodes whose polls wait; else
//   - busy nodes, if nobody polls here;
//   - busy nodes, as far as tasks have waited here for a second and only 16 at a time, if somebody polls here. They serve them in turn with their own.
//
// Without the shared place an owner pushes, until as many are on their way to a node as it wants; a start settles one and makes room for the next. Room is
// filled when half of it is free. With the shared place it publishes, at most 1,000 of a queue, or twice of what is wanted if the queue is polled here too.
// Nodes with waiting polls pop, and are noted as idle when that was not enough.
//
//	again      published and not settled in 5 s: published again. In 1 s if pushed and polls of another node wait
//	imports    5 s at the receiver, who drops them then
//	a note     is renewed after 30 s; it holds for a minute
//
// A rate limit holds for all nodes. With the shared place it is counted there: pops pay for what they bring, and local matches from slices of 100 ms that are
// leased and good for a second. Without it each of the n nodes that poll the queue counts limit / n.
//
// # Failure cases
//
//   - A push or what it carries is lost, or the node that has it dies: again, after 5 s at most, or when gossip of the next poller comes.
//   - Gossip is lost: found at the next one, 5 s later at most, and asked for.
//   - A node restarts: it is another node. The old one is forgotten when the installation says that it lives no more, or after 15 s.
//   - What a node believes of another is stale: a push meets nobody and waits there for the next poll; the node says so, and other nodes with polls that
//     wait get it a second later.
//   - The shared place is down: nodes push. All that was published is published again, this way; when it is back, that way.
//   - The shared place is flushed and does not tell: what is published again after 5 s while somebody's polls wait is pushed; and a node to which something
//     is pushed although the shared place is up notes itself as idle there again.
//   - A published reference is started here or moves away: it is withdrawn. Popped already: the start is refused, or asked of whom the shard belongs to.
//   - Own references come back from the shared place: they are left alone, they wait here anyway. Who has published of a queue pops only for polls that wait.
//   - Tokens are lost with a popped reference that came to nothing: the queue is a task slower.
package exchange
