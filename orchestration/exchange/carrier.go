package exchange

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/matching"
)

const (
	mostMoves = 1000             // references in one call of Publish or Withdraw
	mostPops  = 500              // queues in one call of Pop
	noteFor   = 30 * time.Second // a queue for which this node is noted as idle is popped again after this: notes expire in the shared place
	pruneFrom = 2 * noteFor

	popSoon = 100 * time.Millisecond // when to pop a queue with a rate limit again, or after an error: between these
	popLate = 5 * time.Second
)

// carrier is the goroutine that talks to the shared place, so that nothing else waits for it. It publishes and withdraws what the exchange decides, and
// pops for the queues of this node.
type carrier struct {
	x    *Exchange
	wake chan struct{} // of one

	mu    sync.Mutex
	moves map[taskID]move       // the latest of each task
	hints map[matching.Key]hint // to pop
	flush bool                  // the notes may be lost

	// Of the goroutine alone.
	notes  map[matching.Key]note
	later  map[matching.Key]time.Time // to pop without a hint
	pruned time.Time
}

// hint is why a queue is to be popped; of several the strongest counts.
type hint uint8

const (
	maybe hint = iota // it may want something: unless this node is noted as idle for it
	must              // whatever was noted
	woken             // the shared place has something, and has forgotten the note
)

// move is what is to become of a reference in the shared place.
type move struct {
	ref     matching.Reference
	publish bool // else: withdraw
}

// note is that this node is noted as idle for a queue: it is woken when there is something.
type note struct {
	at      time.Time
	backoff time.Duration // of a queue with a rate limit, which nothing wakes for a token
}

func newCarrier(x *Exchange) *carrier {
	return &carrier{
		x: x, wake: make(chan struct{}, 1), moves: make(map[taskID]move), hints: make(map[matching.Key]hint),
		notes: make(map[matching.Key]note), later: make(map[matching.Key]time.Time),
	}
}

func (c *carrier) publish(ref matching.Reference)  { c.move(move{ref: ref, publish: true}) }
func (c *carrier) withdraw(ref matching.Reference) { c.move(move{ref: ref}) }

func (c *carrier) move(m move) {
	c.mu.Lock()
	c.moves[idOf(&m.ref)] = m
	c.mu.Unlock()
	nudge(c.wake)
}

// pop has a queue popped for as much as it wants.
func (c *carrier) pop(key matching.Key, why hint) {
	c.mu.Lock()
	c.hints[key] = max(c.hints[key], why)
	c.mu.Unlock()
	nudge(c.wake)
}

// reset forgets what was noted before: the shared place may have.
func (c *carrier) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flush = true
}

func nudge(wake chan struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}

func (c *carrier) run(ctx context.Context) {
	timer := time.NewTimer(popLate)
	defer timer.Stop()
	wakes := c.x.shared.Woken()
	for {
		select {
		case <-ctx.Done():
			return
		case key := <-wakes:
			c.pop(key, woken)
		case <-c.wake:
			moves, hints := c.take()
			c.carry(ctx, moves)
			c.fetch(ctx, hints)
		case <-timer.C:
			c.fetch(ctx, nil)
		}
		timer.Reset(c.next())
	}
}

// take is what there is to do; nothing while the shared place is down.
func (c *carrier) take() (map[taskID]move, map[matching.Key]hint) {
	c.mu.Lock()
	defer c.mu.Unlock()
	moves, hints := c.moves, c.hints
	c.moves, c.hints = make(map[taskID]move), make(map[matching.Key]hint)
	if c.flush {
		c.flush = false
		clear(c.notes)
		clear(c.later)
	}
	if !c.x.up.Load() {
		return nil, nil
	}
	return moves, hints
}

// next is how long until a queue is to be popped without a hint.
func (c *carrier) next() time.Duration {
	now, d := c.x.now(), popLate
	for _, at := range c.later {
		d = min(d, max(0, at.Sub(now)))
	}
	return d
}

