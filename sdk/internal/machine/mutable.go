package machine

import (
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
)

// mutableCalls is the detail that says at which call of its id a value was recorded.
const mutableCalls = "mutable-side-effect-call-counter"

// mutables are the side effects that are recorded only when their value changes.
type mutables struct {
	byID map[string]*mutable
	// recorded are, in replay, the ids of the markers that the task made; each ends in the id of its event.
	recorded map[string]bool
}

// mutable is the state of one id.
type mutable struct {
	calls int
	// values are the recorded ones, by the number of the call that made them.
	values map[int]*commonpb.Payloads
}

func (m *mutables) of(id string) *mutable {
	found := m.byID[id]
	if found == nil {
		found = &mutable{values: make(map[int]*commonpb.Payloads)}
		if m.byID == nil {
			m.byID = make(map[string]*mutable)
		}
		m.byID[id] = found
	}
	return found
}

// current returns the value in force at the present call, nil if there is none, and forgets those before it.
func (m *mutable) current() *commonpb.Payloads {
	last := 0
	for call := range m.values {
		if call <= m.calls {
			last = max(last, call)
		}
	}
	for call := range m.values {
		if call < last {
			delete(m.values, call)
		}
	}
	return m.values[last]
}

// Change tells whether a value of a mutable side effect differs from the one in force, and gives the new one encoded.
type Change func(inForce *commonpb.Payloads) (fresh *commonpb.Payloads, err error)

// MutableSideEffect returns the value of an id that is in force. Outside of replay it asks change, which gets nil at first and
// returns nil for no change, and records what change returns.
func (r *Run) MutableSideEffect(id string, change Change) (*commonpb.Payloads, error) {
	r.mutating("MutableSideEffect")
	m := r.mutables.of(id)
	m.calls++
	inForce := m.current()
	if r.Replaying {
		if inForce == nil || r.mutables.recorded[r.mutableEvent(id)] {
			return inForce, r.recordMutable(id, m, inForce)
		}
		return inForce, nil
	}
	var fresh *commonpb.Payloads
	var err error
	r.ReadOnly("a side effect", func() { fresh, err = change(inForce) })
	if err != nil || fresh == nil {
		return inForce, err
	}
	return fresh, r.recordMutable(id, m, fresh)
}

// mutableEvent names the marker that would be recorded now: an id has any number of them.
func (r *Run) mutableEvent(id string) string { return fmt.Sprintf("%s_%d", id, r.nextEventID()) }

// recordMutable records a value, nil in replay if the history should have one and does not.
func (r *Run) recordMutable(id string, m *mutable, value *commonpb.Payloads) error {
	eventID, missing := r.nextEventID(), value == nil
	if missing {
		value = &commonpb.Payloads{}
	}
	details := make(map[string]*commonpb.Payloads, 3)
	for key, values := range map[string][]any{sideEffectID: {r.mutableEvent(id)}, sideEffectData: {id, value}, mutableCalls: {m.calls}} {
		encoded, err := r.config.Data.ToPayloads(values...)
		if err != nil {
			return err
		}
		details[key] = encoded
	}
	c := r.recordMarker(marker{name: mutableSideEffectMarker, details: details})
	if missing {
		r.scheduler.Halt(r.unrecorded(eventID, c))
	}
	r.hold(value)
	m.values[m.calls] = value
	return nil
}

func (r *Run) preloadMutable(details map[string]*commonpb.Payloads) error {
	var marked, id string
	value := &commonpb.Payloads{}
	if err := r.config.Data.FromPayloads(details[sideEffectID], &marked); err != nil {
		return err
	}
	if err := r.config.Data.FromPayloads(details[sideEffectData], &id, value); err != nil {
		return err
	}
	m := r.mutables.of(id)
	call := m.calls // markers of old SDKs do not say
	if hint := details[mutableCalls]; hint != nil {
		if err := r.config.Data.FromPayloads(hint, &call); err != nil {
			return err
		}
	}
	m.values[call] = value
	if r.mutables.recorded == nil {
		r.mutables.recorded = make(map[string]bool)
	}
	r.mutables.recorded[marked] = true
	return nil
}
