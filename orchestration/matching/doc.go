// Package matching brings tasks and workers together: per (namespace, queue, kind) it holds the waiting pollers and the references of
// waiting tasks, in memory. It writes nothing and decides nothing: a reference is a hint, and the run's owner is the only arbiter.
//
//	   Reserve ─────────► fused start: commit the step and its start, then Deliver
//	      │
//	┌─────┴─────┐  newest first
//	│  pollers  │◄──────────────── Poll ◄── worker
//	└─────┬─────┘                   ▲
//	      │ match, if a token came  │ Offer{Ref}: start it with a commit, then Taken or Return
//	┌─────┴─────┐  priority, pass,  │ Offer{Task}: started, or a query
//	│ references│──rank─────────────┘
//	└─────┬─────┘◄──── Add ◄── Admit (is there room?) ◄── the commit that made the task ready
//	      │                       │ no
//	      ▼ Refill                ▼
//	   backlog rows ◄────── Spilled, committed with the run
//
// With other nodes, an Exchange stands beside the queues. What waits here for want of pollers is also shown to other nodes, and what waits there is brought
// here, as imports; both are hints. A published reference stays where it is: who starts it first has it.
//
//	this node's references ── Waiting? Publishable ──► exchange ──► other nodes
//	this node's pollers ◄── Import ── Hungry? Hunger ── exchange ◄── other nodes
//	        └── imports: for 5 s, served in turn with own references
//
// A Lender lends waiting polls to nodes whose tasks were worked at here, which reserve them like their own, after their own. The poll stays on the list, behind
// those that are not lent.
//
//	poll waits ── Lend ──► the other node: Borrow ──► Reserve ── Deliver: Carry ──► Give: the poll has the task
//	used here  ── Recall ► the other node: Forgo
//
// A reference is in one of three places, and in one only:
//
//	waiting ──Poll──► offered ──Taken──► gone
//	   ▲ │               │  │              ▲
//	   │ └───Remove──────┼──┼──────────────┤
//	   └─────Return──────┘  └────Remove────┘
//
// # Formulas
//
//	order    (priority, pass, rank, arrival), smallest first; rank = the row's seq, or for a reference without a row the highest
//	         seq seen before it: rows keep their order, and what came after them stays behind them
//	unloaded rows in the store − rows in memory, by priority; while it is positive for a priority, new references of that and of less urgent ones
//	         become rows too and are not started fused, so nobody overtakes
//	full     a reference that is more urgent than a loaded row takes the place of the one that goes last, which is only a row again
//	memory   waiting references + reserved places ≤ MaxInMemory per queue (what was committed is never refused: recovery may exceed it)
//	imports  at equal priority the older goes, but neither side waits for more than 3 in a row of the other (nodes' clocks differ)
//	spare    imports to keep although no poll waits: 1, doubled up to 64 each time they are used up, 1 again when one got too old
//	rate     GCRA: a task passes if tat − now ≤ tolerance, then tat = max(tat, now) + 1/rate; tolerance = 100 ms worth of tasks
//
// Pollers are served newest first. The newest poll is the one most likely to have a live connection behind it, its worker is the one
// with warm caches, and the pollers that stay idle under LIFO are those that an autoscaling worker should drop. Who is never served
// polls again after its timeout and is the newest then.
//
// # Failure cases
//
//   - A poller's context ends: while it waits it leaves in O(1). Matched in the same moment: the reference goes back and the next poller
//     gets it. Reserved: Poll waits for the reservation's end, since a commit may be on its way to this poller.
//   - The start of an offered reference fails for a passing reason: Return; it regains its old place. For good (already started,
//     closed): Taken(ref, false).
//   - The process dies: everything here is lost and nothing is missed. Owners derive unstarted tasks from run state and backlog rows.
//   - The store fails a refill: it is retried with back-off; what is in memory goes on.
//   - A row is deleted while a refill reads it: it is remembered for the length of the pass and not loaded.
//   - No worker for hours: MaxInMemory references per queue stay, the rest are rows; nothing is refilled until somebody polls, here or elsewhere.
//   - A reference comes from another node twice, or after its task was started: a poll that starts it is refused, calls Taken(ref, false) and polls on.
//   - Shards move away: Drop. Their references are dropped, also offered ones, and what of them was published is settled.
//   - A loan is used by both nodes: Give finds no poll, and the start is taken back by whoever made it.
//   - A rate limit is shared: without tokens nothing is served until Grant brings some, or Share says that each node counts its part.
//   - 10,000 short-lived queues: a queue with nothing in it is forgotten after five minutes.
package matching
