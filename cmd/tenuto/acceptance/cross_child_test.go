package acceptance

import (
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/tenuto-io/tenuto/sdk"
	ourworker "github.com/tenuto-io/tenuto/sdk/worker"
	ourworkflow "github.com/tenuto-io/tenuto/sdk/workflow"
)

// A parent has one kid that it tells to go, one that it cancels, and one whose id is taken, and tells a stranger to go. A kid waits until it
// is told, and passes on what it was told.

// family says where kids live, and the id of the stranger.
type family struct{ Kids, Stranger string }

func ourParent(ctx ourworkflow.Context, in family) (string, error) {
	kids, stranger := in.Kids, in.Stranger
	ctx = ourworkflow.WithChildOptions(ctx, ourworkflow.ChildOptions{TaskQueue: kids})
	good := ourworkflow.ExecuteChildWorkflowByName[string](ctx, "kid")
	if _, err := good.Signal(ctx, "go", "good").Get(ctx); err != nil {
		return "", err
	}
	said, err := good.Get(ctx)
	if err != nil {
		return "", err
	}
	scope, cancel := ourworkflow.WithCancel(ctx)
	gone := ourworkflow.ExecuteChildWorkflowByName[string](scope, "kid")
	if _, err := gone.Started().Get(ctx); err != nil {
		return "", err
	}
	cancel()
	if _, err := gone.Get(ctx); sdk.IsCanceled(err) {
		said += " canceled"
	}
	other := ourworkflow.WithChildOptions(ctx, ourworkflow.ChildOptions{TaskQueue: kids, WorkflowID: stranger})
	if _, err := ourworkflow.ExecuteChildWorkflowByName[string](other, "kid").Get(ctx); err != nil {
		said += " taken"
	}
	_, err = ourworkflow.SignalExternal(ctx, ourworkflow.Execution{WorkflowID: stranger}, "go", "stranger").Get(ctx)
	if err != nil {
		return "", err
	}
	if _, err := ourworkflow.CancelExternal(ctx, ourworkflow.Execution{WorkflowID: stranger + "-nobody"}).Get(ctx); err != nil {
		said += " unknown"
	}
	return said, nil
}

func officialParent(ctx workflow.Context, in family) (said string, err error) {
	kids, stranger := in.Kids, in.Stranger
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{TaskQueue: kids})
	good := workflow.ExecuteChildWorkflow(ctx, "kid")
	if err := good.SignalChildWorkflow(ctx, "go", "good").Get(ctx, nil); err != nil {
		return "", err
	}
	if err := good.Get(ctx, &said); err != nil {
		return "", err
	}
	scope, cancel := workflow.WithCancel(ctx)
	gone := workflow.ExecuteChildWorkflow(scope, "kid")
	if err := gone.GetChildWorkflowExecution().Get(ctx, nil); err != nil {
		return "", err
	}
	cancel()
	if err := gone.Get(ctx, nil); temporal.IsCanceledError(err) {
		said += " canceled"
	}
	other := workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{TaskQueue: kids, WorkflowID: stranger})
	if err := workflow.ExecuteChildWorkflow(other, "kid").Get(ctx, nil); err != nil {
		said += " taken"
	}
	if err := workflow.SignalExternalWorkflow(ctx, stranger, "", "go", "stranger").Get(ctx, nil); err != nil {
		return "", err
	}
	if err := workflow.RequestCancelExternalWorkflow(ctx, stranger+"-nobody", "").Get(ctx, nil); err != nil {
		said += " unknown"
	}
	return said, nil
}

func ourKid(ctx ourworkflow.Context) (word string, err error) {
	s := ourworkflow.NewSelector(ctx)
	ourworkflow.AddReceive(s, ourworkflow.SignalChannel[string](ctx, "go"), func(said string, _ bool) { word = said })
	ourworkflow.AddReceive(s, ctx.Done(), func(struct{}, bool) { err = ctx.Err() })
	s.Select(ctx)
	return word, err
}

func officialKid(ctx workflow.Context) (word string, err error) {
	s := workflow.NewSelector(ctx)
	s.AddReceive(workflow.GetSignalChannel(ctx, "go"), func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, &word) })
	s.AddReceive(ctx.Done(), func(workflow.ReceiveChannel, bool) { err = ctx.Err() })
	s.Select(ctx)
	return word, err
}

func ourFamily(l *lab, queue string) {
	w := ourworker.New(dialOurs(l, l.address), queue, ourworker.Options{GracefulStopTimeout: time.Second})
	w.RegisterWorkflowAs("parent", ourParent)
	w.RegisterWorkflowAs("kid", ourKid)
	l.must(w.Start(l.ctx))
	l.Cleanup(w.Stop)
}

func officialFamily(l *lab, queue string) {
	w := worker.New(l.client, queue, worker.Options{WorkerStopTimeout: time.Second})
	w.RegisterWorkflowWithOptions(officialParent, workflow.RegisterOptions{Name: "parent"})
	w.RegisterWorkflowWithOptions(officialKid, workflow.RegisterOptions{Name: "kid"})
	l.must(w.Start())
	l.Cleanup(w.Stop)
}

// TestCrossChild has parents and kids of either SDK.
func TestCrossChild(t *testing.T) {
	families := map[string]func(*lab, string){"ours": ourFamily, "official": officialFamily}
	for parent, serveParent := range families {
		for kid, serveKid := range families {
			t.Run("parent "+parent+", kids "+kid, func(t *testing.T) {
				l := newLab(t)
				kids := l.queue + "-kids"
				serveParent(l, l.queue)
				serveKid(l, kids)
				stranger := l.startWith(client.StartWorkflowOptions{TaskQueue: kids}, "kid")
				run := l.start("parent", family{kids, stranger.GetID()})
				equal(l.T, "parent", result[string](l, run), "good canceled taken unknown")
				equal(l.T, "stranger", result[string](l, stranger), "stranger")
				r := newReplayers()
				r.add("parent", ourParent, officialParent)
				r.add("kid", ourKid, officialKid)
				if err := r.replay(l.events(run)); err != nil {
					l.Error(err)
				}
				if err := r.replay(l.events(stranger)); err != nil {
					l.Error(err)
				}
			})
		}
	}
}
