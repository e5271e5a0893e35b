package peer

import "sync"

// crew counts handlers at work, so that a node that stops can wait for them.
type crew struct {
	mu     sync.Mutex
	n      int
	closed bool
	idle   chan struct{} // closed when closed and n is 0
}

func newCrew() *crew { return &crew{idle: make(chan struct{})} }

// enter is false once the crew is dismissed; else leave must follow.
func (c *crew) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.n++
	return true
}

func (c *crew) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n--; c.n == 0 && c.closed {
		close(c.idle)
	}
}

// dismiss lets nobody enter any more. The channel is closed when the last one has left.
func (c *crew) dismiss() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.closed = true
		if c.n == 0 {
			close(c.idle)
		}
	}
	return c.idle
}

// size is how many are at work.
func (c *crew) size() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}
