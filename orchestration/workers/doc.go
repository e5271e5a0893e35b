// Package workers remembers what worker processes say of themselves, for operators to look at: which there are, what they poll, how busy they are.
//
//	RecordWorkerHeartbeat, ShutdownWorker ──► Registry.Record ──► by namespace and instance key, the last word of each
//	ListWorkers, DescribeWorker, CountWorkers ◄── Merge ◄── Registry.Page of every node ── Query.Matches
//
// It is memory, and nothing depends on it: a node that restarts has heard of every worker again a minute later. A worker may speak to one node now and to
// another then, so each node may know something older; the newest word of a worker by its own clock is the one that counts, and only that is
// compared with a query.
//
// # Bounds
//
// A worker that was not heard for an hour is forgotten. A namespace holds at most 10,000 workers and 32 MB on a node; beyond, those that were not heard
// for longest are forgotten.
package workers
