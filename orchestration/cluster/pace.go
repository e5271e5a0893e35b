package cluster

import "time"

// defaultLease is how long a node that no longer renews is left alone.
const defaultLease = 10 * time.Second

// chunk is how many shards of this node are at most between two owners.
const chunk = 64

// pace is the rhythm of a node, all of it in proportion to the lease.
type pace struct {
	lease   time.Duration // 10 s
	renew   time.Duration // 3 s: between renewals, and how long one call of the database may take
	retry   time.Duration // 1 s: until a renewal that failed is repeated; also the longest pause of other repetitions
	margin  time.Duration // 1 s: Alive is false so long before the deadline
	settle  time.Duration // 5 s: renewals must have gone well for so long before this node fences another; above renew + retry, so that all get their chance
	stagger time.Duration // 1 s: between the turns of the nodes that would fence another
}

func paceOf(lease time.Duration) pace {
	if lease <= 0 {
		lease = defaultLease
	}
	return pace{lease: lease, renew: lease * 3 / 10, retry: lease / 10, margin: lease / 10, settle: lease / 2, stagger: lease / 10}
}
