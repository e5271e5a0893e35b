package machine

import (
	"fmt"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
)

// Markers have the names and details that the official Go SDK gives them, so that either SDK can go on with the other's runs.
const (
	sideEffectMarker        = "SideEffect"
	mutableSideEffectMarker = "MutableSideEffect"
	versionMarker           = "Version"
	localActivityMarker     = "LocalActivity"
)

// marker is what a RecordMarker command says.
type marker struct {
	name     string
	details  map[string]*commonpb.Payloads
	failure  *failurepb.Failure
	metadata *sdkpb.UserMetadata
}

func (r *Run) recordMarker(m marker) *command {
	return r.request(&commandpb.Command{
		CommandType:  enumspb.COMMAND_TYPE_RECORD_MARKER,
		UserMetadata: m.metadata,
		Attributes: &commandpb.Command_RecordMarkerCommandAttributes{RecordMarkerCommandAttributes: &commandpb.RecordMarkerCommandAttributes{
			MarkerName: m.name, Details: m.details, Failure: m.failure,
		}},
	})
}

// preload reads the markers that the replayed task recorded, since the code needs their values before it can go on.
func (r *Run) preload(answers []*historypb.HistoryEvent) error {
	r.answers, r.taken, r.localMarkers = answers, nil, nil
	r.sideEffects.recorded, r.mutables.recorded = nil, nil
	for i, event := range answers {
		recorded := event.GetMarkerRecordedEventAttributes()
		var err error
		switch recorded.GetMarkerName() {
		case sideEffectMarker:
			err = r.preloadSideEffect(recorded.GetDetails())
		case mutableSideEffectMarker:
			err = r.preloadMutable(recorded.GetDetails())
		case versionMarker:
			err = r.preloadVersion(answers[i:])
		case localActivityMarker:
			r.localMarkers = append(r.localMarkers, event)
		}
		if err != nil {
			return fmt.Errorf("event %d: %s marker: %w", event.GetEventId(), recorded.GetMarkerName(), err)
		}
	}
	return nil
}

// sameMarker compares what identifies a marker, decoded: the encoding may have changed, with a codec for example.
func (r *Run) sameMarker(asked *commandpb.RecordMarkerCommandAttributes, made *historypb.MarkerRecordedEventAttributes) bool {
	if asked.GetMarkerName() != made.GetMarkerName() {
		return false
	}
	switch asked.GetMarkerName() {
	case sideEffectMarker:
		return sameDetail[int64](r, sideEffectID, asked.GetDetails(), made.GetDetails())
	case mutableSideEffectMarker:
		return sameDetail[string](r, sideEffectID, asked.GetDetails(), made.GetDetails())
	case versionMarker:
		return sameDetail[string](r, versionChangeID, asked.GetDetails(), made.GetDetails())
	case localActivityMarker:
		return sameDetail[localActivityIdentity](r, localActivityData, asked.GetDetails(), made.GetDetails())
	}
	return true
}

func sameDetail[T comparable](r *Run, key string, asked, made map[string]*commonpb.Payloads) bool {
	var ours, theirs T
	return r.config.Data.FromPayloads(asked[key], &ours) == nil && r.config.Data.FromPayloads(made[key], &theirs) == nil && ours == theirs
}

// unrecorded says that the code wants a recorded value and the history has none, and what the history has in its place.
func (r *Run) unrecorded(eventID int64, c *command) error {
	e := &NondeterminismError{EventID: eventID, Actual: describeCommand(c.wire), Place: c.site.String()}
	for _, event := range r.answers {
		if event.GetEventId() == eventID && IsAnswer(event) {
			e.Expected = describeEvent(event)
		}
	}
	return e
}
