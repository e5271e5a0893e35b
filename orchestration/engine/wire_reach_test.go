package engine

import (
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// TestReachTravels: an effect arrives at another node as it was sent.
func TestReachTravels(t *testing.T) {
	event := &historypb.HistoryEvent{EventId: 9, EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED}
	target := orchestration.WorkflowKey{Namespace: orchestration.NamespaceID{8}, WorkflowID: "other"}.Run(orchestration.RunID{3})
	for _, m := range []reach{
		{
			kind: history.StartChild, source: sentRun, origin: sentRun.RunID, id: 9, target: target, event: event, priority: &commonpb.Priority{PriorityKey: 2}, reset: 7,
			parent: history.Parent{Namespace: sentRun.Namespace, Name: "home", WorkflowID: "w", RunID: sentRun.RunID, Initiated: 9, RootID: "r", Root: orchestration.RunID{5}},
		},
		{kind: history.SignalExternal, source: sentRun, origin: orchestration.RunID{4}, id: 9, target: target.WorkflowKey.Run(orchestration.RunID{}), event: event},
		{kind: history.TerminateChild, source: sentRun, origin: sentRun.RunID, id: -9, target: target},
		{kind: history.ReportClose, source: sentRun, origin: sentRun.RunID, id: 9, target: target, event: event, first: orchestration.RunID{6}, reported: 5},
	} {
		got, err := decodeReach(encodeReach(m))
		if err != nil {
			t.Fatal(err)
		}
		if !proto.Equal(got.event, m.event) || !proto.Equal(got.priority, m.priority) {
			t.Errorf("arrived with %v, %v", got.event, got.priority)
		}
		got.event, got.priority, m.event, m.priority = nil, nil, nil, nil
		if got != m {
			t.Errorf("arrived as %+v, sent was %+v", got, m)
		}
	}
}

func TestBadReach(t *testing.T) {
	good := reach{kind: history.TerminateChild, source: sentRun, id: -9, target: sentRun}
	for name, change := range map[string]func(*reach){
		"no source":   func(m *reach) { m.source.WorkflowID = "" },
		"no target":   func(m *reach) { m.target.WorkflowID = "" },
		"no id":       func(m *reach) { m.id = 0 },
		"no event":    func(m *reach) { m.id = 9 },
		"other event": func(m *reach) { m.event = &historypb.HistoryEvent{} },
	} {
		m := good
		change(&m)
		if _, err := decodeReach(encodeReach(m)); orchestration.CodeOf(err) != orchestration.InvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, body := range map[string][]byte{"garbage": []byte("x"), "no outcome": encode(outcomeMessage{})} {
		if _, err := decodeOutcome(body); orchestration.CodeOf(err) != orchestration.InvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
}
