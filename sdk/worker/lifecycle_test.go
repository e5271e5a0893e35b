package worker_test

import (
	"testing"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/internal/wiretest"
	"github.com/tenuto-io/tenuto/sdk/worker"
)

// TestAWorkflowMovesToAnotherWorker starts a workflow before there is any worker, and lets it go on with a second
// worker, which has to replay what the first one did.
func TestAWorkflowMovesToAnotherWorker(t *testing.T) {
	engine := wiretest.NewEngine()
	c := dialOurs(t, wiretest.Listen(t, engine))
	run, err := client.ExecuteWorkflow(t.Context(), c, client.StartOptions{ID: "w", TaskQueue: "q"}, Greet, "ada")
	if err != nil {
		t.Fatal(err)
	}
	newWorker := func(options worker.Options) *worker.Worker {
		w := worker.New(c, "q", options)
		w.RegisterWorkflow(Greet)
		w.RegisterActivity(Compose)
		if err := w.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		return w
	}
	first := newWorker(worker.Options{})
	engine.AwaitEvent(t, "w", enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
	first.Stop()
	second := newWorker(worker.Options{StickyCacheBytes: -1})
	defer second.Stop()
	if err := run.Signal(t.Context(), "go", "?"); err != nil {
		t.Fatal(err)
	}
	if got, err := run.Get(t.Context()); err != nil || got.Text != "hello ada 42?" {
		t.Errorf("got %+v, %v", got, err)
	}
}
