package acceptance

import (
	"context"
	"fmt"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

func TestSideEffectIsRecordedOnceAndReplayed(t *testing.T) {
	l := newLab(t)
	calls := make(chan struct{}, 10)
	l.work(code{"flow": func(ctx workflow.Context) (bool, error) {
		var first, second int64
		draw := func(workflow.Context) any { calls <- struct{}{}; return time.Now().UnixNano() }
		if err := workflow.SideEffect(ctx, draw).Get(&first); err != nil {
			return false, err
		}
		workflow.GetSignalChannel(ctx, "go").Receive(ctx, nil)
		if err := workflow.SideEffect(ctx, draw).Get(&second); err != nil {
			return false, err
		}
		return first < second, nil
	}}, nil)
	run := l.start("flow")
	l.awaitEvent(run, enumspb.EVENT_TYPE_MARKER_RECORDED)
	worker.PurgeStickyWorkflowCache()
	l.must(l.client.SignalWorkflow(l.ctx, run.GetID(), "", "go", nil))
	equal(t, "later value is larger", result[bool](l, run), true)
	equal(t, "calls", len(calls), 2)
	equal(t, "markers", count(l.events(run), enumspb.EVENT_TYPE_MARKER_RECORDED), 2)
}

func TestVersionMarksTheRun(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": func(ctx workflow.Context) (int, error) {
		return int(workflow.GetVersion(ctx, "change", workflow.DefaultVersion, 3)), nil
	}}, nil)
	run := l.start("flow")
	equal(t, "version", result[int](l, run), 3)
	l.wantShape(run, `WorkflowExecutionStarted WorkflowTaskScheduled WorkflowTaskStarted WorkflowTaskCompleted
		MarkerRecorded UpsertWorkflowSearchAttributes WorkflowExecutionCompleted`)
}

func TestLocalActivityLongerThanATask(t *testing.T) {
	l := newLab(t)
	release := make(chan struct{})
	l.work(code{"flow": func(ctx workflow.Context) (out string, err error) {
		ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: 30 * time.Second})
		err = workflow.ExecuteLocalActivity(ctx, func(ctx context.Context) (string, error) {
			select {
			case <-release:
				return "local", nil
			case <-ctx.Done():
				return "", ctx.Err()
			}
		}).Get(ctx, &out)
		return out, err
	}}, nil)
	run := l.startWith(client.StartWorkflowOptions{WorkflowTaskTimeout: 3 * time.Second}, "flow")
	eventually(t, func() error { // the worker keeps its task alive by completing it with nothing, again and again
		if n := count(l.events(run), enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED); n < 2 {
			return fmt.Errorf("%d workflow tasks completed", n)
		}
		return nil
	})
	close(release)
	equal(t, "result", result[string](l, run), "local")
	all := l.events(run)
	equal(t, "tasks timed out", count(all, enumspb.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT), 0)
	equal(t, "markers", count(all, enumspb.EVENT_TYPE_MARKER_RECORDED), 1)
}
