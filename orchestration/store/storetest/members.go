package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Shared is a driver that several nodes can share: stores on one database, each with connections of its own.
type Shared struct {
	// Another opens the database once more, as another process does.
	Another func(t *testing.T) (store.Store, store.Members)
}

// RunMembers runs the suite of membership and ownership. open is called once per test and must clean up by t.Cleanup.
func RunMembers(t *testing.T, open func(t *testing.T) Shared) {
	for _, c := range []struct {
		name string
		test func(*members)
	}{
		{"joins and quits", joinsAndQuits},
		{"lease runs out and is renewed", leaseRunsOut},
		{"fencing takes everything", fencingTakesEverything},
		{"fencing twice at once", fencingTwice},
		{"strangers", strangersWait},
		{"successor at the same address", successor},
		{"shards are acquired once", acquiredOnce},
		{"shards are released by their owner only", releasedByOwner},
		{"moves are counted", movesAreCounted},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &members{T: t, Shared: open(t)}
			m.store, m.Members = m.Another(t)
			c.test(m)
		})
	}
}

// members is one test's database with one store on it.
type members struct {
	*testing.T
	Shared
	store store.Store
	store.Members
	joined int
}

const longLease = time.Minute

func (m *members) join(lease time.Duration) orchestration.NodeID {
	m.Helper()
	m.joined++
	id, err := m.Join(m.Context(), store.NewNode{Address: fmt.Sprint("host:", m.joined), Mark: []byte("mark"), Version: "1", Lease: lease})
	m.ok(err)
	return id
}

func (m *members) ok(err error) {
	m.Helper()
	if err != nil {
		m.Fatal(err)
	}
}

func (m *members) wants(err, want error) {
	m.Helper()
	if !errors.Is(err, want) {
		m.Fatalf("got %v, want %v", err, want)
	}
}

// awaitExpired waits until the database says that a lease has run out.
func (m *members) awaitExpired(observer, id orchestration.NodeID) {
	m.Helper()
	for {
		now, err := m.Renew(m.Context(), observer, longLease)
		m.ok(err)
		i := slices.IndexFunc(now.Nodes, func(n store.Node) bool { return n.ID == id })
		if i < 0 {
			m.Fatalf("node %d is gone", id)
		}
		if now.Nodes[i].Expired {
			return
		}
	}
}

func shards(from, to int) (all []orchestration.ShardID) {
	for i := from; i < to; i++ {
		all = append(all, orchestration.ShardID(i))
	}
	return all
}

func joinsAndQuits(m *members) {
	a, b := m.join(longLease), m.join(longLease)
	if a <= 0 || b <= a {
		m.Fatalf("ids %d and %d, want later ones to be greater", a, b)
	}
	m.ok(m.Leave(m.Context(), b))
	now, err := m.Renew(m.Context(), a, longLease)
	m.ok(err)
	if len(now.Nodes) != 2 || now.Nodes[0].ID != a || now.Nodes[1].ID != b || now.Nodes[0].Address != "host:1" || now.Nodes[0].Version != "1" ||
		now.Nodes[0].Leaving || !now.Nodes[1].Leaving || now.Nodes[0].Expired || now.Nodes[1].Expired {
		m.Fatalf("%+v", now)
	}
	m.ok(m.Quit(m.Context(), b))
	m.ok(m.Quit(m.Context(), b))
	_, err = m.Renew(m.Context(), b, longLease)
	m.wants(err, store.ErrFenced)
	m.wants(m.Leave(m.Context(), b), store.ErrFenced)
	if c := m.join(longLease); c <= b {
		m.Fatalf("node %d after %d: ids must never come again", c, b)
	}
}

func leaseRunsOut(m *members) {
	a, b := m.join(longLease), m.join(time.Millisecond)
	m.awaitExpired(a, b)
	_, err := m.Renew(m.Context(), b, longLease) // nobody has fenced it
	m.ok(err)
	m.wants(m.Fence(m.Context(), b), store.ErrAlive)
}

func fencingTakesEverything(m *members) {
	a, b := m.join(longLease), m.join(time.Millisecond)
	theirs, theirMembers := m.Another(m.T)
	fence, err := theirs.AcquireLane(m.Context(), b.Lane(0))
	m.ok(err)
	got, err := theirMembers.AcquireShards(m.Context(), b, shards(0, 10))
	m.ok(err)
	if len(got) != 10 {
		m.Fatalf("acquired %v", got)
	}
	m.ok(theirs.Commit(m.Context(), fence, nil))
	m.awaitExpired(a, b)
	m.ok(m.Fence(m.Context(), b))
	m.ok(m.Fence(m.Context(), b)) // gone already
	key := orchestration.WorkflowKey{Namespace: namespace(), WorkflowID: "w"}.Run(orchestration.NewRunID(epoch))
	m.wants(theirs.Commit(m.Context(), fence, []store.Write{start(key)}), store.ErrFenced)
	_, err = theirs.RenewLane(m.Context(), fence)
	m.wants(err, store.ErrFenced)
	_, err = theirMembers.AcquireShards(m.Context(), b, shards(20, 30))
	m.wants(err, store.ErrFenced)
	_, err = theirMembers.Renew(m.Context(), b, longLease)
	m.wants(err, store.ErrFenced)
	owners, err := m.Owners(m.Context())
	m.ok(err)
	if owners != [orchestration.Shards]orchestration.NodeID{} {
		m.Fatalf("owners %v", owners)
	}
}

