package shard

import (
	"container/list"
	"sync"

	"github.com/tenuto-io/tenuto/orchestration"
)

// cache holds the workflows in memory, least recently used first out. Its mutex is taken after a workflow's, never before.
type cache struct {
	mu    sync.Mutex
	most  int
	byKey map[orchestration.WorkflowKey]*workflow
	order list.List // front: used last
}

func newCache(most int) *cache {
	return &cache{most: most, byKey: make(map[orchestration.WorkflowKey]*workflow)}
}

// get returns the workflow's actor, made by create when there is none.
func (c *cache) get(key orchestration.WorkflowKey, create func() *workflow) *workflow {
	c.mu.Lock()
	defer c.mu.Unlock()
	wf := c.byKey[key]
	if wf == nil {
		wf = create()
		c.byKey[key] = wf
		wf.element = c.order.PushFront(wf)
		return wf
	}
	c.order.MoveToFront(wf.element)
	return wf
}

// remove forgets the actor; its successor is made by the next get.
func (c *cache) remove(wf *workflow) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey[wf.key] == wf {
		delete(c.byKey, wf.key)
		c.order.Remove(wf.element)
	}
}

// surplus are the least recently used workflows beyond the bound.
func (c *cache) surplus() []*workflow {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.byKey) - c.most
	if n <= 0 {
		return nil
	}
	out := make([]*workflow, 0, n)
	for e := c.order.Back(); e != nil && len(out) < n; e = e.Prev() {
		out = append(out, e.Value.(*workflow))
	}
	return out
}

// all are the workflows in memory.
func (c *cache) all() []*workflow {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]*workflow, 0, len(c.byKey))
	for _, wf := range c.byKey {
		out = append(out, wf)
	}
	return out
}

// evict drops the memory of wf if nobody uses it. The caller holds wf.mu.
func (c *cache) evict(wf *workflow) {
	if wf.idle() {
		wf.dead = true
		c.remove(wf)
		close(wf.gone)
	}
}

// shrink brings the cache back to its bound as far as workflows are idle.
func (c *cache) shrink() {
	for _, wf := range c.surplus() {
		if wf.mu.TryLock() {
			c.evict(wf)
			wf.mu.Unlock()
		}
	}
}
