package history

import (
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Sendable derives the effects that are to be sent now, in the order of their decision: what recovery sends again. One that backs off is not
// among them, also when that is over: Fire announces it.
func (r *Run) Sendable() (out []orchestration.EventID) {
	for _, id := range r.effectIDs() {
		if r.effects[id].sendable() {
			out = append(out, id)
		}
	}
	return out
}

// Effect is an effect that is to be sent now; ok is false when it is not, or not any more.
func (r *Run) Effect(id orchestration.EventID) (out Effect, ok bool) {
	e := r.effects[id]
	if e == nil || !e.sendable() {
		return out, false
	}
	out = Effect{ID: e.ID, Kind: e.Kind, Target: e.target().Run(e.RunID), Tries: e.Tries, From: e.From, Origin: e.Origin}
	if out.Origin.IsZero() {
		out.Origin = r.Key.RunID
	}
	return out, true
}

// Back-off of effects that had no final answer.
const (
	firstEffectPause = 200 * time.Millisecond
	maxEffectPause   = time.Minute
)

// effectPause is how long an effect waits after so many tries, spread by a fifth to either side as jitter, from 0 to 1, says.
func effectPause(tries int32, jitter float64) time.Duration {
	pause := maxEffectPause
	if tries < 10 { // 200 ms · 2^9 is past the cap
		pause = min(firstEffectPause<<(tries-1), maxEffectPause)
	}
	return time.Duration(float64(pause) * (0.8 + 0.4*jitter))
}

// PutOffEffect records that an effect had no final answer: it is sent again after a pause. Jitter is from 0 to 1. An effect that has ended meanwhile, or
// was put off already, changes nothing.
func (r *Run) PutOffEffect(id orchestration.EventID, jitter float64, now time.Time) Transition {
	e := r.effects[id]
	if e == nil || !e.sendable() {
		return Transition{}
	}
	s := r.begin(now)
	e.Tries++
	e.Due, e.Waiting = instantOf(s.now).after(effectPause(e.Tries, jitter)), true
	r.touchEffect(id)
	s.out.Changed = true
	return s.finish()
}

// ringEffect ends an effect's back-off.
func (s *step) ringEffect(e *effect) {
	e.Waiting = false
	s.run.touchEffect(e.ID)
	s.out.Effects = append(s.out.Effects, e.ID)
	s.out.Changed = true
}

// Outcome is the final answer of an effect's target.
type Outcome uint8

// The outcomes.
const (
	EffectDone        Outcome = iota + 1 // it is recorded, by this request or by an earlier one of the same key
	EffectNoWorkflow                     // there is no such run, or it is closed, or it is no child of the source
	EffectExists                         // StartChild: the workflow id is taken
	EffectNoNamespace                    // the namespace is unknown
	EffectTooMany                        // SignalExternal: the target takes no more signals
)

// EndEffect records the final answer to an effect, and what workflow code is to know of it. A repetition changes nothing.
func (r *Run) EndEffect(id orchestration.EventID, outcome Outcome, now time.Time) Transition {
	e := r.effects[id]
	if e == nil {
		return Transition{}
	}
	s := r.begin(now)
	s.removeEffect(e)
	if r.Header.running() {
		switch e.Kind {
		case StartChild:
			s.endStart(r.children[id], outcome)
		case SignalExternal:
			s.emit(r.externals[id].signaled(outcome))
		case CancelExternal:
			s.emit(r.externals[id].canceled(outcome))
		}
	}
	return s.finish()
}
