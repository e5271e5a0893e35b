// Package batch does one thing to many runs, as an operator asks: signal, cancel, terminate, delete. It is a client of the engine like the edge.
//
//	Start ─► job record (store.Jobs): what, for whom, how far        any node
//	            │
//	            ▼
//	look, every second or when nudged: which open jobs are of shards that this node serves?
//	            │
//	            ▼
//	runner, one per job:  next page of runs (by query, or from the list) ─► engine.Each, at the runs' owners ─► count ─► save: cursor and counters
//	            ▲                                                                                                  │
//	            └────────────────────────── not before the rate allows it ◄────────────────────────────────────────┘
//
// A job belongs to a shard, by namespace and job id as a workflow does, and is done by the node that serves it. When the shard moves, or that node dies, the new
// owner goes on from the last save.
//
// # Nothing is doubled, nothing left out
//
// The cursor and the counters are one record, saved over the version that was read. Of two runners that believe in the same job, one is refused and
// stops. Between two saves a page may be carried out twice: signals and cancellations have request ids that follow from the job, and what is closed
// or gone already counts as done. So each run sees the operation once, and is counted once.
//
// # Stop
//
// Stop closes the record. The runner learns of it with its next save, adds what it had under way to the counters, and ends.
package batch
