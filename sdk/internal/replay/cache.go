package replay

import (
	"container/list"
	"context"
	"sync"

	"github.com/tenuto-io/tenuto/sdk/internal/machine"
)

// cache keeps runs between tasks, within a budget.
type cache struct {
	budget int64

	mu    sync.Mutex
	slots map[string]*slot
	// idle are the slots that hold a run and are not in use, most recently used first.
	idle *list.List
	// bytes is the cost of the idle runs.
	bytes int64
}

// slot is the place of one run. It exists while the run is cached or in use.
type slot struct {
	cache *cache
	runID string
	// use holds one value while a task has the slot.
	use chan struct{}
	// users counts the task that has the slot and those that wait for it. Guarded by cache.mu.
	users int
	// run and cost belong to the user; between tasks they are guarded by cache.mu.
	run  *machine.Run
	cost int64
	// locals are the run's local activities that are executed; nil before the first. They end with the run's stay in memory.
	locals *locals
	// element is the slot's place among the idle ones, nil while it is in use.
	element *list.Element
	// forgotten: drop came while the slot was in use.
	forgotten bool
}

func newCache(budget int64) *cache {
	return &cache{budget: budget, slots: make(map[string]*slot), idle: list.New()}
}

// take gives the run's slot to the caller alone, waiting for whoever has it. Call release afterwards.
func (c *cache) take(ctx context.Context, runID string) (*slot, error) {
	c.mu.Lock()
	s := c.slots[runID]
	if s == nil {
		s = &slot{cache: c, runID: runID, use: make(chan struct{}, 1)}
		c.slots[runID] = s
	}
	s.users++
	c.removeIdle(s)
	c.mu.Unlock()
	select {
	case s.use <- struct{}{}:
		return s, nil
	case <-ctx.Done():
		closeAll(c.leave(s))
		return nil, context.Cause(ctx)
	}
}

// release gives the slot back with the run in it, and evicts others for it if necessary.
func (s *slot) release() {
	c := s.cache
	if s.run != nil {
		s.cost = s.run.Cost()
	}
	c.mu.Lock()
	forgotten := s.forgotten
	s.forgotten = false
	c.mu.Unlock()
	if forgotten {
		s.evict()
	}
	<-s.use
	closeAll(c.leave(s))
}

// leave ends one use of a slot. The last one files the slot; those that have to go for it are returned.
func (c *cache) leave(s *slot) (evicted []*slot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.users--; s.users > 0 {
		return nil
	}
	if s.run == nil {
		delete(c.slots, s.runID)
		return nil
	}
	s.element = c.idle.PushFront(s)
	c.bytes += s.cost
	for c.bytes > c.budget && c.idle.Len() > 0 {
		evicted = append(evicted, c.discard(c.idle.Back().Value.(*slot)))
	}
	return evicted
}

// discard removes an idle slot, which is then to be closed.
func (c *cache) discard(s *slot) *slot {
	c.removeIdle(s)
	delete(c.slots, s.runID)
	return s
}

func (c *cache) removeIdle(s *slot) {
	if s.element != nil {
		c.idle.Remove(s.element)
		s.element = nil
		c.bytes -= s.cost
	}
}

// evict closes the slot's run, which the caller has.
func (s *slot) evict() {
	s.locals.stop()
	s.locals = nil
	if s.run != nil {
		s.run.Close()
		s.run = nil
	}
}

// drop removes a run, at once or when the task that has it is done.
func (c *cache) drop(runID string) {
	c.mu.Lock()
	s := c.slots[runID]
	var evicted []*slot
	switch {
	case s == nil:
	case s.users > 0:
		s.forgotten = true
	default:
		evicted = append(evicted, c.discard(s))
	}
	c.mu.Unlock()
	closeAll(evicted)
}

// close removes every run: the idle ones now, the others when their tasks are done.
func (c *cache) close() {
	c.mu.Lock()
	c.budget = -1
	var evicted []*slot
	for c.idle.Len() > 0 {
		evicted = append(evicted, c.discard(c.idle.Back().Value.(*slot)))
	}
	c.mu.Unlock()
	closeAll(evicted)
}

func (c *cache) size() (runs int, bytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.idle.Len(), c.bytes
}

// closeAll evicts discarded slots outside the cache's lock: deferred functions of workflow code run.
func closeAll(slots []*slot) {
	for _, s := range slots {
		s.evict()
	}
}
