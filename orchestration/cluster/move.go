package cluster

import (
	"context"
	"errors"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// move carries out the plan until the node halts. It alone changes what this node owns and serves.
func (c *Cluster) move() {
	shortest := c.pace.retry / 16
	wait := shortest
	var logged tally
	for c.moving.Err() == nil {
		did, err := c.pass()
		switch {
		case c.moving.Err() != nil:
		case err != nil:
			c.log.Warn("cannot move shards; trying again", "error", err)
			_ = pause(c.moving, wait)
			wait = min(2*wait, c.pace.retry)
		case did:
			wait = shortest
		default:
			wait = shortest
			c.settled(&logged)
			select {
			case <-c.stirred:
			case <-c.moving.Done():
			}
		}
	}
}

// tally is how many shards this node has acquired and released in its life.
type tally struct{ acquired, released int }

// settled logs what has moved since it was last logged, when nothing is on its way to this node or from it.
func (c *Cluster) settled(logged *tally) {
	underway := c.pick(everyShard, 1, func(st *state, s orchestration.ShardID) bool {
		return st.given[s] || (st.owners[s] == st.self) != (st.plan.targets[s] == st.self)
	})
	if len(underway) > 0 || c.moved == *logged {
		return
	}
	c.log.Info("shards have moved", "acquired", c.moved.acquired-logged.acquired, "released", c.moved.released-logged.released, "serves", c.count())
	*logged = c.moved
}

// pass does one step of everything that the plan asks for. One step that fails does not hold up the others.
func (c *Cluster) pass() (did bool, err error) {
	if !c.Alive() {
		return false, nil // the next renewal stirs
	}
	for _, step := range []func() (bool, error){c.disown, c.releaseAgain, c.takeOver, c.take, c.give} {
		done, failed := step()
		if c.fenced(failed) {
			return false, failed
		}
		did, err = did || done, errors.Join(err, failed)
	}
	return did, err
}

// pick is the shards of a set (nil: all) that meet a condition on what is known, as many as most at the most.
func (c *Cluster) pick(set func(*state) []orchestration.ShardID, most int, want func(*state, orchestration.ShardID) bool) (shards []orchestration.ShardID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.state.known() {
		return nil
	}
	for _, s := range set(&c.state) {
		if len(shards) < most && want(&c.state, s) {
			shards = append(shards, s)
		}
	}
	return shards
}

// change changes what is known, and publishes it.
func (c *Cluster) change(f func(*state)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(&c.state)
	c.publish(0)
}

// take adopts what is this node's, then acquires what is free and adopts that.
func (c *Cluster) take() (bool, error) {
	held := c.pick(func(st *state) []orchestration.ShardID { return st.plan.keep }, orchestration.Shards, (*state).unadopted)
	if err := c.adopt(held); err != nil {
		return false, err
	}
	now := time.Now()
	want := c.pick(func(st *state) []orchestration.ShardID { return st.plan.acquire }, orchestration.Shards, func(st *state, s orchestration.ShardID) bool {
		return now.After(st.barred[s]) && !st.unsure[s]
	})
	got, err := c.acquire(want)
	if err == nil {
		err = c.adopt(got)
	}
	if n := len(held) + len(got); n > 0 && err == nil {
		c.moved.acquired += n
		c.log.Debug("acquired shards", "shards", n)
		c.tell()
	}
	return len(held)+len(got) > 0, err
}

// acquire makes free shards this node's in the database, and returns those that somebody else had not taken first.
func (c *Cluster) acquire(shards []orchestration.ShardID) (got []orchestration.ShardID, err error) {
	if len(shards) == 0 {
		return nil, nil
	}
	err = c.bounded(c.moving, func(ctx context.Context) error {
		got, err = c.members.AcquireShards(ctx, c.id, shards)
		return err
	})
	if err != nil {
		return nil, err // if it was carried out all the same, the next look shows the shards as ours
	}
	c.change(func(st *state) { st.acquired(got) })
	return got, nil
}

// adopt begins to serve shards that are this node's in the database.
func (c *Cluster) adopt(shards []orchestration.ShardID) error {
	return c.tellShards(shards, served, Shards.Adopt)
}

// surrender stops serving shards: nothing of them is in flight when it returned nil. From its beginning on they are no longer said to be here.
func (c *Cluster) surrender(shards []orchestration.ShardID) error {
	return c.tellShards(shards, absent, Shards.Surrender)
}

// tellShards has shards become what they should; until that has worked they are doubted.
func (c *Cluster) tellShards(shards []orchestration.ShardID, become memory, f func(Shards, context.Context, []orchestration.ShardID) error) error {
	if len(shards) == 0 {
		return nil
	}
	c.change(func(st *state) { st.set(shards, doubted) })
	ctx, cancel := context.WithTimeout(c.moving, c.pace.lease)
	defer cancel()
	if err := f(c.shards, ctx, shards); err != nil {
		return err
	}
	c.change(func(st *state) { st.set(shards, become) })
	return nil
}

// give gives away one chunk of what should be another's, once the last chunk has an owner.
func (c *Cluster) give() (bool, error) {
	away := c.pick(func(st *state) []orchestration.ShardID { return st.plan.release }, chunk, func(st *state, s orchestration.ShardID) bool {
		return len(st.given) == 0 && len(st.unsure) == 0
	})
	if len(away) == 0 {
		return false, nil
	}
	if err := c.surrender(away); err != nil {
		return false, err
	}
	return true, c.release(away)
}

// releaseAgain repeats releases that were not answered: what may be carried out at any time must not be served.
func (c *Cluster) releaseAgain() (bool, error) {
	shards := c.pick(everyShard, orchestration.Shards, func(st *state, s orchestration.ShardID) bool { return st.unsure[s] })
	if len(shards) == 0 {
		return false, nil
	}
	return true, c.release(shards)
}

// release sets shards free that are absent here.
func (c *Cluster) release(shards []orchestration.ShardID) error {
	err := c.bounded(c.moving, func(ctx context.Context) error { return c.members.ReleaseShards(ctx, c.id, shards) })
	if err != nil {
		c.change(func(st *state) {
			for _, s := range shards {
				st.unsure[s] = true
			}
		})
		return err
	}
	c.change(func(st *state) { st.released(shards, time.Now().Add(c.pace.lease)) })
	c.moved.released += len(shards)
	c.log.Debug("released shards", "shards", len(shards))
	c.tell()
	return nil
}

// disown stops serving shards that the database says are not this node's.
func (c *Cluster) disown() (bool, error) {
	shards := c.pick(everyShard, orchestration.Shards, func(st *state, s orchestration.ShardID) bool {
		return st.here[s] != absent && st.owners[s] != st.self
	})
	if len(shards) == 0 {
		return false, nil
	}
	c.log.Error("serving shards that are not this node's in the database; stopping that", "shards", len(shards))
	return true, c.surrender(shards)
}

// count is how many shards this node serves.
func (c *Cluster) count() int {
	return len(c.pick(everyShard, orchestration.Shards, func(st *state, s orchestration.ShardID) bool { return st.here[s] == served }))
}

// unadopted tells whether a shard that is this node's in the database, and is to stay, is not served.
func (st *state) unadopted(s orchestration.ShardID) bool {
	return st.plan.targets[s] == st.self && st.here[s] != served && !st.unsure[s]
}

// everyShard is all shards.
func everyShard(*state) []orchestration.ShardID { return allShards[:] }

var allShards = func() (all [orchestration.Shards]orchestration.ShardID) {
	for i := range all {
		all[i] = orchestration.ShardID(i)
	}
	return all
}()
