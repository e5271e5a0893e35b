// Package wiretest is the other end of the wire, for tests of the SDK: [Serve] puts any fake behind a real gRPC connection in
// memory, and [Engine] is a fake that runs workflows.
//
//	start, signal, cancel ── events ── workflow task ─┐
//	                            ▲                     ├─ polls of the worker under test
//	                            └── activity task ────┘
//
// The engine keeps whole histories in memory and knows only what the tests need: activities with retries that do not wait,
// timers, signals, queries, cancellation, sticky queues. It has no timeouts and no namespaces.
package wiretest
