package redis

import (
	"io"
	"sync"
	"sync/atomic"
)

// mostSuspects bounds the queues that are probed before the place is up again.
const mostSuspects = 64

// health is whether Redis can be used, as far as is known: this node hears of wakes, writing succeeded when that was probed, and no call has failed since.
type health struct {
	up      atomic.Bool
	changed chan struct{} // of one

	mu       sync.Mutex
	told     bool                // that it is down
	session  io.Closer           // what hears of wakes; closing it ends it, and it is made anew once a probe succeeds
	suspects map[string]struct{} // queues whose commands failed: in a Cluster it may be one server that is away
}

func newHealth() *health {
	return &health{changed: make(chan struct{}, 1), suspects: make(map[string]struct{})}
}

// rise notes that everything works, in this session.
func (h *health) rise(session io.Closer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.session, h.told = session, false
	clear(h.suspects)
	h.up.Store(true)
	nudge(h.changed)
}

// fall notes that something failed, and ends the session. It tells whether that is news: whether the place was up before, or nothing was known.
func (h *health) fall(queues []string) (news bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, q := range queues {
		if len(h.suspects) < mostSuspects {
			h.suspects[q] = struct{}{}
		}
	}
	if h.up.Swap(false) {
		nudge(h.changed)
		_ = h.session.Close() // it is given up
	}
	news = !h.told
	h.told = true
	return news
}

// suspected are the queues that are to be probed.
func (h *health) suspected() (queues []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for q := range h.suspects {
		queues = append(queues, q)
	}
	return queues
}
