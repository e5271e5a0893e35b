package matching

import (
	"container/heap"
	"time"
)

// Selection says which waiting references the exchange wants for other nodes.
type Selection struct {
	Most  int           // how many
	Again time.Duration // also those that were published, but so long ago; 0: all
	Older time.Duration // only those that have been ready for so long
}

// Publishable is what of this node waits in a queue, best first, and notes it as published now. Nothing is while polls wait here: they are served
// first. It stays here all the same: who starts it first has it.
//
// more tells that other references wait or will be older, and that the exchange is to look again by itself. Without it Waiting tells when there is more.
func (qs *Queues[T]) Publishable(key Key, s Selection) (refs []Reference, more bool) {
	q := qs.peek(key)
	if q == nil {
		return nil, false
	}
	defer q.mu.Unlock()
	now := qs.clock()
	q.wanted = now
	if q.pollers.length == 0 {
		refs, more = q.refs.publish(s, now)
	}
	q.hints.waiting = more
	q.read(now)
	return refs, more
}

func (r *references) publish(s Selection, now time.Time) (refs []Reference, more bool) {
	published := now.Add(-s.Again).UnixNano()
	r.waiting.best(func(e *entry) bool {
		switch {
		case e.published && e.at > published: // on its way: the exchange knows when to look at it again
		case len(refs) >= s.Most:
			more = true
			return false
		case s.Older > 0 && now.Sub(e.ref.ReadyAt) < s.Older:
			more = true
		default:
			if !e.published {
				e.published = true
				r.out++
			}
			e.at = now.UnixNano()
			refs = append(refs, e.ref)
		}
		return true
	})
	return refs, more
}

// best visits entries in their order until f is false, and leaves them where they are. O(k log k) for k visits.
func (d dispatchOrder) best(f func(*entry) bool) {
	if len(d) == 0 {
		return
	}
	next := frontier{of: d, at: []int{0}}
	for len(next.at) > 0 {
		i := heap.Pop(&next).(int)
		if !f(d[i]) {
			return
		}
		for child := 2*i + 1; child <= 2*i+2 && child < len(d); child++ {
			heap.Push(&next, child)
		}
	}
}

// frontier is the positions in a heap whose parents were visited; it is a heap itself.
type frontier struct {
	of dispatchOrder
	at []int
}

func (f *frontier) Len() int           { return len(f.at) }
func (f *frontier) Less(i, j int) bool { return f.of[f.at[i]].before(f.of[f.at[j]]) }
func (f *frontier) Swap(i, j int)      { f.at[i], f.at[j] = f.at[j], f.at[i] }
func (f *frontier) Push(x any)         { f.at = append(f.at, x.(int)) }
func (f *frontier) Pop() any {
	last := f.at[len(f.at)-1]
	f.at = f.at[:len(f.at)-1]
	return last
}
