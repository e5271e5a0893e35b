package history_test

import (
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// TestEventsTellWhoAsked: an event that somebody asked for has the principal beside the identity; one that follows from it has none.
func TestEventsTellWhoAsked(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	by := func(name string) *commonpb.Principal { return &commonpb.Principal{Type: "key", Name: name} }
	key := orchestration.RunKey{WorkflowKey: orchestration.WorkflowKey{WorkflowID: "order-1"}, RunID: orchestration.RunID{1}}
	run, started := history.Start(history.StartRun{Key: key, By: by("ada"), Identity: "ci", Type: "Order", TaskQueue: "q", TaskTimeout: 10 * time.Second}, now)
	want(t, started, "ada")
	signaled, err := run.Signal(history.Signal{By: by("bob"), Name: "s", Identity: "ci"}, now)
	if err != nil {
		t.Fatal(err)
	}
	want(t, signaled, "bob")
	asked, err := run.RequestCancel(history.Cancel{By: by("eve"), Identity: "ci"}, now)
	if err != nil {
		t.Fatal(err)
	}
	want(t, asked, "eve")
	ended, err := run.Terminate(history.Terminate{By: by("joe"), Identity: "ci"}, now)
	if err != nil {
		t.Fatal(err)
	}
	want(t, ended, "joe")
}

// want demands that the first event is by somebody, and the others by nobody.
func want(t *testing.T, tr history.Transition, name string) {
	t.Helper()
	if len(tr.Events) == 0 {
		t.Fatal("no event")
	}
	for i, ev := range tr.Events {
		if got := ev.GetPrincipal().GetName(); (i == 0) != (got == name) || i > 0 && got != "" {
			t.Errorf("event %d, %v, is by %q", i, (*historypb.HistoryEvent)(ev).GetEventType(), got)
		}
	}
}
