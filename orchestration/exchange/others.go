package exchange

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// others is what the other nodes said they want. Queues ask it with their mutex held, so it calls nobody.
type others struct {
	mu     sync.RWMutex
	nodes  map[orchestration.NodeID]*speaker
	queues map[matching.Key]map[orchestration.NodeID]wish
}

// speaker is how far a node was understood.
type speaker struct {
	seq   uint64
	heard time.Time
}

// wish is what one node wants of one queue.
type wish struct {
	want int
	busy bool
	idle time.Duration // at the time at
	at   time.Time
}

// eager tells that a node's polls wait.
func (w wish) eager() bool { return w.want > 0 && !w.busy }

// polled estimates how long ago the node was last polled. That a poll waits holds until the next sign of life is due.
func (w wish) polled(heard, now time.Time) time.Duration {
	if w.idle == 0 {
		return max(0, now.Sub(heard)-refreshEvery)
	}
	return w.idle + now.Sub(w.at)
}

// customer is another node that polls a queue.
type customer struct {
	node orchestration.NodeID
	wish
}

func newOthers() *others {
	return &others{nodes: make(map[orchestration.NodeID]*speaker), queues: make(map[matching.Key]map[orchestration.NodeID]wish)}
}

// hear takes a node's gossip in. changed are the queues that it says something about; lost tells that an earlier message is missing: it has to be asked.
func (o *others) hear(from orchestration.NodeID, g gossip, now time.Time) (changed []matching.Key, lost bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.nodes[from]
	if s == nil {
		s = &speaker{heard: now}
		o.nodes[from] = s
	}
	switch {
	case g.Seq < s.seq: // an older one that was late
		return nil, false
	case g.Whole:
		changed = o.drop(from, g.Queues)
	case g.Seq == s.seq:
		s.heard = now
		return nil, false
	case g.Seq > s.seq+1 || len(g.Queues) == 0:
		return nil, true
	}
	s.seq, s.heard = g.Seq, now
	for _, n := range g.Queues {
		o.note(from, n, now)
		changed = append(changed, n.Queue.key())
	}
	return changed, false
}

// drop forgets what a node wants, and yields the queues that it wanted something of and that are not in the news.
func (o *others) drop(from orchestration.NodeID, except []news) (changed []matching.Key) {
	stays := make(map[matching.Key]bool, len(except))
	for _, n := range except {
		stays[n.Queue.key()] = true
	}
	for key, wishes := range o.queues {
		if _, there := wishes[from]; there && !stays[key] {
			o.forget(from, key)
			changed = append(changed, key)
		}
	}
	return changed
}

func (o *others) note(from orchestration.NodeID, n news, now time.Time) {
	key := n.Queue.key()
	if n.Gone {
		o.forget(from, key)
		return
	}
	if o.queues[key] == nil {
		o.queues[key] = make(map[orchestration.NodeID]wish, 1)
	}
	o.queues[key][from] = wish{want: min(max(n.Want, 0), mostWanted), busy: n.Busy, idle: n.Idle, at: now}
}

func (o *others) forget(from orchestration.NodeID, key matching.Key) {
	delete(o.queues[key], from)
	if len(o.queues[key]) == 0 {
		delete(o.queues, key)
	}
}

// expire forgets nodes that live no more or were not heard for long, and yields their queues. fresh are those of which nothing was ever heard.
func (o *others) expire(live []orchestration.NodeID, now time.Time) (changed []matching.Key, fresh []orchestration.NodeID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for id, s := range o.nodes {
		if !slices.Contains(live, id) || now.Sub(s.heard) > presentFor {
			delete(o.nodes, id)
			changed = append(changed, o.drop(id, nil)...)
		}
	}
	for _, id := range live {
		if o.nodes[id] == nil {
			fresh = append(fresh, id)
		}
	}
	return changed, fresh
}

// of is who wants something of a queue, by node id.
func (o *others) of(key matching.Key) []customer {
	o.mu.RLock()
	defer o.mu.RUnlock()
	wishes := o.queues[key]
	if len(wishes) == 0 {
		return nil
	}
	cs := make([]customer, 0, len(wishes))
	for _, id := range slices.Sorted(maps.Keys(wishes)) {
		cs = append(cs, customer{node: id, wish: wishes[id]})
	}
	return cs
}

// count is how many other nodes have pollers of a queue.
func (o *others) count(key matching.Key) int {
	o.mu.RLock()
	defer o.mu.RUnlock()
	return len(o.queues[key])
}

// polled tells whether another node was polled within the given time.
func (o *others) polled(key matching.Key, within time.Duration, now time.Time) bool {
	o.mu.RLock()
	defer o.mu.RUnlock()
	for id, w := range o.queues[key] {
		if w.polled(o.nodes[id].heard, now) <= within {
			return true
		}
	}
	return false
}
