package history

import (
	"cmp"
	"slices"

	"github.com/tenuto-io/tenuto/orchestration"
)

// effect is the item of something that the run has decided to do to another one, until that has answered. The whole item is live: what workflow
// code sees of it are events, and what they leave pending are children and externals.
type effect struct {
	ID         orchestration.EventID     `cbor:"1,keyasint"` // see Effect
	Kind       EffectKind                `cbor:"2,keyasint"`
	Namespace  orchestration.NamespaceID `cbor:"3,keyasint"` // of the target
	WorkflowID string                    `cbor:"4,keyasint"`
	RunID      orchestration.RunID       `cbor:"5,keyasint,omitzero"`
	Due        instant                   `cbor:"6,keyasint,omitempty"` // when it became sendable, or is to be sent again; unset: never sent, another one to its target is first
	Waiting    bool                      `cbor:"7,keyasint,omitempty"` // backs off until Due; Fire ends that
	Tries      int32                     `cbor:"8,keyasint,omitempty"` // that had no final answer
	From       string                    `cbor:"9,keyasint,omitempty"` // StartChild: the name of the run's own namespace
	Origin     orchestration.RunID       `cbor:"10,keyasint,omitzero"` // the run that decided it, of which this one is a reset; zero: this run
}

// EffectKind says what an effect does to its target. The values are part of the storage format.
type EffectKind uint8

// The kinds of effect.
const (
	StartChild     EffectKind = 1 // start a run as this one's child
	SignalExternal EffectKind = 2
	CancelExternal EffectKind = 3
	TerminateChild EffectKind = 4 // by its parent close policy
	CancelChild    EffectKind = 5 // by its parent close policy
	ReportClose    EffectKind = 6 // tell the parent how this run ended
	AskClose       EffectKind = 7 // have a child that has ended tell again how
)

// Effect is something that a run does to another one. Its key (Origin, ID) is what the target knows a repetition by.
type Effect struct {
	// ID is the event that decided it: Initiated, or with ReportClose the closing event. A parent close policy has none of its own: ID is then the
	// negative one of the child's Initiated event.
	ID     orchestration.EventID
	Kind   EffectKind
	Target orchestration.RunKey // with StartChild the run to begin, with a parent close policy the child's first run; without run id the current one
	Tries  int32                // so far, that had no final answer
	From   string               // with StartChild, the name of the run's own namespace
	Origin orchestration.RunID  // the run that decided it: this one, or one that this is a reset of
}

// Event is the event whose attributes the effect carries to its target; 0: none.
func (e Effect) Event() orchestration.EventID { return max(e.ID, 0) }

// target is the workflow that the effect is about.
func (e *effect) target() orchestration.WorkflowKey {
	return orchestration.WorkflowKey{Namespace: e.Namespace, WorkflowID: e.WorkflowID}
}

// sendable tells whether the effect is to be sent now.
func (e *effect) sendable() bool { return e.Due != 0 && !e.Waiting }

// touchEffect marks the effect's item as changed or gone.
func (r *Run) touchEffect(id orchestration.EventID) {
	r.files.touch(effectItem, eventItemID(id))
	r.alarms.touch(effectRank, id)
	r.waiting.touch(effectRank, id)
}

// addEffect decides on an effect. Those on one target are sent in the order of their decision, each after the answer to the one before.
func (s *step) addEffect(e *effect) {
	r, to := s.run, e.target()
	r.effects[e.ID] = e
	r.lines[to] = append(r.lines[to], e.ID)
	r.touchEffect(e.ID)
	s.moved = append(s.moved, to)
	s.out.Changed = true
}

// removeEffect forgets an effect that was answered, or is not to be sent any more.
func (s *step) removeEffect(e *effect) {
	r, to := s.run, e.target()
	delete(r.effects, e.ID)
	line := r.lines[to]
	if i := slices.Index(line, e.ID); i == 0 {
		r.lines[to] = line[1:]
	} else {
		r.lines[to] = slices.Delete(line, i, i+1)
	}
	if len(r.lines[to]) == 0 {
		delete(r.lines, to)
	}
	r.touchEffect(e.ID)
	s.moved = append(s.moved, to)
	s.out.Changed = true
}

// post announces the effects that have become the first ones to their targets.
func (s *step) post() {
	for _, to := range s.moved {
		line := s.run.lines[to]
		if len(line) == 0 {
			continue
		}
		if e := s.run.effects[line[0]]; e.Due == 0 {
			e.Due = instantOf(s.now)
			s.run.touchEffect(e.ID)
			s.out.Effects = append(s.out.Effects, e.ID)
		}
	}
	s.moved = nil
}

// indexEffects rebuilds the order of effects on each target after a load.
func (r *Run) indexEffects() {
	for _, id := range r.effectIDs() {
		to := r.effects[id].target()
		r.lines[to] = append(r.lines[to], id)
	}
}

// effectIDs are the ids of all effects in the order of their decision: parent close policies come with the close.
func (r *Run) effectIDs() []orchestration.EventID {
	ids := make([]orchestration.EventID, 0, len(r.effects))
	for id := range r.effects {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, byDecision)
	return ids
}

func byDecision(a, b orchestration.EventID) int {
	if (a < 0) != (b < 0) {
		return cmp.Compare(b, a)
	}
	return cmp.Compare(max(a, -a), max(b, -b))
}
