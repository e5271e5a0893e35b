package machine

import (
	"fmt"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
)

// The form of the marker is that of the official Go SDK, so that either can replay the other's histories.
const (
	sideEffectMarker = "SideEffect"
	sideEffectID     = "side-effect-id"
	sideEffectData   = "data"
)

// sideEffects numbers the side effects of a run and holds the recorded values of the task that is replayed.
type sideEffects struct {
	last     int64
	recorded map[int64]*commonpb.Payloads
	// made are, in replay, the events that the task's commands made.
	made []*historypb.HistoryEvent
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
	c := r.request(&commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_RECORD_MARKER,
		Attributes: &commandpb.Command_RecordMarkerCommandAttributes{RecordMarkerCommandAttributes: &commandpb.RecordMarkerCommandAttributes{
			MarkerName: sideEffectMarker,
			Details:    map[string]*commonpb.Payloads{sideEffectID: idPayloads, sideEffectData: value},
		}},
	})
	if !ok && r.Replaying {
		// The code cannot go on: it must not see another value than it saw then.
		r.scheduler.Halt(r.unrecorded(r.nextEventID()-1, c))
	}
	return value, nil
}

// unrecorded says that a side effect has no marker, and what the history has in its place.
func (r *Run) unrecorded(eventID int64, c *command) error {
	e := &NondeterminismError{EventID: eventID, Actual: describeCommand(c.wire), Place: c.site.String()}
	for _, event := range r.sideEffects.made {
		if event.GetEventId() == eventID && IsAnswer(event) {
			e.Expected = describeEvent(event)
		}
	}
	return e
}

// preload reads the markers that the replayed task recorded, since the code needs their values before it can go on.
func (r *Run) preload(answers []*historypb.HistoryEvent) error {
	r.sideEffects.recorded, r.sideEffects.made = nil, answers
	for _, event := range answers {
		marker := event.GetMarkerRecordedEventAttributes()
		if marker.GetMarkerName() != sideEffectMarker {
			continue
		}
		var id int64
		if err := r.config.Data.FromPayloads(marker.GetDetails()[sideEffectID], &id); err != nil {
			return fmt.Errorf("event %d: side effect marker: %w", event.EventId, err)
		}
		if r.sideEffects.recorded == nil {
			r.sideEffects.recorded = make(map[int64]*commonpb.Payloads)
		}
		r.sideEffects.recorded[id] = marker.GetDetails()[sideEffectData]
	}
	return nil
}
