// Package quota holds namespaces to their quotas.
//
//	call ─► Admit ── no quota ─► admitted: nothing is looked up
//	          │
//	          ├─ open runs, retained bytes   (starts)  what was counted a second ago, and what was started here since
//	          ├─ pollers                     (polls)   those that wait here, and at other nodes as these told a second ago
//	          └─ starts/s, requests/s                  a token of the bucket
//
// # Buckets
//
// A bucket yields Rate tokens a second, and after a pause a second's worth at once. Calls are of three classes. Those of Early get a token while the bucket is not
// empty. Those of Middle and Late may overdraw it, by an eighth and by half of a second's worth: so while a namespace asks for more than its quota, starts and lists
// are refused first, and completions of running work last, when there are too many of these alone.
//
// # Nodes
//
// With a Shared place (Redis) all nodes draw from one bucket. A round trip for each call would cost more than the call, so a node takes tokens in portions: as
// many as it has lately used in portionTime, from one up to a portionTime's worth of the whole rate. What a node holds when it falls idle is lost after a second.
// A refusal says when the next token comes, and until then, at least for emptyTime, the node refuses by itself. While the place cannot be reached, and when there is none, each node
// grants an equal part of the rate.
//
// # How exact
//
// The rates are exact on one node, and within a portion per node with Redis. Pollers and stocks are as of a second ago on other nodes, so a burst of starts within
// a second can exceed the bound on open runs by what the other nodes start in it.
package quota
