package replay_test

import (
	"testing"

	historypb "go.temporal.io/api/history/v1"
	officialworker "go.temporal.io/sdk/worker"
	official "go.temporal.io/sdk/workflow"

	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/replayer"
)

// exchanged replays each runtime's history of a scene in both: a run may move from either to the other.
func exchanged(t *testing.T, sc scene, histories ...*historypb.History) {
	t.Helper()
	for i, history := range histories {
		made := []string{"ours", "theirs"}[i]
		mine := replayer.New(replayer.Options{})
		mine.RegisterWorkflowAs(rehearsal.WorkflowType, sc.ours)
		if err := mine.ReplayHistory(history); err != nil {
			t.Errorf("history of %s: our replayer: %v", made, err)
		}
		yours := officialworker.NewWorkflowReplayer()
		yours.RegisterWorkflowWithOptions(sc.theirs, official.RegisterOptions{Name: rehearsal.WorkflowType})
		if err := yours.ReplayWorkflowHistory(silent{}, history); err != nil {
			t.Errorf("history of %s: official replayer: %v", made, err)
		}
	}
}
