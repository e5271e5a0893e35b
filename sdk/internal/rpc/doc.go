// Package rpc makes calls over an unreliable network look like calls: it retries what may be retried, bounds each attempt,
// and turns gRPC statuses into the typed errors of go.temporal.io/api/serviceerror.
//
//	caller ── Conn.Invoke ──┬─ attempt (10 s; long poll 70 s) ── gRPC connection
//	                        ├─ transient failure: wait, again, until the caller's deadline (1 min if it has none)
//	                        └─ other failure: serviceerror
//
// A retry repeats the same request message, and with it the same request id, so the server sees one request.
package rpc
