package quota

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// heardFor is how long what another node said of its pollers counts.
const heardFor = 5 * time.Second

// pollers are the polls of a namespace that wait: here, and elsewhere as others told.
type pollers struct {
	mu        sync.Mutex
	count     int64
	elsewhere map[orchestration.NodeID]heard
}

// heard is what another node said.
type heard struct {
	count int64
	at    time.Time
}

// enter lets a poll wait if fewer than most do.
func (p *pollers) enter(most int64, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.count
	for node, h := range p.elsewhere {
		if now.Sub(h.at) > heardFor {
			delete(p.elsewhere, node)
			continue
		}
		all += h.count
	}
	if all >= most {
		return false
	}
	p.count++
	return true
}

func (p *pollers) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count--
}

// here is how many wait at this node.
func (p *pollers) here() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count
}

func (p *pollers) hear(from orchestration.NodeID, count int64, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.elsewhere == nil {
		p.elsewhere = map[orchestration.NodeID]heard{}
	}
	p.elsewhere[from] = heard{count, now}
}

// Polling is how many polls wait at this node, by namespace: of those with a quota for pollers, and that have any. Other nodes should be told every second.
func (l *Limiter) Polling() map[orchestration.NamespaceID]int64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	out := map[orchestration.NamespaceID]int64{}
	for ns, a := range l.accounts {
		if n := a.pollers.here(); n > 0 {
			out[ns] = n
		}
	}
	return out
}

// Heard takes over what another node has told of Polling. Namespaces that it does not name any more are forgotten by themselves.
func (l *Limiter) Heard(from orchestration.NodeID, polling map[orchestration.NamespaceID]int64) {
	now := l.c.Now()
	for ns, n := range polling {
		l.account(ns).pollers.hear(from, n, now)
	}
}

// atomicTime is a moment that many may set.
type atomicTime struct{ ns atomic.Int64 }

func (t *atomicTime) store(at time.Time) { t.ns.Store(at.UnixNano()) }
func (t *atomicTime) load() time.Time    { return time.Unix(0, t.ns.Load()) }