func fencingTwice(m *members) {
	a, b := m.join(longLease), m.join(time.Millisecond)
	m.awaitExpired(a, b)
	var all sync.WaitGroup
	errs := make([]error, 5)
	for i := range errs {
		_, other := m.Another(m.T)
		all.Go(func() { errs[i] = other.Fence(m.Context(), b) })
	}
	all.Wait()
	m.ok(errors.Join(errs...))
}

func strangersWait(m *members) {
	short := m.join(time.Millisecond)
	stranger := store.NewNode{Address: "elsewhere:1", Mark: []byte("other"), Lease: longLease}
	var id orchestration.NodeID
	for {
		var err error
		if id, err = m.Join(m.Context(), stranger); err == nil {
			break // the lease has run out: whoever it was is fenced
		}
		m.wants(err, store.ErrStranger)
	}
	_, err := m.Renew(m.Context(), short, longLease)
	m.wants(err, store.ErrFenced)
	_, err = m.Join(m.Context(), store.NewNode{Address: "host:9", Mark: []byte("mark"), Lease: longLease})
	m.wants(err, store.ErrStranger)
	_, err = m.Renew(m.Context(), id, longLease)
	m.ok(err)
}

func successor(m *members) {
	old := m.join(longLease)
	fence, err := m.store.AcquireLane(m.Context(), old.Lane(1))
	m.ok(err)
	next, err := m.Join(m.Context(), store.NewNode{Address: "host:1", Mark: []byte("another secret"), Lease: longLease})
	m.ok(err)
	m.wants(m.store.Commit(m.Context(), fence, nil), store.ErrFenced)
	now, err := m.Renew(m.Context(), next, longLease)
	m.ok(err)
	if len(now.Nodes) != 1 {
		m.Fatalf("%+v", now)
	}
}

// acquiredOnce: five nodes go for everything at once.
func acquiredOnce(m *members) {
	var all sync.WaitGroup
	got, errs := make([][]orchestration.ShardID, 5), make([]error, 5)
	for i := range got {
		id := m.join(longLease)
		_, other := m.Another(m.T)
		all.Go(func() {
			for from := 0; from < orchestration.Shards; from += 256 {
				part, err := other.AcquireShards(m.Context(), id, shards(from, from+256))
				got[i], errs[i] = append(got[i], part...), errors.Join(errs[i], err)
			}
		})
	}
	all.Wait()
	m.ok(errors.Join(errs...))
	together := slices.Concat(got...)
	slices.Sort(together)
	if !slices.Equal(together, shards(0, orchestration.Shards)) {
		m.Fatalf("%d shards were acquired, want each of them once", len(together))
	}
}

func releasedByOwner(m *members) {
	a, b := m.join(longLease), m.join(longLease)
	_, err := m.AcquireShards(m.Context(), a, shards(0, 4))
	m.ok(err)
	m.ok(m.ReleaseShards(m.Context(), b, shards(0, 4)))
	m.ok(m.ReleaseShards(m.Context(), a, shards(2, 9)))
	got, err := m.AcquireShards(m.Context(), b, shards(0, 6))
	m.ok(err)
	slices.Sort(got)
	if !slices.Equal(got, shards(2, 6)) {
		m.Fatalf("acquired %v", got)
	}
	owners, err := m.Owners(m.Context())
	m.ok(err)
	for i, want := range []orchestration.NodeID{a, a, b, b, b, b, 0} {
		if owners[i] != want {
			m.Fatalf("shard %d is %d's, want %d", i, owners[i], want)
		}
	}
	none, err := m.AcquireShards(m.Context(), b, nil)
	if err != nil || len(none) != 0 {
		m.Fatalf("%v, %v", none, err)
	}
}

func movesAreCounted(m *members) {
	a, b := m.join(longLease), m.join(longLease)
	moves := func() int64 {
		now, err := m.Renew(m.Context(), a, longLease)
		m.ok(err)
		return now.Moves
	}
	last := moves()
	for _, step := range []struct {
		what string
		do   func() error
		move bool
	}{
		{"acquire", func() error { _, err := m.AcquireShards(m.Context(), b, shards(0, 3)); return err }, true},
		{"acquire nothing", func() error { _, err := m.AcquireShards(m.Context(), a, shards(0, 3)); return err }, false},
		{"release", func() error { return m.ReleaseShards(m.Context(), b, shards(0, 1)) }, true},
		{"leave", func() error { return m.Leave(m.Context(), b) }, false},
		{"quit", func() error { return m.Quit(m.Context(), b) }, true},
	} {
		m.ok(step.do())
		if now := moves(); now > last != step.move {
			m.Fatalf("%s: from %d to %d moves", step.what, last, now)
		} else {
			last = now
		}
	}
}
