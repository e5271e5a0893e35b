package history

import (
	"strings"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
)

// TestFoldRefuses histories that are none.
func TestFoldRefuses(t *testing.T) {
	s := newStage(t)
	s.playAll("start\npoll\nrespond\n  timer t after=1s")
	good := s.twin.events
	event := func(id int64, kind enumspb.EventType) *historypb.HistoryEvent {
		return &historypb.HistoryEvent{EventId: id, EventType: kind, EventTime: timestamppb.New(epoch)}
	}
	for name, c := range map[string]struct {
		events []*historypb.HistoryEvent
		want   string
	}{
		"a gap":              {append(good[:1:1], good[2]), "event 3 stands where 2 should"},
		"another beginning":  {[]*historypb.HistoryEvent{event(1, enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED)}, "event 1 is WorkflowTaskScheduled"},
		"a second beginning": {append(good[:1:1], event(2, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)), "event 2 is WorkflowExecutionStarted"},
		"an unknown type":    {append(good[:1:1], event(2, enumspb.EVENT_TYPE_NEXUS_OPERATION_SCHEDULED)), "unknown type"},
		"a stranger's timer": {append(good[:5:5], event(6, enumspb.EVENT_TYPE_TIMER_FIRED)), "contradicts itself at event 6"},
	} {
		r, err := Fold(testKey, c.events)
		if r != nil || orchestration.CodeOf(err) != orchestration.DataLoss || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
