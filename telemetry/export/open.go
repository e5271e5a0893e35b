package export

import (
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/telemetry/trace"
)

// mostOpen bounds how many open runs are remembered.
const mostOpen = 10_000

// openRuns remembers open runs that have moved since they were last sent. It is a hint: what is forgotten is sent with the close.
type openRuns struct {
	mu    sync.Mutex
	moved map[orchestration.RunKey]*openRun
}

// openRun is how far an open run is sent.
type openRun struct {
	place orchestration.TraceContext
	sent  int  // spans; a longer history begins with the same ones
	fresh bool // it has moved since
	idle  int  // looks since it has
}

func newOpenRuns() *openRuns { return &openRuns{moved: map[orchestration.RunKey]*openRun{}} }

// Open hears of a commit of a run that is open. It never waits. Runs that are younger than Config.OpenAfter are not remembered.
func (r *Room) Open(key orchestration.RunKey, place orchestration.TraceContext, started time.Time) {
	if r.c.Now().Sub(started) < r.c.OpenAfter {
		return
	}
	o := r.open
	o.mu.Lock()
	defer o.mu.Unlock()
	if run := o.moved[key]; run != nil {
		run.fresh, run.idle = true, 0
		return
	}
	if len(o.moved) >= mostOpen {
		r.unsaid.Add(1)
		return
	}
	o.moved[key] = &openRun{place: place, fresh: true}
}

// forgetAfter is after how many looks without a change an open run is forgotten.
const forgetAfter = 60

// due are the runs that have moved since they were looked at.
func (o *openRuns) due() map[orchestration.RunKey]openRun {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := map[orchestration.RunKey]openRun{}
	for key, run := range o.moved {
		if run.fresh {
			out[key] = *run
			run.fresh = false
		} else if run.idle++; run.idle > forgetAfter {
			delete(o.moved, key)
		}
	}
	return out
}

// done notes how many spans of a run were sent; negative: it is to be forgotten.
func (o *openRuns) done(key orchestration.RunKey, sent int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if run := o.moved[key]; run != nil && sent >= 0 {
		run.sent = sent
	} else {
		delete(o.moved, key)
	}
}

// openLoop sends what open runs have done, each so often. What fails is not tried again: the close sends all.
func (r *Room) openLoop() {
	for r.ctx.Err() == nil {
		r.rest(r.c.OpenAfter)
		for key, run := range r.open.due() {
			if r.ctx.Err() != nil || !r.c.Serves(key.Shard()) {
				r.open.done(key, -1)
				continue
			}
			r.open.done(key, r.sendOpen(key, run))
		}
	}
}

// sendOpen sends the spans of an open run that were not sent before, and returns how many are sent now; -1 when it has closed, which is the other loop's, or
// cannot be sent.
func (r *Room) sendOpen(key orchestration.RunKey, run openRun) int {
	spans, err := r.derive(key, run.place)
	if err != nil || trace.Complete(spans) {
		return -1
	}
	for sent := min(run.sent, len(spans)); sent < len(spans); sent += pageSpans {
		if err := r.deliver(spans[sent:min(len(spans), sent+pageSpans)]); err != nil {
			r.warn("what an open run has done is not sent before it closes", err, "workflow_id", key.WorkflowID)
			return -1
		}
	}
	return len(spans)
}
