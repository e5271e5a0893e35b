package cluster

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/postgres"
	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/platform/database/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

var room = database.Migrations{Room: "engine", Files: postgres.Migrations()}

// company is some nodes of one PostgreSQL database, in real time.
type company struct {
	t   *testing.T
	url string

	mu      sync.Mutex
	serves  [orchestration.Shards]map[*member]bool
	changed chan struct{} // closed at the next change
	members []*member
}

type member struct {
	*Cluster
	of    *company
	store *postgres.Store
}

func (c *company) join(address string) *member {
	c.t.Helper()
	db, err := database.OpenPostgres(c.t.Context(), c.url, room)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(db.Close)
	m := &member{of: c, store: postgres.New(db.Pool)}
	c.t.Cleanup(func() { _ = m.store.Close() })
	m.Cluster, err = Join(c.t.Context(), Config{Members: m.store, Store: m.store, Announce: c.nudge, Logger: (&world{}).logger(address),
		Node: store.NewNode{Address: address, Mark: []byte("mark"), Version: "1", Lease: 4 * time.Second}})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() {
		m.end(ErrLeft)
		m.renews.Wait()
		m.moves.Wait()
	})
	c.mu.Lock()
	c.members = append(c.members, m)
	c.mu.Unlock()
	m.Run(m)
	return m
}

func (c *company) nudge() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.members {
		m.Nudge()
	}
}

func (m *member) Adopt(_ context.Context, shards []orchestration.ShardID) error {
	m.set(shards, true)
	return nil
}

func (m *member) Surrender(_ context.Context, shards []orchestration.ShardID) error {
	m.set(shards, false)
	return nil
}

// set notes whether the member serves shards. Nobody else may.
func (m *member) set(shards []orchestration.ShardID, serves bool) {
	m.of.mu.Lock()
	defer m.of.mu.Unlock()
	for _, s := range shards {
		if m.of.serves[s] == nil {
			m.of.serves[s] = map[*member]bool{}
		}
		if m.of.serves[s][m] = serves; !serves {
			delete(m.of.serves[s], m)
		}
		if len(m.of.serves[s]) > 1 {
			m.of.t.Errorf("shard %d is served by %d nodes", s, len(m.of.serves[s]))
		}
	}
	close(m.of.changed)
	m.of.changed = make(chan struct{})
}

// crash ends a member without a word.
func (m *member) crash() {
	m.end(errors.New("crashed"))
	m.moves.Wait()
	m.set(allShards[:], false)
}

// settle waits until the given members serve every shard, each its own.
func (c *company) settle(members ...*member) {
	c.t.Helper()
	late := time.NewTimer(time.Minute)
	defer late.Stop()
	var ids []orchestration.NodeID
	for _, m := range members {
		ids = append(ids, m.ID())
	}
	for want := assign(ids); ; {
		c.mu.Lock()
		right, changed := 0, c.changed
		for _, m := range members {
			for s, n := range want {
				if n == m.ID() && c.serves[s][m] {
					right++
				}
			}
		}
		c.mu.Unlock()
		if right == orchestration.Shards {
			return
		}
		select {
		case <-changed:
		case <-late.C:
			c.t.Fatalf("after a minute %d of %d shards are served by the node that should", right, orchestration.Shards)
		}
	}
}

func TestOnPostgres(t *testing.T) {
	c := &company{t: t, url: pgtest.Database(t, room), changed: make(chan struct{})}
	ada := c.join("ada:1")
	c.settle(ada)
	bob := c.join("bob:1")
	c.settle(ada, bob)
	eve := c.join("eve:1")
	c.settle(ada, bob, eve)

	if err := ada.Leave(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.settle(bob, eve)
	owners, err := bob.store.Owners(t.Context())
	if err != nil || owners != assign([]orchestration.NodeID{bob.ID(), eve.ID()}) {
		t.Errorf("the stored owners are not those that serve (%v)", err)
	}

	bob.crash()
	c.settle(eve)
	if _, err := bob.store.RenewLane(t.Context(), bob.Fences()[0]); !errors.Is(err, store.ErrFenced) {
		t.Errorf("the dead node's lane: got %v, want ErrFenced", err)
	}
	eve.crash()
	next := c.join("eve:1")
	c.settle(next)
	if err := next.Leave(t.Context()); err != nil {
		t.Errorf("the last one leaves: %v", err)
	}
}
