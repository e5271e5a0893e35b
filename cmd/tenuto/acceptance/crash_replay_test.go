package acceptance

import (
	"errors"
	"fmt"
	"testing"

	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// replayers run histories of transfers again, with our SDK and with the official one.
type replayers struct {
	official worker.WorkflowReplayer
}

func newReplayers(t testing.TB) *replayers {
	t.Helper()
	r := &replayers{official: worker.NewWorkflowReplayer()}
	r.official.RegisterWorkflowWithOptions(officialTransfer, workflow.RegisterOptions{Name: "TransferFunds"})
	return r
}

// replay returns what either replayer has against a history.
func (r *replayers) replay(id string, events []*historypb.HistoryEvent) error {
	var failed []error
	if err := r.official.ReplayWorkflowHistory(quiet(), &historypb.History{Events: events}); err != nil {
		failed = append(failed, fmt.Errorf("official replayer: %w", err))
	}
	return errors.Join(failed...)
}
