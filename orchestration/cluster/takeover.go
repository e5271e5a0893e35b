package cluster

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// takeOver fences the nodes whose leases have run out, as far as it is this node's turn. Their shards are free then, for the planned owners.
func (c *Cluster) takeOver() (bool, error) {
	var all error
	did := false
	for _, dead := range c.overdue(time.Now()) {
		ctx, cancel := context.WithTimeout(c.moving, c.pace.lease)
		err := c.members.Fence(ctx, dead.ID)
		cancel()
		switch {
		case errors.Is(err, store.ErrAlive): // it came back
		case err != nil:
			all = errors.Join(all, err)
		default:
			did = true
			c.buried(dead)
		}
	}
	return did, all
}

// overdue are the nodes that this one should fence by now.
func (c *Cluster) overdue(now time.Time) (dead []store.Node) {
	c.mu.Lock()
	defer c.mu.Unlock()
	st := &c.state
	for _, n := range st.nodes {
		if !n.Expired || now.Sub(st.steady) < c.pace.settle {
			continue
		}
		i, ours := turn(c.id, n.ID, st.nodes)
		if ours && now.Sub(st.seen[n.ID]) >= time.Duration(i)*c.pace.stagger {
			dead = append(dead, n)
		}
	}
	return dead
}

// buried notes that a node is no more, and looks at what became free.
func (c *Cluster) buried(dead store.Node) {
	var owned int
	var silent time.Duration // at least
	c.change(func(st *state) {
		for _, owner := range st.owners {
			if owner == dead.ID {
				owned++
			}
		}
		silent = c.pace.lease + time.Since(st.seen[dead.ID])
		alive := slices.DeleteFunc(slices.Clone(st.nodes), func(n store.Node) bool { return n.ID == dead.ID })
		st.see(alive, time.Now())
	})
	c.log.Info("took over from a node whose lease had run out", "node", dead.ID, "address", dead.Address, "shards", owned,
		"silent", silent.Round(time.Second))
	c.Nudge()
	c.tell()
}

// report logs how the nodes have changed since the last look. Cluster.mu is held.
func (c *Cluster) report(now []store.Node) {
	if len(c.state.nodes) == 0 {
		return // the first look
	}
	was := make(map[orchestration.NodeID]store.Node, len(c.state.nodes))
	for _, n := range c.state.nodes {
		was[n.ID] = n
	}
	for _, n := range now {
		old, known := was[n.ID]
		delete(was, n.ID)
		switch {
		case n.ID == c.id:
		case !known:
			c.log.Info("node joined", "node", n.ID, "address", n.Address, "version", n.Version)
		case n.Leaving && !old.Leaving:
			c.log.Info("node is leaving", "node", n.ID, "address", n.Address)
		case n.Expired && !old.Expired:
			c.log.Warn("node does not renew: its lease has run out", "node", n.ID, "address", n.Address)
		case !n.Expired && old.Expired:
			c.log.Info("node is back", "node", n.ID, "address", n.Address)
		}
	}
	for _, n := range was {
		what := "node is gone"
		switch {
		case n.Leaving:
			what = "node has left"
		case n.Expired:
			what = "node was fenced"
		}
		c.log.Info(what, "node", n.ID, "address", n.Address)
	}
}
