// Package recent counts what namespaces did in the last hour, minute by minute, in memory: for charts, and for nothing else.
//
//	commit ─► Started, Closed ────┐
//	a worker got a task ─► Waited ┴─► minutes of the namespace, of the last hour ─► Report ─┐
//	                                                the same of every other node ──────────┴► Merge ─► a chart
//
// It is told after commits, so it shows nothing that is not true; a restart forgets it, and a chart then begins anew. What is to be exact and kept is counted by
// package usage.
package recent
