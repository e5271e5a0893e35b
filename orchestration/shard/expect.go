package shard

import (
	"slices"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// Expectation is a caller's wait for a workflow update. It lives in memory only.
type Expectation struct {
	run orchestration.RunID
	id  string
	// News yields each stage that the update reaches, once it is committed. Unknown and not aborted: this owner has lost the update, look again.
	News chan history.UpdateNews
}

// give tells the caller. What it does not take is no more than one stage on the way to the last.
func (x *Expectation) give(n history.UpdateNews) {
	select {
	case x.News <- n:
	default:
	}
}

// Expect has the caller told what becomes of an update of the run. Errors: ResourceExhausted.
func (tx *Tx) Expect(r *Run, id string) (*Expectation, error) {
	if len(tx.wf.expected) >= maxWatchers {
		return nil, busy("long polls", maxWatchers)
	}
	x := &Expectation{run: r.Key.RunID, id: id, News: make(chan history.UpdateNews, 3)} // accepted, its end, and lost
	tx.wf.expected = append(tx.wf.expected, x)
	return x, nil
}

// GiveUp drops an expectation that nobody waits for any more.
func (o *Owner) GiveUp(key orchestration.WorkflowKey, x *Expectation) {
	wf, err := o.lock(o.ctx, key)
	if err != nil {
		return // it has gone with the workflow's memory
	}
	defer wf.mu.Unlock()
	wf.keep(func(other *Expectation) bool { return other != x })
	o.vacate(wf)
}

// keep drops the expectations that are not wanted.
func (wf *workflow) keep(wanted func(*Expectation) bool) {
	rest := wf.expected[:0]
	for _, x := range wf.expected {
		if wanted(x) {
			rest = append(rest, x)
		}
	}
	clear(wf.expected[len(rest):])
	wf.expected = rest
}

// tell has those who wait for updates of a run learn, after the commit, what became of them: of each update how far it has come with it.
func (tx *Tx) tell(r *Run, all []history.UpdateNews) {
	for i, n := range all {
		if slices.ContainsFunc(all[i+1:], func(later history.UpdateNews) bool { return later.ID == n.ID }) {
			continue
		}
		last := n.Stage == history.UpdateCompleted || n.Aborted
		tx.wf.keep(func(x *Expectation) bool {
			if x.run != r.Key.RunID || x.id != n.ID {
				return true
			}
			tx.After(func(err error) {
				if err != nil {
					x.give(history.UpdateNews{ID: x.id})
					return
				}
				x.give(n)
			})
			return !last
		})
	}
}

// disappoint tells all who wait that this owner cannot say any more.
func (wf *workflow) disappoint() {
	for _, x := range wf.expected {
		x.give(history.UpdateNews{ID: x.id})
	}
	wf.expected = nil
}
