// Package postgres is the storage contract on PostgreSQL 14 and later.
//
//	AcquireLane, Commit, DelayWakes -> lane    a connection of its own per lane, one batch in flight
//	LoadRuns, Wakes, History, List  -> reader  the pool, which the caller opened
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
//	                                     after two seconds; then Versions tells
//
// # Takeover
//
// A process that was stopped in mid-pipeline leaves a backend that holds its lane's row. The row names that backend, by process id and
// start time, so whoever acquires the lane can end it. On PostgreSQL 17 and later it also ends by itself (transaction_timeout).
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
