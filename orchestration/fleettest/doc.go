// Package fleettest is a fleet of nodes in one process, for tests of what several nodes do together: messages between them in memory, and a table of who
// serves which shard.
//
//	Fleet ── Node 1 ── Peers: Call, Cast, Handle        a message may be refused, lost on its way, or its answer lost: Fault
//	   │               Cluster: ID, Owner, Await, Alive   a node may believe in an older table: Mislead
//	   └──── Node 2 … serves the shards that Move gives it
//
// Nothing here is exact about time: a message takes none.
package fleettest
