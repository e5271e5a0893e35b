package exchange

import (
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// taskID tells published references apart; run ids are unique by themselves.
type taskID struct {
	run       orchestration.RunID
	scheduled orchestration.EventID
	attempt   int32
}

func idOf(ref *matching.Reference) taskID {
	return taskID{run: ref.Run.RunID, scheduled: ref.ScheduledEventID, attempt: ref.Attempt}
}

// outbox is what this node has published and what did not settle yet. Only the exchange's own goroutine uses it.
type outbox struct {
	published map[taskID]publication
	due       []dueTask // in the order of their times
	queues    map[matching.Key]*outQueue
}

// publication is where a reference was sent, 0: to the shared place, and when.
type publication struct {
	key  matching.Key
	node orchestration.NodeID
	at   time.Time
}

type dueTask struct {
	id taskID
	at time.Time
}

// outQueue counts what is published of one queue.
type outQueue struct {
	total int
	by    map[orchestration.NodeID]int
	more  bool // others wait, or will
}

func newOutbox() *outbox {
	return &outbox{published: make(map[taskID]publication), queues: make(map[matching.Key]*outQueue)}
}

// queue is the counts of a queue, for changing them.
func (o *outbox) queue(key matching.Key) *outQueue {
	q := o.queues[key]
	if q == nil {
		q = &outQueue{by: make(map[orchestration.NodeID]int, 1)}
		o.queues[key] = q
	}
	return q
}

// at is how many references of a queue are on their way to a node.
func (o *outbox) at(key matching.Key, node orchestration.NodeID) int {
	if q := o.queues[key]; q != nil {
		return q.by[node]
	}
	return 0
}

// total is how many references of a queue are published.
func (o *outbox) total(key matching.Key) int {
	if q := o.queues[key]; q != nil {
		return q.total
	}
	return 0
}

// put notes a publication, in place of an earlier one of the same task.
func (o *outbox) put(ref *matching.Reference, node orchestration.NodeID, now time.Time) {
	id := idOf(ref)
	o.take(id)
	o.published[id] = publication{key: ref.Key, node: node, at: now}
	o.due = append(o.due, dueTask{id: id, at: now})
	q := o.queue(ref.Key)
	q.total++
	q.by[node]++
}

// take forgets a publication and tells which one it was.
func (o *outbox) take(id taskID) (publication, bool) {
	p, ok := o.published[id]
	if !ok {
		return p, false
	}
	delete(o.published, id)
	q := o.queues[p.key]
	q.total--
	if q.by[p.node]--; q.by[p.node] <= 0 {
		delete(q.by, p.node)
	}
	o.prune(p.key)
	return p, true
}

// watch notes whether a queue is to be looked at again.
func (o *outbox) watch(key matching.Key, more bool) {
	if more || o.queues[key] != nil {
		o.queue(key).more = more
		o.prune(key)
	}
}

func (o *outbox) prune(key matching.Key) {
	if q := o.queues[key]; q.total == 0 && !q.more {
		delete(o.queues, key)
	}
}

// overdue forgets what was published before the given time, and yields the queues of it.
func (o *outbox) overdue(before time.Time) (keys []matching.Key) {
	n := 0
	for ; n < len(o.due) && o.due[n].at.Before(before); n++ {
		d := o.due[n]
		if p, ok := o.published[d.id]; ok && p.at.Equal(d.at) {
			o.take(d.id)
			keys = append(keys, p.key)
		}
	}
	if o.due = o.due[n:]; len(o.due) == 0 {
		o.due = nil // its array was as long as the busiest moment
	}
	return keys
}

// reset forgets every publication, and yields the queues that it had any of.
func (o *outbox) reset() (keys []matching.Key) {
	for id, p := range o.published {
		o.take(id)
		keys = append(keys, p.key)
	}
	o.due = nil
	return keys
}

// watched are the queues that are to be looked at again.
func (o *outbox) watched() (keys []matching.Key) {
	for key, q := range o.queues {
		if q.more {
			keys = append(keys, key)
		}
	}
	return keys
}
