package cluster

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// someNodes draws nodes with different ids, in some order.
func someNodes(t *rapid.T, least int) []store.Node {
	ids := rapid.SliceOfNDistinct(rapid.Int32Range(1, math.MaxInt32/orchestration.LanesPerNode), least, 12, rapid.ID[int32]).Draw(t, "ids")
	nodes := make([]store.Node, 0, len(ids))
	for _, id := range ids {
		nodes = append(nodes, store.Node{ID: orchestration.NodeID(id), Leaving: rapid.Bool().Draw(t, "leaving"), Expired: rapid.Bool().Draw(t, "expired")})
	}
	return nodes
}

func ids(nodes []store.Node) (ids []orchestration.NodeID) {
	for _, n := range nodes {
		ids = append(ids, n.ID)
	}
	return ids
}

func someOwners(t *rapid.T, nodes []store.Node) (owners table) {
	may := append([]orchestration.NodeID{0}, ids(nodes)...)
	dice := rapid.SliceOfN(rapid.IntRange(0, len(may)-1), 64, 64).Draw(t, "owners")
	for s := range owners {
		owners[s] = may[(dice[s%64]+s/64)%len(may)]
	}
	return owners
}

// The plans of all nodes fit together: each shard that should move is released by exactly the node that has it, or acquired by exactly the one that should;
// nobody acquires what has an owner, and all that is where it should be stays.
func TestPlansFitTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nodes := someNodes(t, 1)
		owners := someOwners(t, nodes)
		var acquirer, releaser, keeper table
		note := func(in *table, who orchestration.NodeID, shards []orchestration.ShardID) {
			for _, s := range shards {
				if in[s] != 0 {
					t.Fatalf("shard %d is planned by nodes %d and %d", s, in[s], who)
				}
				in[s] = who
			}
		}
		live := candidates(nodes)
		targets := assign(live)
		for _, n := range rapid.Permutation(nodes).Draw(t, "planners") {
			p := makePlan(n.ID, rapid.Permutation(nodes).Draw(t, "seen as"), &owners)
			if p.targets != targets || p.idle != (len(live) == 0) {
				t.Fatalf("node %d plans otherwise than the rest", n.ID)
			}
			note(&acquirer, n.ID, p.acquire)
			note(&releaser, n.ID, p.release)
			note(&keeper, n.ID, p.keep)
		}
		for s, owner := range owners {
			var want [3]orchestration.NodeID // acquires, releases, keeps
			switch target := targets[s]; {
			case owner == 0:
				want[0] = target
			case owner != target && target != 0:
				want[1] = owner
			default:
				want[2] = owner
			}
			if got := [3]orchestration.NodeID{acquirer[s], releaser[s], keeper[s]}; got != want {
				t.Fatalf("shard %d of node %d should be node %d's: acquired, released, kept by %v, want %v", s, owner, targets[s], got, want)
			}
		}
	})
}

// Only nodes that live and do not leave are to own anything, and they own about as much each.
func TestAssignIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		live := candidates(someNodes(t, 1))
		var counts = map[orchestration.NodeID]int{}
		for _, n := range assign(live) {
			counts[n]++
		}
		if len(live) == 0 {
			if counts[0] != orchestration.Shards {
				t.Fatalf("nobody lives, and somebody is to own: %v", counts)
			}
			return
		}
		mean := float64(orchestration.Shards) / float64(len(live))
		most := 6 * math.Sqrt(mean) // six standard deviations of a throw of dice, or a little more
		for _, n := range live {
			if d := math.Abs(float64(counts[n]) - mean); d > most {
				t.Fatalf("node %d is to own %d shards, the mean is %.0f", n, counts[n], mean)
			}
			delete(counts, n)
		}
		if len(counts) != 0 {
			t.Fatalf("others own too: %v", counts)
		}
	})
}

// When a node comes, shards move to it alone; when it goes, its shards alone move.
func TestAssignMovesLittle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		with := ids(someNodes(t, 1))
		newcomer, without := with[0], with[1:]
		before, after := assign(without), assign(with)
		for s := range after {
			if after[s] != before[s] && after[s] != newcomer {
				t.Fatalf("node %d comes, and shard %d moves from %d to %d", newcomer, s, before[s], after[s])
			}
		}
	})
}

// The spread of small ids, which is what there is, one by one: a change of the hash function would be seen here. It need not stay as it is, but nodes
// of two versions must not plan differently without a reason.
func TestAssignOfThree(t *testing.T) {
	counts := map[orchestration.NodeID]int{}
	spread := assign([]orchestration.NodeID{1, 2, 3})
	for _, n := range spread {
		counts[n]++
	}
	if counts[1] != 341 || counts[2] != 349 || counts[3] != 334 {
		t.Errorf("got %v", counts)
	}
	if got, want := spread[:8], []orchestration.NodeID{3, 1, 1, 3, 2, 1, 3, 3}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Every node that should fence has a turn of its own, whoever works it out; the dead, the leaving and strangers have none.
func TestTurns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nodes := someNodes(t, 2)
		dead := nodes[0]
		nodes[0].Expired = true
		taken := make([]bool, len(candidates(nodes)))
		for _, n := range nodes {
			i, ours := turn(n.ID, dead.ID, rapid.Permutation(nodes).Draw(t, "seen as"))
			if ours != (!n.Expired && !n.Leaving) {
				t.Fatalf("node %d (leaving %v, expired %v) takes part: %v", n.ID, n.Leaving, n.Expired, ours)
			}
			if !ours {
				continue
			}
			if taken[i] {
				t.Fatalf("turn %d is given twice", i)
			}
			taken[i] = true
		}
		if slices.Contains(taken, false) {
			t.Fatalf("a turn is nobody's: %v", taken)
		}
	})
}

// One node is not first for all the dead.
func TestTurnsAreSpread(t *testing.T) {
	nodes := []store.Node{{ID: 1}, {ID: 2}, {ID: 3}}
	first := map[orchestration.NodeID]int{}
	for dead := orchestration.NodeID(4); dead < 304; dead++ {
		for _, n := range nodes {
			if i, _ := turn(n.ID, dead, nodes); i == 0 {
				first[n.ID]++
			}
		}
	}
	for _, n := range nodes {
		if first[n.ID] < 70 {
			t.Errorf("of 300 dead nodes, node %d is the first for %d", n.ID, first[n.ID])
		}
	}
}
