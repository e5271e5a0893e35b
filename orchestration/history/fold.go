package history

import (
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Fold applies events to an empty run: the event-derived part of the state. The events are a whole history from event 1, or a beginning
// of one. It returns DataLoss for events that are no such thing.
func Fold(key orchestration.RunKey, events []*historypb.HistoryEvent) (run *Run, err error) {
	r := newRun(key)
	defer func() {
		if v := recover(); v != nil { // an event refers to something that is not there
			run, err = nil, orchestration.Errorf(orchestration.DataLoss, "history of run %s contradicts itself at event %d: %v", key.RunID, r.Header.NextEventID-1, v)
		}
	}()
	for i, ev := range events {
		if err := foldable(i, ev); err != nil {
			return nil, orchestration.Errorf(orchestration.DataLoss, "history of run %s: %v", key.RunID, err)
		}
		r.apply(ev)
		r.Header.HistoryBytes += int64(proto.Size(ev))
	}
	return r, nil
}

// foldable refuses events out of order and events of features that this state machine does not have.
func foldable(i int, ev *historypb.HistoryEvent) error {
	if ev.EventId != int64(i)+1 {
		return fmt.Errorf("event %d stands where %d should", ev.EventId, i+1)
	}
	if (i == 0) != (ev.EventType == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED) {
		return fmt.Errorf("event %d is %v", ev.EventId, ev.EventType)
	}
	if _, closing := closingEvents[ev.EventType]; !closing && !foldedEvents[ev.EventType] {
		return fmt.Errorf("event %d has the unknown type %v", ev.EventId, ev.EventType)
	}
	return nil
}

// foldedEvents are the types that do not close a run.
var foldedEvents = map[enumspb.EventType]bool{
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:                           true,
	enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:                              true,
	enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED:                                true,
	enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:                              true,
	enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED:                                 true,
	enumspb.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:                              true,
	enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:                              true,
	enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED:                                true,
	enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:                              true,
	enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED:                                 true,
	enumspb.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:                              true,
	enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED:                       true,
	enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCELED:                               true,
	enumspb.EVENT_TYPE_TIMER_STARTED:                                        true,
	enumspb.EVENT_TYPE_TIMER_FIRED:                                          true,
	enumspb.EVENT_TYPE_TIMER_CANCELED:                                       true,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:                          true,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:                  true,
	enumspb.EVENT_TYPE_MARKER_RECORDED:                                      true,
	enumspb.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:                    true,
	enumspb.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED:                         true,
	enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED:             true,
	enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED:                true,
	enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED:                     true,
	enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:                   true,
	enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED:                      true,
	enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED:                    true,
	enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT:                   true,
	enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED:                  true,
	enumspb.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:         true,
	enumspb.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:            true,
	enumspb.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED:                 true,
	enumspb.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: true,
	enumspb.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED:    true,
	enumspb.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED:         true,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED:                   true,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:                   true,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:                  true,
}
