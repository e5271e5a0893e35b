package redis

import (
	"context"
	"sync"

	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// mostWakes bounds the queues that wait to be yielded, each once. Nodes are woken only for queues that they were noted for within a minute, so that it
// takes more queues than that to lose a wake. One that is lost costs time only: whoever was noted asks again before its note lapses, and owners send again
// what nobody took.
const mostWakes = 100_000

// wakes are the queues that this node was woken for, on their way to whoever reads out.
type wakes struct {
	out   chan matching.Key
	added chan struct{} // of one

	mu    sync.Mutex
	order []matching.Key
	known map[matching.Key]struct{}
}

func newWakes() *wakes {
	return &wakes{out: make(chan matching.Key), added: make(chan struct{}, 1), known: make(map[matching.Key]struct{})}
}

// add has a queue yielded. It never waits.
func (w *wakes) add(key matching.Key) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.known[key]; ok || len(w.order) >= mostWakes {
		return
	}
	w.known[key] = struct{}{}
	w.order = append(w.order, key)
	nudge(w.added)
}

// take takes all queues there are. From then on they may be added again.
func (w *wakes) take() []matching.Key {
	w.mu.Lock()
	defer w.mu.Unlock()
	keys := w.order
	w.order = nil
	clear(w.known)
	return keys
}

// run yields queues until ctx ends.
func (w *wakes) run(ctx context.Context) {
	for {
		for _, key := range w.take() {
			select {
			case w.out <- key:
			case <-ctx.Done():
				return
			}
		}
		select {
		case <-w.added:
		case <-ctx.Done():
			return
		}
	}
}

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
