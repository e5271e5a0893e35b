package peer

import (
	"context"
	"fmt"
	"time"
)

// spawn runs f in a goroutine that Close waits for; false after Close.
func (p *Peers) spawn(f func()) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.closed {
		return false
	}
	p.rooms.Go(f)
	return true
}

// Close refuses new messages of other nodes with Unavailable, waits until handlers at work have finished and their answers are written, at most until
// ctx ends, and then breaks all connections. Handlers can call other nodes while they are waited for. Errors: ctx's, when handlers were still at work.
func (p *Peers) Close(ctx context.Context) error {
	var err error
	select {
	case <-p.crew.dismiss():
	case <-ctx.Done():
		err = fmt.Errorf("peer: %d handlers were still at work: %w", p.crew.size(), ctx.Err())
	}
	p.shut()
	p.end()
	p.flush(ctx)
	p.server.Stop()
	p.rooms.Wait()
	return err
}

// shut lets no connection begin, and those from other nodes end when what is in them was written.
func (p *Peers) shut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for in := range p.incoming {
		in.outbox.finish()
	}
}

// flush waits for the other nodes to take what was written, for a moment at most.
func (p *Peers) flush(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.server.GracefulStop()
	}()
	select {
	case <-done:
	case <-ctx.Done():
		p.server.Stop()
		<-done
	}
}