// carry publishes and withdraws. What fails is published again when it did not settle, or expires.
func (c *carrier) carry(ctx context.Context, moves map[taskID]move) {
	var publish, withdraw []matching.Reference
	for _, m := range moves {
		if m.publish {
			publish = append(publish, m.ref)
		} else {
			withdraw = append(withdraw, m.ref)
		}
	}
	for refs := range slices.Chunk(publish, mostMoves) {
		c.report("publish", c.x.shared.Publish(ctx, refs))
	}
	for refs := range slices.Chunk(withdraw, mostMoves) {
		c.report("withdraw", c.x.shared.Withdraw(ctx, refs))
	}
}

func (c *carrier) report(what string, err error) {
	if err != nil {
		c.x.log.Debug("the shared place of task references failed", "node", c.x.node, "call", what, "error", err)
	}
}

// fetch pops for the hinted queues and for those that are due.
func (c *carrier) fetch(ctx context.Context, hints map[matching.Key]hint) {
	if !c.x.up.Load() {
		return
	}
	now := c.x.now()
	c.prune(now)
	var wants []Want
	for key, why := range hints {
		if w, ok := c.want(key, why, now); ok {
			wants = append(wants, w)
		}
	}
	for key, at := range c.later {
		if at.After(now) {
			continue
		}
		if w, ok := c.want(key, must, now); ok {
			wants = append(wants, w)
		}
	}
	for some := range slices.Chunk(wants, mostPops) {
		c.popAll(ctx, some)
	}
}

// want is how much a queue wants; not ok: nothing, or it is to be told when there is something. A queue that was woken for nothing says so, lest others
// wait for it.
func (c *carrier) want(key matching.Key, why hint, now time.Time) (w Want, ok bool) {
	n, noted := c.notes[key]
	if noted && why == maybe && now.Sub(n.at) < noteFor {
		return w, false
	}
	delete(c.later, key)
	a := c.x.queues.Hunger(key)
	w = Want{Key: key, PerSecond: a.Limit}
	if a.Limit != 0 && a.Idle >= 0 && a.Idle <= presentFor {
		w.N = a.Polls
		if a.Out == 0 { // else it might pop what it has published itself
			w.N = max(w.N, a.Spare-a.Imports)
		}
		w.N = min(w.N, wanted(a))
	}
	if w.N > 0 {
		return w, true
	}
	w.N = 0
	delete(c.notes, key)
	return w, why == woken
}

func (c *carrier) popAll(ctx context.Context, wants []Want) {
	refs, held, err := c.x.shared.Pop(ctx, wants)
	now := c.x.now()
	if err != nil {
		c.report("pop", err)
		for _, w := range wants {
			delete(c.notes, w.Key)
			c.later[w.Key] = now.Add(popLate)
		}
		return
	}
	got := make(map[matching.Key]int, len(wants))
	for i := range refs {
		got[refs[i].Key]++
	}
	c.x.queues.Import(c.x.foreign(refs), true)
	for _, key := range held {
		c.x.queues.Held(key)
	}
	for _, w := range wants {
		c.popped(w, got[w.Key], now)
	}
}

// popped notes the outcome of a pop. A queue that got all it wanted may want more; one that did not is told when there is something, but not when its
// rate limit lets it have something.
func (c *carrier) popped(w Want, got int, now time.Time) {
	if got >= w.N {
		delete(c.notes, w.Key)
		if w.N > 0 {
			c.pop(w.Key, maybe)
		}
		return
	}
	n := note{at: now}
	if w.PerSecond > 0 {
		n.backoff = max(popSoon, c.notes[w.Key].backoff*2)
		if got > 0 {
			n.backoff = max(popSoon, time.Duration(float64(time.Second)/w.PerSecond))
		}
		n.backoff = min(n.backoff, popLate)
		c.later[w.Key] = now.Add(n.backoff)
	}
	c.notes[w.Key] = n
}

// prune forgets notes of queues that are not asked for any more.
func (c *carrier) prune(now time.Time) {
	if now.Sub(c.pruned) < pruneFrom {
		return
	}
	c.pruned = now
	for key, n := range c.notes {
		if now.Sub(n.at) >= pruneFrom {
			delete(c.notes, key)
		}
	}
}
