package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// joinIDs: a node id is one life of a process, so lanes of a dead node are never another's.
func joinIDs(c *cluster) {
	var last orchestration.NodeID
	for range 3 {
		n := c.joins("a:1", time.Hour)
		if n.id <= last {
			c.Fatalf("id %d after %d", n.id, last)
		}
		last = n.id
		c.ok(n.Members.Quit(c.ctx, n.id))
	}
}

func joinSeen(c *cluster) {
	a, b := c.joins("a:1", time.Hour), c.joins("b:1", time.Hour)
	for _, n := range []*node{a, b} {
		m := n.renew(time.Hour)
		if len(m.Nodes) != 2 {
			c.Fatalf("node %d sees %+v, want two", n.id, m.Nodes)
		}
		for i, want := range []store.Node{{ID: a.id, Address: "a:1", Version: "1.0"}, {ID: b.id, Address: "b:1", Version: "1.0"}} {
			got := m.Nodes[i]
			if got.Joined.Location() != time.UTC || got.Joined.IsZero() {
				c.Errorf("joined at %v", got.Joined)
			}
			got.Joined = time.Time{}
			if !reflect.DeepEqual(got, want) {
				c.Errorf("node %d sees %+v, want %+v", n.id, got, want)
			}
		}
	}
}

// joinSameAddress: who joins has bound the address, so the one that had it is dead, whatever its lease says.
func joinSameAddress(c *cluster) {
	old := c.joins("a:1", time.Hour)
	f := old.lane(0)
	old.acquires(1, 2, 3)
	fresh := c.joins("a:1", time.Hour)
	if _, ok := fresh.sees(old); ok {
		c.Error("the old node is still there")
	}
	_, err := old.commits(f)
	c.want("commit of the old node", err, store.ErrFenced)
	_, err = old.Members.Renew(c.ctx, old.id, time.Hour)
	c.want("renewal of the old node", err, store.ErrFenced)
	if owned := fresh.owned(); owned[0] != orchestration.Shards {
		c.Errorf("owners %v, want all shards free", owned)
	}
}

func joinStranger(c *cluster) {
	a := c.joins("a:1", time.Hour)
	other := c.open().Members
	_, err := other.Join(c.ctx, store.NewNode{Address: "b:1", Mark: []byte("another"), Lease: time.Hour})
	c.want("joining with another secret", err, store.ErrStranger)
	_, err = other.Join(c.ctx, store.NewNode{Address: "b:1", Lease: time.Hour})
	c.want("joining without one", err, store.ErrStranger)
	if m := a.renew(time.Hour); len(m.Nodes) != 1 {
		c.Errorf("nodes %+v, want the first alone", m.Nodes)
	}
}

// joinExpiredStranger: after all have stopped, or crashed, the secret may be changed. The last of the old ones find themselves fenced.
func joinExpiredStranger(c *cluster) {
	old := c.joins("a:1", time.Millisecond)
	f := old.lane(0)
	members := c.open().Members
	for {
		_, err := members.Join(c.ctx, store.NewNode{Address: "b:1", Mark: []byte("another"), Lease: time.Hour})
		if err == nil {
			break
		}
		c.want("joining beside a lease that may not have run out", err, store.ErrStranger)
	}
	_, err := old.commits(f)
	c.want("commit with the old secret", err, store.ErrFenced)
	_, err = old.Members.Renew(c.ctx, old.id, time.Hour)
	c.want("renewal with the old secret", err, store.ErrFenced)
}

// joinRace: of nodes with different secrets that find nobody there at the same time, one gets in.
func joinRace(c *cluster) {
	const nodes = 6
	joined := make([]bool, nodes)
	var g errgroup.Group
	for i := range nodes {
		members := c.open().Members
		g.Go(func() error {
			_, err := members.Join(c.ctx, store.NewNode{Address: fmt.Sprint("a:", i), Mark: []byte{byte(i)}, Lease: time.Hour})
			if err != nil && !errors.Is(err, store.ErrStranger) {
				return err
			}
			joined[i] = err == nil
			return nil
		})
	}
	c.ok(g.Wait())
	in := 0
	for _, ok := range joined {
		if ok {
			in++
		}
	}
	if in != 1 {
		c.Errorf("joined %v: %d nodes got in, want one", joined, in)
	}
}

func leaveMarks(c *cluster) {
	a, b := c.joins("a:1", time.Hour), c.joins("b:1", time.Hour)
	a.acquires(7)
	c.ok(a.Members.Leave(c.ctx, a.id))
	c.ok(a.Members.Leave(c.ctx, a.id))
	if seen, ok := b.sees(a); !ok || !seen.Leaving || seen.Expired {
		c.Errorf("a leaving node is seen as %+v", seen)
	}
	if self, _ := a.sees(a); !self.Leaving {
		c.Errorf("it sees itself as %+v after a renewal", self)
	}
	if owned := b.owned(); owned[a.id] != 1 {
		c.Errorf("owners %v: leaving gives nothing away by itself", owned)
	}
	c.want("leaving of one who is not there", a.Members.Leave(c.ctx, 999), store.ErrFenced)
}

func quitRemoves(c *cluster) {
	a, b := c.joins("a:1", time.Hour), c.joins("b:1", time.Hour)
	f := a.lane(3)
	a.acquires(7)
	c.ok(a.Members.Quit(c.ctx, a.id))
	c.ok(a.Members.Quit(c.ctx, a.id)) // its answer may have been lost
	if _, ok := b.sees(a); ok {
		c.Error("it is still there")
	}
	_, err := a.commits(f)
	c.want("commit", err, store.ErrFenced)
	c.want("leaving", a.Members.Leave(c.ctx, a.id), store.ErrFenced)
	if got := b.acquires(7); len(got) != 1 {
		c.Errorf("acquired %v of what it left behind", got)
	}
}
