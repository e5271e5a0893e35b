package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Join makes this process a node: a lease that is kept from now on, and lanes of its own. When nodes with another secret use the database, or it cannot be
// reached, it tries for one lease: whoever is gone has lost its lease by then.
// Errors: wrapping store.ErrStranger, store.ErrUnavailable, ctx's.
func Join(ctx context.Context, conf Config) (*Cluster, error) {
	if conf.Lanes == 0 {
		conf.Lanes = 1
	}
	if conf.Lanes < 0 || conf.Lanes > orchestration.LanesPerNode {
		return nil, fmt.Errorf("cluster: a node has 1 to %d lanes, not %d", orchestration.LanesPerNode, conf.Lanes)
	}
	if conf.Announce == nil {
		conf.Announce = func() {}
	}
	c := &Cluster{members: conf.Members, log: conf.Logger, tell: conf.Announce, pace: paceOf(conf.Node.Lease),
		nudged: make(chan struct{}, 1), stirred: make(chan struct{}, 1), leaving: make(chan struct{}, 1)}
	c.ctx, c.stop = context.WithCancelCause(context.Background())
	c.moving, c.halt = context.WithCancel(c.ctx)
	conf.Node.Lease = c.pace.lease
	if err := c.enter(ctx, conf); err != nil {
		c.stop(err)
		return nil, err
	}
	c.log.Info("joined", "node", c.id, "address", conf.Node.Address, "others", c.Others())
	c.renews.Go(c.renewLoop)
	return c, nil
}

// enter joins, takes the lanes and looks round once. If that fails after the node was made, it is removed as far as that can be done; else its lease
// runs out.
func (c *Cluster) enter(ctx context.Context, conf Config) error {
	patience := time.Now().Add(c.pace.lease + c.pace.retry)
	if err := c.insist(ctx, patience, "join", func(ctx context.Context) (err error) {
		sent := time.Now()
		if c.id, err = c.members.Join(ctx, conf.Node); err == nil {
			c.lease.begin(sent, c.pace.lease)
		}
		return err
	}); err != nil {
		return joinError(err, c.pace.lease)
	}
	c.state.init(c.id)
	c.routes.Store(&routes{self: c.id, changed: make(chan struct{})})
	if err := c.takeLanes(ctx, patience, conf); err != nil {
		return c.abandon(ctx, err)
	}
	if err := c.insist(ctx, patience, "look", func(context.Context) error { return c.look() }); err != nil {
		return c.abandon(ctx, err)
	}
	return nil
}

func (c *Cluster) takeLanes(ctx context.Context, patience time.Time, conf Config) error {
	for i := range conf.Lanes {
		if err := c.insist(ctx, patience, "acquire a lane", func(ctx context.Context) error {
			fence, err := conf.Store.AcquireLane(ctx, c.id.Lane(i))
			if err == nil {
				c.fences = append(c.fences, fence)
			}
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// insist repeats f while it fails in a way that may pass, until patience ends.
func (c *Cluster) insist(ctx context.Context, patience time.Time, what string, f func(context.Context) error) error {
	for {
		err := c.bounded(ctx, f)
		passing := errors.Is(err, store.ErrStranger) || errors.Is(err, store.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded)
		if err == nil || ctx.Err() != nil || !passing || time.Now().Add(c.pace.retry).After(patience) {
			return err
		}
		c.log.Info("cannot "+what+" yet; trying again", "error", err)
		if err := pause(ctx, c.pace.retry); err != nil {
			return err
		}
	}
}

// bounded calls f with the time that one call of the database may take.
func (c *Cluster) bounded(ctx context.Context, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, c.pace.renew)
	defer cancel()
	return f(ctx)
}

// abandon removes the node that could not be completed.
func (c *Cluster) abandon(ctx context.Context, why error) error {
	_ = c.bounded(context.WithoutCancel(ctx), func(ctx context.Context) error { return c.members.Quit(ctx, c.id) })
	return fmt.Errorf("cluster: joined as node %d, but could not begin: %w", c.id, why)
}

func joinError(err error, waited time.Duration) error {
	if errors.Is(err, store.ErrStranger) {
		return fmt.Errorf("cluster: nodes that have another secret (or another certificate authority) use this database, and still did after %v: "+
			"give this node theirs, or stop them first: %w", waited, err)
	}
	return fmt.Errorf("cluster: cannot join: %w", err)
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
