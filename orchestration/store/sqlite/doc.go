// Package sqlite is the storage contract on SQLite: the whole engine in one file.
//
//	Commit, DelayWakes, AcquireLane -> writer   the one write connection, with prepared statements held on it
//	LoadRuns, Wakes, History, List  -> reader   a pool of connections that cannot write
//
// A commit is BEGIN IMMEDIATE, the fence, one or two statements per row, COMMIT: one flush of the write-ahead log, however many runs.
// SQLite runs in this process, so a statement costs no round trip and batching rows into one buys little (see BenchmarkCommit);
// what counts is the number of pages that a commit touches, because the log takes whole pages. Hence few indexes, wake times inside
// the run's row, and tables clustered by the key that they are read by.
//
// The wake index of the contract is the column run.wake_at; everything else has the table that the contract names.
package sqlite
