package acceptance

import (
	"errors"
	"fmt"

	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/tenuto-io/tenuto/sdk/replayer"
)

// replayers run a history again, with our SDK and with the official one: whichever worker made it, both must agree with it.
type replayers struct {
	ours     *replayer.Replayer
	official worker.WorkflowReplayer
}

func newReplayers() *replayers {
	return &replayers{ours: replayer.New(replayer.Options{}), official: worker.NewWorkflowReplayer()}
}

// add registers a workflow and its twin.
func (r *replayers) add(name string, ours, official any) {
	r.ours.RegisterWorkflowAs(name, ours)
	r.official.RegisterWorkflowWithOptions(official, workflow.RegisterOptions{Name: name})
}

// replay returns what either replayer has against a history.
func (r *replayers) replay(events []*historypb.HistoryEvent) error {
	history := &historypb.History{Events: events}
	var failed []error
	if err := r.ours.ReplayHistory(history); err != nil {
		failed = append(failed, fmt.Errorf("our replayer: %w", err))
	}
	if err := r.official.ReplayWorkflowHistory(quiet(), history); err != nil {
		failed = append(failed, fmt.Errorf("official replayer: %w", err))
	}
	return errors.Join(failed...)
}
