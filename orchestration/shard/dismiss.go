package shard

import "sync"

// keepClosed is how many closed workflows stay in memory, latest first: most are asked for their result right after they closed.
const keepClosed = 512

// closedRing holds the workflows that closed last. Its mutex is taken after a workflow's, never before.
type closedRing struct {
	mu   sync.Mutex
	ring [keepClosed]*workflow
	next int
}

// push adds a workflow and returns the one that it pushes out, or nil.
func (c *closedRing) push(wf *workflow) (out *workflow) {
	c.mu.Lock()
	defer c.mu.Unlock()
	out, c.ring[c.next] = c.ring[c.next], wf
	c.next = (c.next + 1) % keepClosed
	return out
}

// drop lets the workflows of some shards go.
func (c *closedRing) drop(shards *shardSet) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, wf := range c.ring {
		if wf != nil && shards[wf.shard] {
			c.ring[i] = nil
		}
	}
}

// dismiss lets a closed workflow go, a little later: when as many others have closed. The caller holds wf.mu.
func (o *Owner) dismiss(wf *workflow) {
	if wf.dead || wf.dismissed || !wf.closed() {
		return
	}
	if len(wf.runs) == 0 { // they were deleted: nobody will ask
		o.evict(wf)
		return
	}
	wf.dismissed = true
	old := o.closed.push(wf)
	if old == nil || old == wf || !old.mu.TryLock() {
		return // in use: the cache's own bound gets it
	}
	defer old.mu.Unlock()
	old.dismissed = false
	if old.closed() {
		o.evict(old)
	}
}

// closed tells whether no run of the workflow in memory is open.
func (wf *workflow) closed() bool {
	for _, r := range wf.runs {
		if r.open() {
			return false
		}
	}
	return true
}
