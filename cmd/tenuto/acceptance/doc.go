// Package acceptance tests the real binary from outside: it builds tenuto once, starts it as a process of its own, and talks to it over gRPC, mostly through a client that we did not write, the official Go SDK.
//
//	test process ── official SDK, our SDK, raw gRPC ──► tenuto dev ──► database file, or
//	     │                                           tenuto server ──► a PostgreSQL of the tests' own
//	     │                                                 ▲
//	     └── runs itself again as worker processes ────────┘     any of them may be killed
//
// It holds nothing but tests:
//
//   - conformance_*_test.go: one test per feature of the service. TENUTO_TEST_ADDRESS=HOST:PORT points them at any
//     server that speaks the protocol; without it they share one `tenuto dev`, or one `tenuto server` with
//     TENUTO_TEST_STORE=postgres, which also moves the restart and crash tests to PostgreSQL.
//   - cross_*_test.go: our worker against the official client, and our client against the official worker.
//   - restart_test.go, dev_*_test.go, postgres_*_test.go: what a process keeps, prints and refuses.
//   - crash_*_test.go: processes killed at random moments. The figures are flags; see crash_test.go.
//
// Everything is real time against real processes, so tests wait with eventually, never with a bare sleep.
package acceptance
