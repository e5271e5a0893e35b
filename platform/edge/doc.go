// Package edge is the server's gRPC surface: the public WorkflowService and OperatorService, health and reflection.
//
//	connection ─▶ decode ─▶ compress ─▶ log ─▶ audit ─▶ errors ─▶ recover ─▶ authorise ─▶ built ─▶ caller ─▶ forward ─▶ handler ─▶ engine
//	            (decode.go)                (chain.go holds the order)                                   │      (one file per family of RPCs)
//	                                                                                                   ▼
//	another node ◀─ the same bytes                          log ─▶ errors ─▶ recover ─▶ built ─▶ caller ─▶ handler ─▶ engine
//
// With several nodes, any of them takes any call. One that is about a workflow goes to the workflow's owner (routes.go says which calls those are), which
// answers it as if it had come there; the answer goes back to the client as it is, without being decoded.
//
// The console of the same process asks without a connection (inside.go): its calls about runs pass authorise, quota and forward like any other, so that no page has a
// rule of its own, and each is answered wherever its workflow is.
//
// Requests and responses of the protocol stop here: a handler validates the request, turns it into the engine's values, calls one verb, and
// turns the answer back. Nothing below the edge knows a gRPC code, and nothing but errors.go decides one.
//
// What clients can rely on:
//
//   - Who may call what is one table, authorisation.go; a method without a row is denied. A call passes it where it came in, once, before anybody looks whether the
//     method is built; a call that waits passes it again whenever anything changes.
//   - A method that this release does not build answers UNIMPLEMENTED with its name, known to the protocol or not.
//   - A request that can never succeed answers InvalidArgument with one sentence that names the field and the limit.
//   - A long poll ends empty about a second before the client's own deadline, and at once when the server drains.
//   - A panic in a handler is logged with its stack and answers Internal; the connection and its other calls go on.
package edge
