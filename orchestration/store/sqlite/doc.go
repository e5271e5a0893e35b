// Package sqlite is the storage contract on SQLite: the whole engine in one file.
//
//	Commit, DelayWakes, AcquireLane, RenewLane -> writer   the one write connection, with prepared statements held on it
//	LoadRuns, Wakes, History, List             -> reader   a pool of connections that cannot write
//
// A commit is BEGIN IMMEDIATE, the fence, one or two statements per row, COMMIT: one flush of the write-ahead log, however many runs.
// SQLite runs in this process, so statements cost no round trip: a row costs 5 µs by a prepared statement of its own, 4.6 µs in an
// insert of fifty rows, and 13 µs through json_each with hexadecimal blobs. Hence plain statements, one per row. What counts more is the
// number of pages that a commit touches, because the log takes whole pages: few indexes, the wake time inside the run's row, history
// appended in the order of commits. The four updates of a one-activity workflow cost 0.1 ms of CPU here when fifty run side by
// side (BenchmarkCommit, two cores of an AMD EPYC).
//
// The file is one process's for ever, so there are no nodes here (store.Members); scans of some shards work all the same.
//
// The wake index of the contract is the column run.wake_at; everything else has the table that the contract names.
package sqlite
