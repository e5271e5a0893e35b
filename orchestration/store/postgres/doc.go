// Package postgres is the storage contract on PostgreSQL 14 and later.
//
//	AcquireLane, RenewLane, Commit, DelayWakes -> lane    a connection of its own per lane, one batch in flight
//	LoadRuns, Wakes, History, List             -> reader  the pool, which the caller opened
//	Join, Renew, Fence, AcquireShards          -> Store   the pool, within limits of time (store.Members)
//
// A commit is one pipeline, sent at once and answered at once: one transaction, one flush, one round trip, however many runs.
//
//	fence    SELECT … FROM lane … FOR SHARE      first: the epoch cannot move before the commit
//	writes   at most one statement per table and kind of change, its rows as arrays (unnest)
//	sync     the transaction ends here
//
// A statement that does not find what it expects raises an error inside the database (TN001 fenced, TN002 conflict), which undoes the whole
// pipeline; so no answer has to be awaited in between.
//
// # What an end means
//
//	error of a statement                 nothing was written: ErrFenced, ErrConflict, ErrUnavailable, or the database's own
//	end of the session before the last   nothing was written, because the transaction could not have ended: ErrUnavailable
//	 statement was answered, if the server says so
//	connection lost, after it was sent   ErrUnknownOutcome. AcquireLane on a new connection waits for the old backend, or ends it
//	                                     after two seconds, and so does RenewLane; then Versions tells
//
// # Takeover
//
// A process that was stopped in mid-pipeline leaves a backend that holds its lane's row. The row names that backend, by process id and
// start time, so whoever acquires the lane can end it. On PostgreSQL 17 and later it also ends by itself (transaction_timeout).
//
// # Nodes
//
// Fence, Quit and Join at an address that is taken remove a node in one transaction:
//
//	SELECT … FROM node … FOR UPDATE    renewals wait now, and so does whatever else the node wants to begin; expired? by clock_timestamp()
//	DELETE FROM lane                   waits for the commits in flight, each of which holds its lane's row; after two seconds the backends
//	                                   that the rows name are ended. A later commit finds no row: ErrFenced
//	UPDATE shard, DELETE FROM node     its shards are free, its id is never given again
//
// Everything that a node begins (lanes, shards) first takes its node's row FOR KEY SHARE: beside its own renewals, but not beside its removal.
// Locks are taken in the order node, lane, shard, and by key within a table, so nobody waits in a circle. A lock is awaited for two seconds (to
// remove a node: ten), and a client that falls silent inside such a transaction loses it after ten.
//
// A renewal is one round trip and one transaction: it prolongs the lease, reads all nodes and adds up shard.moves, 1,024 numbers. A counter in a
// row of its own would make all changes of owners wait for each other; a sequence would show a change before it is committed.
//
// # Scans of some shards
//
// Of wake rows and backlogs a node reads those of its own shards. Rows of others are skipped in the order of the index, by a bitmap that is a
// parameter: 1 µs for a foreign row, 5 µs for one that is read (EXPLAIN ANALYZE, 200,000 rows, a fifth of the shards). With shard in the index
// of wake (INCLUDE) a foreign row would cost 0.3 µs, on pages that vacuum has marked and 1 µs on those that commits have touched since; but every
// commit would write a quarter more index. A workflow costs more than a millisecond: its look at foreign rows is not what to save on.
//
// # Poolers
//
// Lanes prepare their statements once per connection and their settings are those of the session: a pooler between us and the database must
// pool sessions, not transactions.
//
// # What it costs
//
// The four updates of a one-activity workflow, fifty side by side: 18 statements and 4 transactions for all fifty; per workflow 4.7 KB of
// WAL, 65 µs inside statements and 25 µs of CPU on this side (BenchmarkCommit, two cores of an AMD EPYC, PostgreSQL 15). Rows of run and current_run
// are rewritten in place (HOT): no index on what changes, and half of each page free. Only the wake row and, once, at the close, the
// visibility row write index entries.
package postgres
