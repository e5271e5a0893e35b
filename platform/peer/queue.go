package peer

import "sync"

// Bounds of what waits for one peer that does not read.
const (
	maxQueued      = 64 << 20 // bytes
	maxQueuedCount = 16384    // messages
)

// queue is what waits to be written to one stream.
type queue struct {
	mu     sync.Mutex
	list   []message
	bytes  int
	ended  bool
	filled chan struct{} // of one: there is something, or the end
}

func newQueue() *queue { return &queue{filled: make(chan struct{}, 1)} }

// put adds a message. ok is false when the queue is full or has ended.
func (q *queue) put(m message) (ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.ended || q.bytes+len(m.body) > maxQueued || len(q.list) >= maxQueuedCount {
		return false
	}
	q.list = append(q.list, m)
	q.bytes += len(m.body)
	q.signal()
	return true
}

func (q *queue) signal() {
	select {
	case q.filled <- struct{}{}:
	default:
	}
}

// frame takes messages until a frame is full, encoded. nil: there is nothing.
func (q *queue) frame() []byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.list) == 0 {
		return nil
	}
	n, size := 0, 0
	for n < len(q.list) && size < maxFrame {
		size += len(q.list[n].body) + len(q.list[n].verb) + 32
		n++
	}
	b := make([]byte, 0, size)
	for i := range q.list[:n] {
		b = appendMessage(b, &q.list[i])
		q.bytes -= len(q.list[i].body)
	}
	rest := copy(q.list, q.list[n:])
	clear(q.list[rest:])
	q.list = q.list[:rest]
	if rest > 0 {
		q.signal()
	}
	return b
}

// end refuses what comes from now on.
func (q *queue) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended, q.list, q.bytes = true, nil, 0
	q.signal()
}
