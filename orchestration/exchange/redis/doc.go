// Package redis is the place where references of all nodes wait: exchange.Shared on a single Redis, on Sentinel, or on a Cluster.
//
//	PREFIX{QUEUE}r   sorted set: references, best first          score = priority·2^44 + ready time in ms
//	PREFIX{QUEUE}i   sorted set: nodes that wait for some        score = until when, in ms
//	PREFIX{QUEUE}t   when the queue's next token is due, in µs   GCRA, by Redis's own clock
//	PREFIXwakeNODE   channel: names of queues that have something for the node
//
// QUEUE is the namespace's id, the kind, and the queue's name; in braces it is a hash tag, so that what one script touches lies on one node of a Cluster. Every key
// expires: references within a minute, because their owners publish again what was not started, notes of idle nodes within fifteen seconds.
//
// # What may happen to it
//
// Everything. Keys may be evicted or flushed, the server may restart empty, be away, or fail over to a replica that knows less: references are published
// again by their owners, and idle nodes note themselves again when they next ask. A reference that comes twice is refused by its owner. When a call fails the
// place counts as down, and no call waits for it, until a write has gone through again.
//
// # Errors
//
// Every method returns the client's error as it is; none holds a password. After one, Up is false.
package redis
