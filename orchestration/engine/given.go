package engine

import (
	"hash/maphash"
	"sync"
	"time"
)

// rememberFor is how long a node remembers at least which polls were given a task: longer than anybody asks again.
const rememberFor = 20 * time.Second

// given remembers which polls were given a task by another node, by a hash of their request ids, in two generations of which the older one is dropped.
type given struct {
	seed maphash.Seed

	mu       sync.Mutex
	now, old map[uint64]struct{}
	since    time.Time // when now was begun
}

func newGiven() *given {
	return &given{seed: maphash.MakeSeed(), now: make(map[uint64]struct{}), old: nil}
}

func (g *given) add(request string, at time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.turn(at)
	g.now[maphash.String(g.seed, request)] = struct{}{}
}

func (g *given) has(request string, at time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.turn(at)
	h := maphash.String(g.seed, request)
	_, now := g.now[h]
	_, old := g.old[h]
	return now || old
}

func (g *given) turn(at time.Time) {
	if passed := at.Sub(g.since); passed >= rememberFor {
		g.old = g.now
		if passed >= 2*rememberFor {
			g.old = nil
		}
		g.now, g.since = make(map[uint64]struct{}), at
	}
}
