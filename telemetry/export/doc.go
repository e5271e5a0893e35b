// Package export sends the spans of closed runs to a collector.
//
//	commit of a close ─► trace_owed, if the Policy keeps the run
//	                        │
//	                        ▼
//	owner of the shard:  page of owed runs ─► history ─► trace.Spans ─► collector ─► rows dropped ─► next page
//	                        ▲                                               │
//	                        └──────── later, and later yet ◄── no answer ◄──┘
//
// What is owed is in the database, so a dead collector costs no memory and no run: rows wait for at most Config.Keep. One page is in memory at a time. A crash
// between answer and drop has the same bytes sent again, and so do two nodes that both believe to own a shard.
//
// Open runs are sent as they go: see Open. That is a hint only, and all of it is sent again when the run closes.
package export
