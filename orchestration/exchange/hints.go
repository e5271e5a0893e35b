package exchange

import (
	"sync"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// cause is why a queue is to be looked at.
type cause uint8

const (
	seen     cause = 1 << iota // polled here
	hungry                     // polls wait here, or its imports are used up
	lessens                    // nobody polls here any more, or a push met nobody: what was said about it may be too much
	offering                   // references wait here, or somebody else wants some
)

// message is what another node said.
type message struct {
	from orchestration.NodeID
	verb string
	gossip
	push
}

// mostMessages bounds the messages that wait to be looked at; others are lost, as any cast may be.
const mostMessages = 10_000

// gathered is what hints and messages leave for the exchange's goroutine: it takes everything at once, so that work comes in batches under load and at
// once without.
type gathered struct {
	wake chan struct{} // of one

	mu     sync.Mutex
	closed bool
	work
}

type work struct {
	queues   map[matching.Key]cause
	settled  []matching.Reference
	messages []message
}

func newGathered() *gathered {
	return &gathered{wake: make(chan struct{}, 1), work: work{queues: make(map[matching.Key]cause)}}
}

func (g *gathered) hint(key matching.Key, c cause) {
	g.add(func(w *work) { w.queues[key] |= c })
}

func (g *gathered) settle(ref matching.Reference) {
	g.add(func(w *work) { w.settled = append(w.settled, ref) })
}

func (g *gathered) receive(m message) {
	g.add(func(w *work) {
		if len(w.messages) < mostMessages {
			w.messages = append(w.messages, m)
		}
	})
}

func (g *gathered) add(f func(*work)) {
	g.mu.Lock()
	if !g.closed {
		f(&g.work)
	}
	g.mu.Unlock()
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

// take is everything that gathered.
func (g *gathered) take() work {
	g.mu.Lock()
	defer g.mu.Unlock()
	w := g.work
	g.work = work{queues: make(map[matching.Key]cause)}
	return w
}

// close has later hints go nowhere.
func (g *gathered) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}
