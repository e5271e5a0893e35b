// Package peer carries messages between the nodes of an installation, and lets nobody else take part.
//
//	Call ─▶ link ─▶ outgoing ─▶ outbox ─▶ one stream ─▶ incoming ─▶ handler, a goroutine each (at most Config.Handlers)
//	        (one per node)  ▲             TLS 1.3, both            └─▶ lane: casts of one node in order
//	                        └───────── answers ◀── outbox ◀────────────┘
//
// Each ordered pair of nodes has one gRPC stream on a connection of its own. It is opened by the first message, and again, with a growing pause,
// when it was lost. A writer takes everything that gathered while it was writing and sends it as one frame, so batches grow by themselves under load
// and nothing waits for a timer. Frames are cut at about 1 MiB; a message has at most 16 MiB.
//
// What callers can rely on:
//
//   - Only who holds the secret (or a certificate of the installation's authority) is a node, in both directions: see Credentials.
//   - A call that cannot reach its node, or whose connection breaks, ends with Unavailable at once. A node that fell silent is noticed within five
//     seconds: each second both ends show that they live. A call that was lost may have been carried out.
//   - The end of the caller's ctx ends the handler's too. Time left is carried over, not a time of day, so clocks may differ.
//   - An *orchestration.Error arrives whole, and so do context errors. The text of any other error arrives as a plain error.
//   - Nothing grows without bound: what waits to be written to a node, calls that are open, handlers that run, casts that wait for theirs.
//   - A body belongs to the handler, and an answer's body to the caller: neither is a part of a larger buffer.
package peer
