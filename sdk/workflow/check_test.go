package workflow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// journal collects what a workflow does, in order.
type journal []string

func (j *journal) add(format string, values ...any) { *j = append(*j, fmt.Sprintf(format, values...)) }

// check runs a workflow to its end in both ways, cached and replayed for every task, and compares what it did with what it should.
func check(t *testing.T, want string, fn func(ctx workflow.Context, did *journal) error) {
	t.Helper()
	for _, options := range []struct {
		name   string
		sticky bool
	}{{"cached", true}, {"replayed", false}} {
		settings := rehearsal.Forgetful()
		if options.sticky {
			settings = rehearsal.Sticky()
		}
		var did journal
		stage := rehearsal.NewStage(settings, func(ctx workflow.Context) error {
			did = nil
			ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
			return fn(ctx, &did)
		})
		stage.Activity(Shout)
		stage.Play()
		stage.Processor.Close()
		if failed := stage.Replies[len(stage.Replies)-1].Failed; failed != nil {
			did.add("task failed: %s", failed.GetFailure().GetMessage())
		}
		if got := strings.Join(did, " "); got != want {
			t.Errorf("%s:\n got %s\nwant %s", options.name, got, want)
		}
	}
}
