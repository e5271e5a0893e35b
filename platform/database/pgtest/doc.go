// Package pgtest gives tests a private PostgreSQL. It is for tests only.
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
//	url := pgtest.Database(t, rooms…)   an empty, migrated database of the test's own
//
//	first use -> initdb, postgres in a directory of its own, on a Unix socket that only we can reach
//	           -> one template database per set of rooms; every test gets a copy, about 50 ms
//	the end   -> a shell that waits for the end of this process, however it comes, stops the server and removes the directory
//
// A test that wants to see the server crash starts one of its own: Start, Crash, Stop.
//
// Processes that a test starts find the server in the environment and use it too: one server per tree of processes, and never
// one that somebody else runs. Nothing is weakened: fsync and synchronous_commit are on.
//
// PostgreSQL refuses to run as root, so root runs it as the user postgres. It is found in PATH or where Debian puts it;
// deploy/ci/postgres.sh installs it. A machine without it fails the tests: what is not tested does not work.
package pgtest
