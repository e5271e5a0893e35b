package peer

import (
	"bytes"
	"sync"

	"github.com/tenuto-io/tenuto/orchestration"
)

const (
	laneCount = 4096     // casts that may wait for their handlers
	laneBytes = 16 << 20 // bytes of them
)

// lane handles the casts of one node one after the other. Its goroutine lives while there are some.
type lane struct {
	mu      sync.Mutex
	waiting []told
	bytes   int
	works   bool
}

type told struct {
	handle orchestration.PeerHandler
	body   []byte
}

// put appends a cast; it is dropped when too many wait, or nobody handles its verb.
func (l *lane) put(p *Peers, from orchestration.NodeID, m *message) {
	f := (*p.verbs.Load())[string(m.verb)]
	if f == nil || !l.append(told{f, bytes.Clone(m.body)}) {
		if held, ok := p.drops.may(); ok {
			p.logger.Warn("peer: a message that wants no answer was dropped: too many wait, or nobody handles it", "node", from, "verb", string(m.verb),
				"more_since_the_last", held)
		}
		return
	}
	if l.claim() {
		go l.work(p, from)
	}
}

// append is false when too many wait.
func (l *lane) append(t told) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) >= laneCount || l.bytes+len(t.body) > laneBytes && l.bytes > 0 {
		return false
	}
	l.waiting = append(l.waiting, t)
	l.bytes += len(t.body)
	return true
}

// claim is true for whoever is to work the lane now.
func (l *lane) claim() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	claimed := !l.works && len(l.waiting) > 0
	l.works = l.works || claimed
	return claimed
}

// work handles what waits. What still waits when the node stops is dropped.
func (l *lane) work(p *Peers, from orchestration.NodeID) {
	for {
		t, ok := l.next()
		if !ok {
			return
		}
		if !p.crew.enter() {
			continue
		}
		if _, err := p.guarded(p.ctx, t.handle, from, t.body); err != nil {
			p.logger.Debug("peer: a message that wants no answer was refused", "node", from, "error", err)
		}
		p.crew.leave()
	}
}

func (l *lane) next() (told, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.waiting, l.works = nil, false
		return told{}, false
	}
	t := l.waiting[0]
	l.waiting[0] = told{}
	l.waiting = l.waiting[1:]
	l.bytes -= len(t.body)
	return t, true
}

// idle tells whether nothing waits or is being handled.
func (l *lane) idle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.works
}
