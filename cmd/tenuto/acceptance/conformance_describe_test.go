package acceptance

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

func TestDescribeShowsPendingActivities(t *testing.T) {
	l := newLab(t)
	attempt2 := make(chan struct{})
	l.workWith(worker.Options{Identity: "the-worker"}, code{"flow": withOptions(workflow.ActivityOptions{
		ActivityID: "step-1", StartToCloseTimeout: time.Minute,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 2 * time.Second, BackoffCoefficient: 1, MaximumAttempts: 5},
	})}, code{"step": func(ctx context.Context) (int, error) {
		if activity.GetInfo(ctx).Attempt == 1 {
			return 0, errors.New("not yet")
		}
		activity.RecordHeartbeat(ctx, "beating")
		<-attempt2
		return 1, nil
	}})
	run := l.start("flow")
	waiting := l.awaitPending(run, enumspb.PENDING_ACTIVITY_STATE_SCHEDULED, 2)
	equal(t, "activity", waiting.ActivityId, "step-1")
	equal(t, "type", waiting.ActivityType.GetName(), "step")
	equal(t, "last failure", waiting.LastFailure.GetMessage(), "not yet")
	equal(t, "maximum attempts", waiting.MaximumAttempts, 5)
	running := l.awaitPending(run, enumspb.PENDING_ACTIVITY_STATE_STARTED, 2)
	equal(t, "worker", running.LastWorkerIdentity, "the-worker")
	eventually(t, func() error {
		if d := l.describe(run).PendingActivities; len(d) != 1 || len(d[0].HeartbeatDetails.GetPayloads()) != 1 {
			return errors.New("no heartbeat details")
		}
		return nil
	})
	close(attempt2)
	l.must(run.Get(l.ctx, nil))
	equal(t, "pending after the end", len(l.describe(run).PendingActivities), 0)
}

func (l *lab) awaitPending(run client.WorkflowRun, state enumspb.PendingActivityState, attempt int32) *workflowpb.PendingActivityInfo {
	l.Helper()
	var found *workflowpb.PendingActivityInfo
	eventually(l, func() error {
		d, err := l.client.DescribeWorkflowExecution(l.ctx, run.GetID(), "")
		if err != nil {
			return err
		}
		for _, a := range d.PendingActivities {
			if a.State == state && a.Attempt == attempt {
				found = a
				return nil
			}
		}
		return fmt.Errorf("no pending activity is %v in attempt %d: %v", state, attempt, d.PendingActivities)
	})
	return found
}

func TestDescribeShowsThePendingWorkflowTask(t *testing.T) {
	l := newLab(t)
	run := l.start("flow")
	equal(t, "state", l.describe(run).PendingWorkflowTask.GetState(), enumspb.PENDING_WORKFLOW_TASK_STATE_SCHEDULED)
	task := l.pollTask()
	equal(t, "state", l.describe(run).PendingWorkflowTask.GetState(), enumspb.PENDING_WORKFLOW_TASK_STATE_STARTED)
	l.mustAnswer(task, startTimer("t", time.Hour))
	if p := l.describe(run).PendingWorkflowTask; p != nil {
		t.Errorf("pending task: %v", p)
	}
}

func TestDescribeTaskQueueShowsPollers(t *testing.T) {
	l := newLab(t)
	l.workWith(worker.Options{Identity: "the-poller"}, code{"flow": oneStep}, code{"step": greet})
	for _, kind := range []enumspb.TaskQueueType{enumspb.TASK_QUEUE_TYPE_WORKFLOW, enumspb.TASK_QUEUE_TYPE_ACTIVITY} {
		eventually(t, func() error {
			d, err := l.client.DescribeTaskQueue(l.ctx, l.queue, kind)
			if err != nil {
				return err
			}
			for _, p := range d.Pollers {
				if p.Identity == "the-poller" && time.Since(p.LastAccessTime.AsTime()) < time.Minute {
					return nil
				}
			}
			return fmt.Errorf("%v: the poller is not among %v", kind, d.Pollers)
		})
	}
}

func TestDescribeTaskQueueShowsItsBacklog(t *testing.T) {
	l := newLab(t)
	for range 3 {
		l.start("flow")
	}
	eventually(t, func() error {
		d, err := l.service().DescribeTaskQueue(l.ctx, &workflowservice.DescribeTaskQueueRequest{
			Namespace: namespace, TaskQueue: l.taskQueue(), TaskQueueType: enumspb.TASK_QUEUE_TYPE_WORKFLOW, ReportStats: true,
		})
		if err != nil {
			return err
		}
		if n := d.Stats.GetApproximateBacklogCount(); n != 3 {
			return fmt.Errorf("backlog of %d, want 3", n)
		}
		if age := d.Stats.GetApproximateBacklogAge().AsDuration(); age <= 0 {
			return fmt.Errorf("backlog age %v", age)
		}
		return nil
	})
}

func TestEagerActivityComesWithTheAnswer(t *testing.T) {
	l := newLab(t)
	run := l.start("flow")
	eager := func(a *commandpb.ScheduleActivityTaskCommandAttributes) { a.RequestEagerExecution = true }
	reply := l.mustAnswer(l.pollTask(), l.scheduleStep("now", eager), l.scheduleStep("later"))
	if len(reply.ActivityTasks) != 1 || reply.ActivityTasks[0].ActivityId != "now" {
		t.Fatalf("eager tasks: %v", reply.ActivityTasks)
	}
	for _, token := range [][]byte{reply.ActivityTasks[0].TaskToken, l.pollActivity().TaskToken} {
		_, err := l.service().RespondActivityTaskCompleted(l.ctx, &workflowservice.RespondActivityTaskCompletedRequest{
			Namespace: namespace, TaskToken: token, Identity: "by hand",
		})
		l.must(err)
	}
	l.awaitEvent(run, enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
	l.mustAnswer(l.pollTask(), completeRun("done"))
	equal(t, "completed", count(l.events(run), enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED), 2)
}
