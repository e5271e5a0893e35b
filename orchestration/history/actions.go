package history

import (
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// actionOf is what an event is counted as, when it enters history for the first time. Attempts of activities are counted where they start and not by their
// events, which are written when the activity closes and only for its last attempt.
var actionOf = map[enumspb.EventType]orchestration.Action{
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:               orchestration.StartAction,
	enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: orchestration.ChildAction,
	enumspb.EVENT_TYPE_TIMER_STARTED:                            orchestration.TimerAction,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:              orchestration.SignalAction,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:       orchestration.UpdateAction,
	enumspb.EVENT_TYPE_MARKER_RECORDED:                          orchestration.MarkerAction,
	enumspb.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:        orchestration.UpsertAction,
	enumspb.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED:             orchestration.UpsertAction,
}

// count counts an event. The markers of one workflow task, which are appended by one step, are one action.
func (s *step) count(t enumspb.EventType) {
	a, ok := actionOf[t]
	if !ok || a == orchestration.MarkerAction && s.out.Actions[a] > 0 {
		return
	}
	s.out.Actions[a]++
}

// countAttempt counts an attempt of an activity that a worker gets; with -1, one that was taken back.
func (s *step) countAttempt(n int64) { s.out.Actions[orchestration.ActivityAction] += n }
