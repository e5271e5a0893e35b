package machine

import (
	commonpb "go.temporal.io/api/common/v1"
)

// Keys of the details of both markers of side effects.
const (
	sideEffectID   = "side-effect-id"
	sideEffectData = "data"
)

// sideEffects numbers the side effects of a run and holds the recorded values of the task that is replayed.
type sideEffects struct {
	last     int64
	recorded map[int64]*commonpb.Payloads
}

// SideEffect returns the recorded value, or calls make, at most once in the life of the run, and records what it returns.
func (r *Run) SideEffect(make func() (*commonpb.Payloads, error)) (*commonpb.Payloads, error) {
	r.mutating("SideEffect")
	r.sideEffects.last++
	id := r.sideEffects.last
	value, ok := r.sideEffects.recorded[id]
	if !ok && !r.Replaying {
		var err error
		r.ReadOnly("a side effect", func() { value, err = make() })
		if err != nil {
			return nil, err
		}
	}
	r.hold(value)
	idPayloads, err := r.config.Data.ToPayloads(id)
	if err != nil {
		return nil, err
	}
	eventID := r.nextEventID()
	c := r.recordMarker(marker{name: sideEffectMarker, details: map[string]*commonpb.Payloads{sideEffectID: idPayloads, sideEffectData: value}})
	if !ok && r.Replaying {
		// The code cannot go on: it must not see another value than it saw then.
		r.scheduler.Halt(r.unrecorded(eventID, c))
	}
	return value, nil
}

func (r *Run) preloadSideEffect(details map[string]*commonpb.Payloads) error {
	var id int64
	if err := r.config.Data.FromPayloads(details[sideEffectID], &id); err != nil {
		return err
	}
	if r.sideEffects.recorded == nil {
		r.sideEffects.recorded = make(map[int64]*commonpb.Payloads)
	}
	r.sideEffects.recorded[id] = details[sideEffectData]
	return nil
}
