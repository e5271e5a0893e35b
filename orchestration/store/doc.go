// Package store is the storage contract of the engine: what a driver must do so that everything above it holds.
//
//	run          one row per run: immutable columns, then version and the packed state
//	item         items of runs too large for run.state, and every item over 1 KB
//	history      (run, first event id) -> one encoded batch of events per commit
//	current_run  (namespace, workflow id) -> current run
//	wake         the conservative wake index: when a run next needs its owner, or earlier
//	backlog      tasks that outgrew memory, in dispatch order
//	queue_config what operators set for task queues
//	visibility   what List and Count read, written in the transition's commit
//	debris       deleted runs whose history and items are not all removed yet
//	usage_lane   what each lane has counted of the latest hours, by namespace
//	usage_hour   what was used, by namespace and hour; usage_total what is held now
//	trace_owed   closed runs whose spans are to be sent to a collector
//	job          long work that somebody asked for, with how far it is
//	lane         fencing epochs
//	node         lives of server processes that share the database, with their leases
//	shard        which node owns which shard
//
// Runs are written with Commit only: one batch, one transaction, one flush, all or nothing. It goes through a lane, whose epoch says who may:
//
//	AcquireLane   somebody begins to own the lane: a new term, and every older fence is void
//	RenewLane     its owner bumps the epoch within its term, to learn what became of a commit whose connection was lost
//
// Several processes share a database through Members. A node is one life of a process; lanes n·64 to n·64+63 are those of node n, and go with it:
//
//	Join ─► Renew, Renew, … ─► Leave ─► ReleaseShards ─► Quit        a node that stops
//	        lease runs out ─► Fence, by another                      one that is dead, or as good as that
//
// From the return of Fence on nothing is stored that the node sends, even if it lives: so its shards can be given away at once.
//
// Jobs are not run by lanes: a job's record has a version of its own, and who holds an older one is refused.
//
// Usage is counted by the commits themselves, in rows of their lane: see Usages.
//
// The drivers are proven by the suites in storetest. A driver for one process has no Members.
package store
