// Package cluster is this process's place among the nodes that share a database: it keeps the node's lease, works out which shards the node should
// own, moves them, takes over from nodes that died, and knows who owns the rest.
//
//	Join ──► id, lanes' fences                               other nodes
//	  │                                                       ▲       │
//	  ▼                                                   Announce  Nudge
//	lease loop, every 3 s or when nudged                      │       │
//	  Renew ─► who lives, how many moves  ◄───────────────────┼───────┘
//	  Owners, when something moved                            │
//	  │                                                       │
//	  ▼                                                       │
//	plan (pure): rendezvous hashing over the nodes that live and do not leave
//	  │                                                       │
//	  ▼                                                       │
//	mover, one pass at a time                                 │
//	  fence an expired node, then its shards are free         │
//	  free, ours by plan:    AcquireShards ─► Adopt ──────────┤
//	  ours, another's by plan: Surrender ─► ReleaseShards ────┘   64 at a time; the next when those have an owner
//	  │
//	  ▼
//	routes (a snapshot): Owner, Await, Address, Others
//
// The database is the arbiter. The plan only says who tries; a shard is served by the node that the database names, and only after that node has read
// so in an answer. Nodes whose views differ for a moment disagree about who tries, never about who owns.
//
// # The lease
//
// A renewal is good until (monotonic clock before it was sent) + 10 s here, and until (database clock when it was carried out) + 10 s there, which is
// not before. Alive is false from one second before the deadline. That the lease has run out means that others may fence this node, not that they
// have: after an outage of the database the next renewal goes through and the node goes on with its memory. ErrFenced alone is final.
//
// # What a shard goes through on one node
//
//	database:  free ──acquire──► ours ─────────────────────────────► ours ──release──► free
//	memory:    idle              idle ──Adopt──► served ──Surrender──► idle              idle
//	                                      └─► in doubt ◄─┘   (a call failed: it is repeated, or Surrender is)
//
// Released is only what is idle in memory; adopted is only what is ours in the database.
//
// # Failure cases
//
//	a node dies                 its lease runs out; the node that rendezvous hashing puts first for it fences it, the next one a second later
//	                            at the earliest if it is still there, and so on, each at a renewal. The planned owners acquire what became free.
//	a node is stopped too long  Alive is false by its own clock before anybody may fence it; its next renewal says ErrFenced and Done closes.
//	the database is away        nobody can renew, so nobody can fence. Whoever comes back first waits five seconds of good renewals (of its own) before it
//	                            fences anybody, which gives the others time to renew too. The same after Join, and after a machine has slept.
//	an answer of Join is lost   the repeated Join fences the node that nobody is, because it has our address.
//	of AcquireShards            Owners shows the shards as ours at the next look: they are adopted then, or given away.
//	of ReleaseShards            the release may still be carried out, at any time: so it is repeated until an answer comes, and the shards are not taken
//	                            back by this node for one lease after that. They are idle here all the while.
//	of Fence, Leave, Quit       repeating them does no harm.
//	Adopt fails                 the shards are ours and nobody else's: it is repeated. Nothing more is acquired before it has worked.
//	Surrender fails             something may still be in flight, so nothing is released: it is repeated.
//	a nudge is lost             the next renewal sees what it was about.
//	the target of a hand-over   its lease runs out; the shards between two owners fall to the next by rendezvous hashing. No more than one chunk is ever
//	dies before it acquires     between two owners because of this node.
//	the table says that a       only a forgotten release could do that. It is surrendered at once, and logged as an error.
//	served shard is not ours
package cluster
