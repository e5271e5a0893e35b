package engine

import (
	"context"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// courier sends effects of this node's runs to their targets, here or at other nodes. It decides nothing: what it loses is in the state of the runs, and is
// sent again by whoever recovers them.
//
//	shard, after the commit ─ Send ─▶ queue ─▶ up to couriers rounds at a time: effects of one run
//	                                             look    what they are, in a turn of the run
//	                                             deliver an ordinary verb at each target, all of the round at the same time
//	                                             report  their outcomes, in as few turns of the run as they come in
type courier struct {
	mu      sync.Mutex
	engine  *Engine // nil: not begun
	queue   []round
	running int
}

// round is what is done at a time: some effects of one run.
type round struct {
	run     orchestration.RunKey
	effects []orchestration.EventID
}

const (
	couriers     = 16          // rounds under way
	roundEffects = 32          // of a round
	sendAgain    = time.Second // how long a round waits whose run could not be asked
)

// Send queues effects of a run. It never blocks.
func (c *courier) Send(run orchestration.RunKey, effects []orchestration.EventID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(effects) > 0 {
		if n := len(c.queue); n > 0 && c.queue[n-1].run == run && len(c.queue[n-1].effects) < roundEffects {
			last := &c.queue[n-1]
			most := min(roundEffects-len(last.effects), len(effects))
			last.effects = append(last.effects, effects[:most]...)
			effects = effects[most:]
			continue
		}
		c.queue = append(c.queue, round{run: run, effects: make([]orchestration.EventID, 0, min(roundEffects, len(effects)))})
	}
	c.work()
}

// begin has the courier work for an engine, which can serve from now on.
func (c *courier) begin(e *Engine) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.engine = e
	c.work()
}

// work has as many workers running as there is work for. The caller holds c.mu.
func (c *courier) work() {
	for c.engine != nil && c.running < min(couriers, len(c.queue)) {
		c.running++
		if !c.engine.background.do(c.workUntilDone) {
			c.running, c.queue = 0, nil // the engine has ended
			return
		}
	}
}

// workUntilDone takes one round after the other.
func (c *courier) workUntilDone(ctx context.Context) {
	for {
		r, ok := c.next(ctx)
		if !ok {
			return
		}
		c.engine.sendRound(ctx, r)
	}
}

func (c *courier) next(ctx context.Context) (r round, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) == 0 || ctx.Err() != nil {
		c.running--
		return r, false
	}
	r = c.queue[0]
	c.queue[0] = round{}
	c.queue = c.queue[1:]
	return r, true
}

// again queues a round after a while.
func (c *courier) again(r round) {
	time.AfterFunc(sendAgain, func() { c.Send(r.run, r.effects) })
}
