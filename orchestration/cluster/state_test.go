package cluster

import (
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

func twoNodes() *state {
	st := &state{}
	st.init(1)
	st.see([]store.Node{{ID: 1}, {ID: 2}}, time.Now())
	return st
}

// A reading of the owners that began before a move of this node's own may be older than the move.
func TestReadingThatOwnMovesOvertook(t *testing.T) {
	st := twoNodes()
	before := st.version
	if !st.read(&table{}, 1, before) || !st.known() {
		t.Fatal("the first reading is not taken")
	}
	st.acquired([]orchestration.ShardID{3})
	if st.read(&table{}, 2, before) || st.owners[3] != 1 {
		t.Errorf("a reading from before was taken: the owner is %d", st.owners[3])
	}
	var now table
	now[3] = 2
	if !st.read(&now, 3, st.version) || st.owners[3] != 2 {
		t.Errorf("a reading from after was not taken: the owner is %d", st.owners[3])
	}
}

// Somebody may acquire a shard, and we may read that, before our own release of it is noted.
func TestReleaseThatIsNotedLate(t *testing.T) {
	st := twoNodes()
	s := targetOf(2, 1, 2)
	st.acquired([]orchestration.ShardID{s})
	var now table
	now[s] = 2
	st.read(&now, 1, st.version)
	st.released([]orchestration.ShardID{s}, time.Time{})
	if st.owners[s] != 2 || len(st.given) != 0 {
		t.Errorf("the owner is %d, %d shards are waited for", st.owners[s], len(st.given))
	}
}

// A lease that has run out is counted from when that was first seen, until the node is back.
func TestSightings(t *testing.T) {
	st := twoNodes()
	t0 := time.Now()
	see := func(after time.Duration, expired bool) {
		st.see([]store.Node{{ID: 1}, {ID: 2, Expired: expired}}, t0.Add(after))
	}
	see(1, true)
	see(2, true)
	if got := st.seen[2]; !got.Equal(t0.Add(1)) {
		t.Errorf("expired since %v, want since it was first seen", got.Sub(t0))
	}
	see(3, false)
	see(4, true)
	if got := st.seen[2]; !got.Equal(t0.Add(4)) {
		t.Errorf("expired since %v, want since it was seen so after it had been back", got.Sub(t0))
	}
}
