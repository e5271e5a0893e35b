// Package retention has runs leave: closed ones when their namespace's retention is over, and all of a namespace that was deleted.
//
//	tick ─► namespaces (the directory, read anew) ─► those whose keeper is this node: it serves ShardOf(namespace, "")
//	            │
//	            ├─ in use:   closed before now − retention, oldest first (visibility) ─┐
//	            └─ deleted:  whatever is listed ───────────────────────────────────────┤
//	                                                                                   ▼
//	                                        page ─► engine.Each(deletion), at the runs' owners, in their lanes ─► rest ─► next page
//	                                                                                   │
//	            deleted, nothing listed, its time is over ─► jobs ─► the namespace's record
//
// Nothing is kept of how far a pass is: what is deleted is not found again, and a pass begins with the oldest run that is left. So whoever becomes the
// keeper, after a restart or a takeover, goes on; and two that both believe to be it delete the same runs, which does no harm. A run that cannot be deleted
// now (its owner is not there, it still owes its end to a parent) is passed over until the next pass.
//
// # Pace
//
// Pages are small, and after each the pass rests for as long as it took, at least for what the rate demands: it never has more than half of what lanes
// and database can do, and less when others keep them busy.
//
// # Why one keeper and not every owner
//
// The index of closed runs is by namespace and time. If each owner walked it for its own shards, every node would read every row; one keeper reads it once and
// sends each owner one message a page, as batch operations do.
package retention
