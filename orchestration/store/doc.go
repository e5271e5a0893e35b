// Package store is the storage contract of the engine: what a driver must do so that everything above it holds.
//
//	run          one row per run: immutable columns, then version and the packed state
//	item         items of runs too large for run.state, and every item over 1 KB
//	history      (run, first event id) -> one encoded batch of events per commit
//	current_run  (namespace, workflow id) -> current run
//	wake         the conservative wake index: when a run next needs its owner, or earlier
//	backlog      tasks that outgrew memory, in dispatch order
//	visibility   what List and Count read, written in the transition's commit
//	lane         fencing epochs
//
// A driver writes with Commit only: one batch, one transaction, one flush, all or nothing. The drivers are proven by one suite,
// storetest.
package store
