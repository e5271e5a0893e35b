package peer

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// link is the way to one node: at most one session at a time, and pauses between attempts that failed.
type link struct {
	peers   *Peers
	to      orchestration.NodeID
	current atomic.Pointer[outgoing]

	mu       sync.Mutex
	failures int
	until    time.Time // no attempt before
}

// session is the open session, or one that is being opened now.
func (l *link) session() (*outgoing, error) {
	if o := l.current.Load(); o != nil {
		return o, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if o := l.current.Load(); o != nil {
		return o, nil
	}
	s := l.peers.self.Load()
	address, ok := s.directory.Address(l.to)
	if !ok || time.Now().Before(l.until) {
		return nil, unreachable(l.to)
	}
	o := newOutgoing(l, greeting{from: s.id, to: l.to}, address)
	if !l.peers.spawn(o.run) {
		return nil, errStopping
	}
	l.current.Store(o)
	return o, nil
}

// ended notes how a session went. After one that served for a while the next attempt is made at once.
func (l *link) ended(served time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.current.Store(nil)
	pace := l.peers.config.pace
	if served >= pace.tick {
		l.failures, l.until = 0, time.Time{}
		return
	}
	pause := min(pace.pause<<min(l.failures, 16), pace.longest)
	l.failures++
	l.until = time.Now().Add(pause/2 + rand.N(pause/2+1)) // nodes that lost the same one do not come back together
}

// unreachable says no more than clients may know; the log has the rest.
func unreachable(to orchestration.NodeID) error {
	return orchestration.Errorf(orchestration.Unavailable, "node %d cannot be reached", to)
}
