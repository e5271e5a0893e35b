package shard

import (
	"container/list"
	"slices"
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

// surplus are the least recently used workflows beyond the bound, at most the given number. They count as used now: who cannot be evicted,
// because somebody waits on it, is not looked at again before all others were.
func (c *cache) surplus(most int) []*workflow {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(len(c.byKey)-c.most, most)
	if n <= 0 {
		return nil
	}
	out := make([]*workflow, 0, n)
	for range n {
		e := c.order.Back()
		out = append(out, e.Value.(*workflow))
		c.order.MoveToFront(e)
	}
	return out
}

// of are the workflows in memory of some shards.
func (c *cache) of(shards *shardSet) []*workflow {
	return slices.DeleteFunc(c.all(), func(wf *workflow) bool { return !shards[wf.shard] })
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
