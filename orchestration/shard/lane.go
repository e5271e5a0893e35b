package shard

import (
	"context"
	"runtime"
	"sync"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Bounds of one batch.
const (
	batchRuns  = 512
	batchBytes = 4 << 20
)

// lane is one committer: one goroutine, one fence, one batch in flight. There is no timer: when idle a transition costs one commit, and under
// load batches grow by themselves.
type lane struct {
	o     *Owner
	fence store.Fence // used by commitLoop alone

	timers *timers    // of the workflows of this lane
	bulk   sync.Mutex // held by whoever locks more than one workflow of this lane

	mu    sync.Mutex
	cond  sync.Cond // broadcast when queue, jobs or busy change
	queue []*workflow
	jobs  []func() // run between batches, by commitLoop
	busy  int      // batches and jobs taken and not yet settled with all their effects
	taken uint64   // workflows taken off the queue so far
	past  uint64   // how many of them are settled, with all their effects: the first ones, for batches end in order
	ended bool

	effects chan settled // in order of commit
}

// settled is a batch that is stored or refused, with the effects that are to come of it.
type settled struct {
	flights []flight
	taken   uint64 // the lane's count after it
}

func newLane(o *Owner, fence store.Fence) *lane {
	l := &lane{o: o, fence: fence, timers: newTimers(), effects: make(chan settled, 4)}
	l.cond.L = &l.mu
	context.AfterFunc(o.ctx, func() {
		l.mu.Lock()
		l.ended = true
		l.mu.Unlock()
		l.cond.Broadcast()
	})
	return l
}

// wake has those who wait look again, also one who is about to.
func (l *lane) wake() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cond.Broadcast()
}

// enqueue has the workflow drained into the next batch. The caller holds wf.mu; nothing happens when nothing is to be committed.
func (o *Owner) enqueue(wf *workflow) {
	if wf.dead || (wf.queued && !wf.lazy) || wf.tip == wf.flying {
		return
	}
	wf.queued, wf.lazy = true, false
	l := wf.lane
	l.mu.Lock()
	l.queue = append(l.queue, wf)
	l.mu.Unlock()
	l.cond.Broadcast()
}

// between runs f in the lane's goroutine while nothing is in flight.
func (l *lane) between(f func()) {
	l.mu.Lock()
	l.jobs = append(l.jobs, f)
	l.mu.Unlock()
	l.cond.Broadcast()
}

// idle waits until nothing is queued, in flight or waiting for its effects, or until ctx ends.
func (l *lane) idle(ctx context.Context) {
	defer context.AfterFunc(ctx, l.wake)()
	l.mu.Lock()
	defer l.mu.Unlock()
	for (len(l.queue) > 0 || len(l.jobs) > 0 || l.busy > 0) && ctx.Err() == nil && !l.ended {
		l.cond.Wait()
	}
}

// catchUp waits until what is queued or in flight now is settled with all its effects. What comes later is not waited for.
// Errors: ctx's, or why the owner stopped.
func (l *lane) catchUp(ctx context.Context) error {
	defer context.AfterFunc(ctx, l.wake)()
	l.mu.Lock()
	defer l.mu.Unlock()
	for upTo := l.taken + uint64(len(l.queue)); l.past < upTo; l.cond.Wait() {
		if l.ended {
			return context.Cause(l.o.ctx)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// take waits for work and takes at most one batch of it.
func (l *lane) take() (batch []*workflow, jobs []func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.queue) == 0 && len(l.jobs) == 0 && !l.ended {
		l.cond.Wait()
	}
	if l.ended {
		return nil, nil, false
	}
	l.gather()
	n := min(len(l.queue), batchRuns)
	batch = append(batch, l.queue[:n]...)
	l.queue = append(l.queue[:0], l.queue[n:]...)
	clear(l.queue[len(l.queue):cap(l.queue)])
	jobs, l.jobs = l.jobs, nil
	l.busy++
	l.taken += uint64(n)
	return batch, jobs, true
}

// gather lets those come along that are about to queue: it gives way while that makes the queue grow. There is no timer in it: when nobody is ready
// to run it costs nothing. The caller holds l.mu.
func (l *lane) gather() {
	for before := 0; before < len(l.queue) && len(l.queue) < batchRuns; {
		before = len(l.queue)
		l.mu.Unlock()
		runtime.Gosched()
		l.mu.Lock()
	}
}

// untake puts workflows that did not fit a batch back to the front of the queue.
func (l *lane) untake(rest []*workflow) {
	l.mu.Lock()
	l.queue = append(append([]*workflow(nil), rest...), l.queue...)
	l.taken -= uint64(len(rest))
	l.mu.Unlock()
}

func (l *lane) done(taken uint64) {
	l.mu.Lock()
	l.busy--
	l.past = taken
	l.mu.Unlock()
	l.cond.Broadcast()
}

// commitLoop drains, commits and settles one batch after the other.
func (l *lane) commitLoop() {
	defer close(l.effects)
	for {
		batch, jobs, ok := l.take()
		if !ok {
			l.abandonQueued()
			return
		}
		for _, job := range jobs {
			job()
		}
		flights := l.drainAll(batch)
		if len(flights) > 0 {
			l.commit(flights)
		}
		for i := range flights {
			l.o.settle(&flights[i])
		}
		l.effects <- settled{flights, l.taken} // which this goroutine alone changes
	}
}

// effectLoop performs, in order of commit, what had to wait for it, beside the commit of the next batch.
func (l *lane) effectLoop() {
	for s := range l.effects {
		for i := range s.flights {
			s.flights[i].finish()
		}
		l.o.shrink(len(s.flights))
		l.done(s.taken)
	}
}

// drainAll turns workflows into writes until the batch is full. A workflow that cannot be encoded is abandoned alone.
func (l *lane) drainAll(batch []*workflow) []flight {
	flights := make([]flight, 0, len(batch))
	bytes := 0
	for i, wf := range batch {
		if bytes > batchBytes {
			l.untake(batch[i:])
			break
		}
		f, ok := l.o.drain(wf)
		if !ok {
			continue
		}
		for j := range f.write.Runs {
			bytes += len(f.write.Runs[j].State)
			for _, b := range f.write.Runs[j].History {
				bytes += len(b.Events)
			}
		}
		flights = append(flights, f)
	}
	return flights
}

// abandonQueued answers whoever waits on a workflow that will not be committed any more.
func (l *lane) abandonQueued() {
	for _, wf := range l.o.cache.all() {
		if wf.lane == l {
			wf.mu.Lock()
			l.o.abandon(wf, context.Cause(l.o.ctx), rescueSoon)
			wf.mu.Unlock()
		}
	}
}
