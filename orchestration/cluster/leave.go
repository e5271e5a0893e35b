package cluster

import (
	"context"
	"errors"
	"fmt"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Leave gives all shards away, a chunk at a time, and removes the node. It waits until other nodes have acquired them, unless none lives that could. When
// ctx ends first it leaves the rest free for whoever comes; calls in flight are finished even then, in a bounded time. Shards whose turns Leave waits for
// are still served, so call it before anything that serves is stopped.
// Errors: Err, when the membership ended before; ctx's, when not all shards were waited for; ErrUnavailable, when the node could not be removed: then its
// lease runs out.
func (c *Cluster) Leave(ctx context.Context) error {
	select {
	case c.leaving <- struct{}{}:
		defer func() { <-c.leaving }()
	case <-ctx.Done():
		return ctx.Err()
	}
	switch err := c.Err(); {
	case errors.Is(err, ErrLeft):
		return nil
	case err != nil:
		return err
	}
	err := c.giveAway(ctx)
	c.halt()
	c.moves.Wait()

	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.pace.renew)
	defer cancel()
	err = errors.Join(err, c.surrenderRest(ctx))
	c.end(ErrLeft) // nothing is served any more, so that the lanes can go
	c.renews.Wait()
	if !errors.Is(c.Err(), ErrLeft) {
		return c.Err()
	}
	if failed := c.members.Quit(ctx, c.id); failed != nil {
		return errors.Join(err, fmt.Errorf("cluster: node %d could not be removed, and is in the way until its lease runs out: %w", c.id, failed))
	}
	c.log.Info("left", "node", c.id)
	c.tell()
	return err
}

// giveAway marks the node as leaving and waits until nothing is its any more, or nobody lives who could take it.
func (c *Cluster) giveAway(ctx context.Context) error {
	if err := c.markLeaving(ctx); err != nil {
		return err
	}
	c.log.Info("leaving", "node", c.id, "serves", c.count())
	c.Nudge()
	c.tell()
	for {
		r := c.routes.Load()
		if c.empty() {
			return nil
		}
		select {
		case <-r.changed:
		case <-c.Done():
			return c.Err()
		case <-ctx.Done():
			return fmt.Errorf("cluster: left before all shards had another owner: %w", context.Cause(ctx))
		}
	}
}

// markLeaving tells the others that this node is to own nothing in the end. It tries until ctx ends.
func (c *Cluster) markLeaving(ctx context.Context) error {
	for {
		err := c.bounded(ctx, func(ctx context.Context) error { return c.members.Leave(ctx, c.id) })
		switch {
		case err == nil:
			return nil
		case c.fenced(err), c.Err() != nil:
			return c.Err()
		}
		c.log.Warn("cannot begin to leave; trying again", "error", err)
		if pause(ctx, c.pace.retry) != nil {
			return fmt.Errorf("cluster: could not begin to leave: %w", err)
		}
	}
}

// empty tells whether there is nothing left to give away, or nobody to give it to.
func (c *Cluster) empty() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	st := &c.state
	for _, n := range st.nodes {
		if n.ID == c.id && !n.Leaving {
			return false // the next look shows that we are
		}
	}
	if st.plan.idle || c.shards == nil {
		return true
	}
	for s, m := range st.here {
		if m != absent || st.owners[s] == c.id {
			return false
		}
	}
	return len(st.given) == 0 && len(st.unsure) == 0
}

// surrenderRest stops serving what nobody took.
func (c *Cluster) surrenderRest(ctx context.Context) error {
	rest := c.pick(everyShard, len(allShards), func(st *state, s orchestration.ShardID) bool { return st.here[s] != absent })
	if len(rest) == 0 {
		return nil
	}
	c.change(func(st *state) { st.set(rest, doubted) })
	if err := c.shards.Surrender(ctx, rest); err != nil {
		return fmt.Errorf("cluster: not everything was finished: %w", err)
	}
	c.change(func(st *state) { st.set(rest, absent) })
	return nil
}
