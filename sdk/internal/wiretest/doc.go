// Package wiretest is the other end of the wire, for tests of the SDK: [Serve] puts any fake behind a real gRPC connection in
// memory, and [Engine] is a fake that runs workflows.
//
//	start, signal, cancel ── events ── workflow task ─┐
//	                            ▲                     ├─ polls of the worker under test
//	                            └── activity task ────┘
//
// The engine keeps whole histories in memory and knows only what the tests need: activities with retries that do not wait,
// timers, signals, queries, cancellation, sticky queues. It has no timeouts and no namespaces.
//
// Package rehearsal also plays a server, for another purpose, and they share nothing on purpose. Here everything happens by itself and
// concurrently, over gRPC, as clients and workers see it: that tests connections, polls and reports. There nothing happens unless the test
// says so, in a single goroutine, without a wire and with a clock of its own: that tests what workflow code does with one exact history.
// One engine for both would need a switch at every step. Programs must link neither; a test of package sdk sees to it.
package wiretest
