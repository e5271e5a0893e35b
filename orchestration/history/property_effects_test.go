package history

import (
	"fmt"

	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration"
)

// effectCommands are lines of commands that reach other runs: few targets, so that effects wait for each other.
func effectCommands(t *rapid.T) []string {
	id := rapid.SampledFrom([]string{"c1", "c2", "c3"}).Draw(t, "other workflow")
	return []string{
		fmt.Sprintf("child %s policy=terminate", id),
		fmt.Sprintf("child %s policy=cancel input=%s", id, drawText(t)),
		fmt.Sprintf("child %s policy=abandon namespace=abroad", id),
		fmt.Sprintf("child %s namespace=nowhere", id),
		fmt.Sprintf("signal-external %s name=s control=x", id),
		fmt.Sprintf("signal-external %s name=s namespace=nowhere", id),
		fmt.Sprintf("cancel-external %s child-only", id),
		fmt.Sprintf("cancel-external %s namespace=nowhere", id),
	}
}

// effectID draws an effect that is to be sent, one that waits, or an event that is none.
func (w *wild) effectID() orchestration.EventID {
	ids := append(w.run.effectIDs(), 1)
	return rapid.SampledFrom(ids).Draw(w.T, "effect")
}

// endEffect answers an effect at random. Only one that is to be sent can have an answer, and old answers may come again.
func (w *wild) endEffect() {
	id := w.effectID()
	if e := w.run.effects[id]; e != nil && !e.sendable() && !e.Waiting {
		return
	}
	outcome := rapid.SampledFrom([]Outcome{EffectDone, EffectDone, EffectNoWorkflow, EffectExists, EffectTooMany}).Draw(w.T, "outcome")
	w.do(func(r *Run) answer { return answer{Transition: r.EndEffect(id, outcome, w.now)} })
}

func (w *wild) putOffEffect() {
	id, jitter := w.effectID(), rapid.Float64Range(0, 1).Draw(w.T, "jitter")
	w.do(func(r *Run) answer { return answer{Transition: r.PutOffEffect(id, jitter, w.now)} })
}

// childClosed has a child tell its end, which may overtake the answer to its start and come again.
func (w *wild) childClosed() {
	in := ChildClosed{RunID: orchestration.RunID{0xce}, First: orchestration.RunID{1}}
	for id := int64(1); id < w.run.Header.NextEventID; id++ {
		c, e := w.run.children[id], w.run.effects[id]
		switch {
		case e != nil && (e.Kind != StartChild || e.Due == 0) || c == nil && e == nil || !rapid.Bool().Draw(w.T, "this child"):
			continue
		case c != nil:
			in.Initiated, in.First = id, c.RunID
		default:
			in.Initiated, in.First = id, e.RunID
		}
		break
	}
	end := rapid.SampledFrom([]string{"completed result=1", "failed message=no", "canceled", "timed-out", "terminated"}).Draw(w.T, "end")
	in.Close = closingEvent(nil, parseLine(nil, "child-closed 0 "+end))
	w.do(func(r *Run) answer { return answer{Transition: r.ChildClosed(in, w.now)} })
}

// childRuns are ids for the children of one completion.
func (w *wild) childRuns() (ids []orchestration.RunID) {
	for range 5 {
		w.serial++
		ids = append(ids, childRun(w.serial))
	}
	return ids
}
