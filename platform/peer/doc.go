// Package peer carries messages between the nodes of an installation; it implements orchestration.Peers.
//
//	Call, Cast ─► link (one per other node): queue ─► writer ══ frames ══► server ─► handlers
//	                     waiting calls   ◄─ reader ◄══ frames ══ writer ◄─ queue ◄─┘
//
// A link is one gRPC stream, opened by the node that asks; so between two nodes that both ask there are two. A frame is everything that queued while the
// frame before it was being written, up to a bound: there is no timer, an idle link sends at once, and under load frames grow by themselves.
//
//	frame    message…
//	message  kind (1 byte) | id | time left in ms, 0: none | length, verb | length, body        numbers as unsigned varints
//
// # Who may speak
//
// Connections are TLS 1.3 with certificates on both sides, always. From a secret both sides derive the key of one authority (HKDF-SHA256, ed25519), and
// each process signs a certificate of its own with it; or the operator gives certificates as files. The first message of a stream says from which node it
// is and which one it is for: an address may belong to another process by now.
//
// # Failure cases
//
//   - The connection is lost: every call in flight fails with Unavailable at once; it may have been carried out. The next message connects again, after
//     a pause that grows.
//   - The other side is stopped: gRPC's keepalive notices within ten seconds; calls end with their own deadlines before.
//   - The other side is slow: the queue is bounded; calls are then refused with Unavailable, casts are dropped.
//   - A frame cannot be read: the stream ends. A peer that speaks nonsense is no peer.
package peer
