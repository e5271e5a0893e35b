// Package redis is exchange.Shared in Redis: sorted sets in which the references of all nodes wait, notes of who waits for some, and rate limits that are
// one for all nodes. It works on a single server, with Sentinels and in a Cluster, on Redis 6.2 or later, or Valkey.
//
//	owner ── publish ──▶ {queue}:ready  sorted set: priority · 2⁵⁰ + pass → reference (its bytes begin with the time)
//	                     {queue}:idle   sorted set: when a note lapses → node      ── PUBLISH wake:NODE ──▶ Woken
//	others ── pop ─────▶ {queue}:limit  GCRA arrival time; tokens and references are taken in one call
//
// All keys begin with tenuto:INSTALLATION:1: and those of a queue share a hash tag, so that each script touches one slot. A call for many queues is one
// pipeline, which a Cluster's client splits by server. Users of Redis that are confined by an ACL need ~tenuto:* &tenuto:* and the commands eval, evalsha,
// zadd, zrem, zcard, zpopmin, zremrangebyrank, pexpire, exists, get, set, time, publish, subscribe and ping.
//
// Nobody waits in vain. Who pops less than it wants is noted in the same script that found nothing, and whoever publishes next takes the note and wakes
// the node, so that nothing comes in between. Who leaves something behind passes the wake on to another that is noted. A node that died is found out by
// publishing, which tells how many listen; not in a Cluster, where a wake for a dead node is lost until the owners publish again.
//
// Nothing grows. References go 30 s after the last one was published in their queue, and beyond 10,000 the last of the order go at once; notes go after a
// minute; a limit's state when it is of no effect any more. A queue of 10,000 references takes about 2 MB.
//
// Everything may be lost, at any time: FLUSHALL, eviction and failover lose references, notes or the state of a limit, which lets at most one more burst
// pass. Owners publish again what is unstarted, nodes ask again while they want something.
//
// Down is what follows any error: a refused or lost connection, no answer in time, a server that is loading, out of memory or read-only, a slot that
// nobody serves. Calls fail at once from then on, and one goroutine tries with growing pauses until this node hears wakes again and writing works, also to
// the queues whose commands failed: in a Cluster only one of the masters may be away.
//
//	up ── a call fails, or nothing was heard for 4 s ──▶ down ── subscribed, and a write probe passed ──▶ up, Changed
//	                                                      ▲ └── after 0.1 s, 0.2 s … 5 s ──▶ try
//	                                                      └─────────── failed ◀───────────────┘
package redis
