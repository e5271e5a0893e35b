package cluster

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// lease is the right to serve, by the monotonic clock of this process.
type lease struct {
	from   time.Time    // when the first one was asked for
	until  atomic.Int64 // nanoseconds after from
	sent   time.Time    // when the last good renewal was sent; of the lease loop only
	broken bool         // the last renewal failed; of the lease loop only
	lapsed bool         // that the lease has run out was logged; of the lease loop only
}

func (l *lease) begin(sent time.Time, d time.Duration) {
	l.from, l.sent = sent, sent
	l.until.Store(int64(d))
}

// good tells whether the lease lasts for longer than margin.
func (l *lease) good(margin time.Duration) bool {
	return int64(time.Since(l.from)+margin) < l.until.Load()
}

// prolong notes a renewal that was sent then, and tells whether it follows on the one before: none failed between, and not so much time has passed (on
// either clock: the monotonic one stands still while a machine sleeps) that the others may have been hindered too.
func (l *lease) prolong(sent time.Time, d time.Duration) (steady bool) {
	gap := max(sent.Sub(l.sent), sent.Round(0).Sub(l.sent.Round(0)))
	steady = !l.broken && gap < d
	l.sent, l.broken, l.lapsed = sent, false, false
	l.until.Store(int64(sent.Sub(l.from) + d))
	return steady
}

// renewLoop renews until the membership ends.
func (c *Cluster) renewLoop() {
	for {
		timer := time.NewTimer(c.pace.renew)
		select {
		case <-timer.C:
		case <-c.nudged:
		case <-c.ctx.Done():
		}
		timer.Stop()
		for c.ctx.Err() == nil && c.look() != nil {
			// Nudges do not shorten this: a database that refuses at once must not be asked in a circle.
			_ = pause(c.ctx, c.pace.retry)
		}
		if c.ctx.Err() != nil {
			return
		}
	}
}

// look renews the lease, reads who lives, and who owns what if that has changed.
func (c *Cluster) look() error {
	look := c.begun.Add(1)
	var seen store.Membership
	sent := time.Now()
	err := c.bounded(c.ctx, func(ctx context.Context) (err error) {
		seen, err = c.members.Renew(ctx, c.id, c.pace.lease)
		return err
	})
	if err != nil {
		c.missed(err)
		return err
	}
	c.renewed(sent)
	owners, version, err := c.readOwners(seen.Moves)
	if err != nil {
		c.log.Warn("cannot read who owns the shards", "error", err)
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report(seen.Nodes)
	c.state.see(seen.Nodes, time.Now())
	if owners != nil && !c.state.read(owners, seen.Moves, version) {
		c.Nudge() // this node has moved shards meanwhile: look again
	}
	c.publish(look)
	c.stir()
	return nil
}

// readOwners reads who owns what unless nothing has moved since the last time. version is that of this node's own moves before the reading.
func (c *Cluster) readOwners(moves int64) (owners *table, version uint64, err error) {
	c.mu.Lock()
	version, current := c.state.version, c.state.moves == moves
	c.mu.Unlock()
	if current {
		return nil, version, nil
	}
	err = c.bounded(c.ctx, func(ctx context.Context) error {
		read, err := c.members.Owners(ctx)
		owners = (*table)(&read)
		return err
	})
	if err != nil {
		return nil, version, err
	}
	return owners, version, nil
}

// table says for every shard which node; 0: none.
type table [orchestration.Shards]orchestration.NodeID

// missed handles a renewal that did not work.
func (c *Cluster) missed(err error) {
	if c.fenced(err) || c.ctx.Err() != nil || errors.Is(err, context.Canceled) {
		return
	}
	if !c.lease.broken {
		c.lease.broken = true
		c.log.Warn("cannot renew the lease; trying again", "error", err)
	}
	if !c.lease.lapsed && !c.Alive() {
		c.lease.lapsed = true
		c.log.Warn("the lease has run out: nothing is served until it is renewed", "error", err)
	}
}

// renewed handles a renewal that worked, sent at a time.
func (c *Cluster) renewed(sent time.Time) {
	broken, since := c.lease.broken, c.lease.sent
	if !c.lease.prolong(sent, c.pace.lease) {
		c.mu.Lock()
		c.state.steady = time.Now()
		c.mu.Unlock()
	}
	if broken {
		c.log.Info("the lease is renewed again", "after", time.Since(since).Round(time.Millisecond))
	}
}
