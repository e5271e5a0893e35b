package peer

import (
	"runtime"
	"slices"
	"sync"
)

// outbox gathers what is to be written to a node while its writer is busy, as frames ready to send.
type outbox struct {
	mu     sync.Mutex
	room   sync.Cond // bytes fell, or closed
	frames []*[]byte // the last one is being filled
	bytes  int       // of all frames
	idle   bool      // the writer waits on wake
	wake   chan struct{}
	closed bool
}

func newOutbox() *outbox {
	o := &outbox{wake: make(chan struct{}, 1)}
	o.room.L = &o.mu
	return o
}

// put appends a message, unless the outbox is closed or holds limit bytes already. It copies verb and body.
func (o *outbox) put(m *message, limit int) bool {
	if len(m.body) >= cutAt {
		return o.putAlone(m, limit)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed || o.bytes >= limit {
		return false
	}
	if n := len(o.frames); n == 0 || len(*o.frames[n-1]) >= cutAt {
		o.frames = append(o.frames, buffers{}.Get(0))
	}
	last := o.frames[len(o.frames)-1]
	before := len(*last)
	*last = appendMessage(*last, m)
	o.bytes += len(*last) - before
	o.ring()
	return true
}

// putAlone makes a frame of one large message, and copies it while nobody waits for the lock.
func (o *outbox) putAlone(m *message, limit int) bool {
	frame := make([]byte, 0, m.size())
	frame = appendMessage(frame, m)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed || o.bytes >= limit {
		return false
	}
	o.frames = append(o.frames, &frame)
	o.bytes += len(frame)
	o.ring()
	return true
}

func (o *outbox) ring() {
	if o.idle {
		o.idle = false
		o.wake <- struct{}{} // has room: only who finds the writer idle rings
	}
}

// take waits for a frame and hands it over; false when the outbox is closed and empty. There is one taker.
func (o *outbox) take() (*[]byte, bool) {
	o.mu.Lock()
	for len(o.frames) == 0 && !o.closed {
		o.idle = true
		o.mu.Unlock()
		<-o.wake
		runtime.Gosched() // who rang runs before those who are about to: let them put theirs in too
		o.mu.Lock()
	}
	defer o.mu.Unlock()
	if len(o.frames) == 0 {
		return nil, false
	}
	frame := o.frames[0]
	o.frames = slices.Delete(o.frames, 0, 1) // keeps its room; there are few
	o.bytes -= len(*frame)
	o.room.Broadcast()
	return frame, true
}

// await returns once the outbox holds less than limit bytes or is closed.
func (o *outbox) await(limit int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.bytes >= limit && !o.closed {
		o.room.Wait()
	}
}

// finish takes nothing more; what is in it can still be taken.
func (o *outbox) finish() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.room.Broadcast()
	o.ring()
}

// drop takes nothing more and forgets what is in it.
func (o *outbox) drop() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed, o.frames, o.bytes = true, nil, 0
	o.room.Broadcast()
	o.ring()
}
