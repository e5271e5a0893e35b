package acceptance

import (
	"fmt"
	"testing"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// describeQueue asks for everything about the activities of the lab's queue.
func (l *lab) describeQueue() (*workflowservice.DescribeTaskQueueResponse, error) {
	return l.service().DescribeTaskQueue(l.ctx, &workflowservice.DescribeTaskQueueRequest{
		Namespace: namespace, TaskQueue: l.taskQueue(), TaskQueueType: enumspb.TASK_QUEUE_TYPE_ACTIVITY, ReportStats: true, ReportConfig: true,
	})
}

// TestTaskQueueStatistics: how much waits, since when, and how much comes and goes, in all and by priority; the same in the enhanced mode.
func TestTaskQueueStatistics(t *testing.T) {
	l := newLab(t)
	l.start("flow")
	var commands []*commandpb.Command
	for i, key := range []int32{1, 1, 0, 5} {
		commands = append(commands, l.scheduleStep(fmt.Sprint("step-", i), func(a *commandpb.ScheduleActivityTaskCommandAttributes) {
			a.Priority = &commonpb.Priority{PriorityKey: key}
		}))
	}
	l.mustAnswer(l.pollTask(), commands...)
	l.pollActivity()
	eventually(t, func() error {
		d, err := l.describeQueue()
		if err != nil {
			return err
		}
		s, p := d.Stats, d.StatsByPriorityKey
		switch {
		case s.GetApproximateBacklogCount() != 3, s.GetApproximateBacklogAge().AsDuration() <= 0, s.GetTasksAddRate() <= 0, s.GetTasksDispatchRate() <= 0:
			return fmt.Errorf("in all: %v", s)
		case len(p) != 3, p[1].GetApproximateBacklogCount() != 1, p[3].GetApproximateBacklogCount() != 1, p[5].GetApproximateBacklogCount() != 1:
			return fmt.Errorf("by priority: %v", p)
		case p[1].GetTasksDispatchRate() <= 0, p[5].GetTasksDispatchRate() != 0, p[1].GetTasksAddRate() <= p[5].GetTasksAddRate():
			return fmt.Errorf("rates by priority: %v", p)
		}
		return nil
	})
	enhanced, err := l.service().DescribeTaskQueue(l.ctx, &workflowservice.DescribeTaskQueueRequest{
		Namespace: namespace, TaskQueue: l.taskQueue(), ApiMode: enumspb.DESCRIBE_TASK_QUEUE_MODE_ENHANCED,
		TaskQueueTypes: []enumspb.TaskQueueType{enumspb.TASK_QUEUE_TYPE_ACTIVITY}, ReportStats: true,
	})
	l.must(err)
	stats := enhanced.VersionsInfo[""].TypesInfo[int32(enumspb.TASK_QUEUE_TYPE_ACTIVITY)].Stats
	equal(t, "backlog", stats.ApproximateBacklogCount, 3)
	if stats.TasksAddRate <= 0 || stats.ApproximateBacklogAge.AsDuration() <= 0 {
		t.Errorf("enhanced: %+v", stats)
	}
}

// TestPriorityIsInherited: the activities of a workflow have its priority, unless their own says otherwise.
func TestPriorityIsInherited(t *testing.T) {
	l := newLab(t)
	flow := func(ctx workflow.Context) error {
		own := temporal.Priority{PriorityKey: 4}
		for _, p := range []temporal.Priority{{}, own} {
			ctx := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
				StartToCloseTimeout: time.Minute, TaskQueue: l.queue + "-steps", Priority: p,
			})
			workflow.ExecuteActivity(ctx, "step")
		}
		return workflow.Sleep(ctx, time.Hour)
	}
	l.work(code{"flow": flow}, nil)
	run := l.startWith(client.StartWorkflowOptions{Priority: temporal.Priority{PriorityKey: 2}}, "flow")
	eventually(t, func() error {
		d := l.describe(run)
		if len(d.PendingActivities) != 2 {
			return fmt.Errorf("%d activities are pending", len(d.PendingActivities))
		}
		if got := [2]int32{d.PendingActivities[0].Priority.GetPriorityKey(), d.PendingActivities[1].Priority.GetPriorityKey()}; got != [2]int32{2, 4} {
			return fmt.Errorf("priorities %v", got)
		}
		return nil
	})
	equal(t, "the workflow's", l.describe(run).WorkflowExecutionInfo.Priority.GetPriorityKey(), 2)
}

// TestOperatorsLimitAQueue: it holds at every node within seconds, before what workers wish, until it is taken back.
func TestOperatorsLimitAQueue(t *testing.T) {
	l := newLab(t)
	limit := func(rate *taskqueuepb.RateLimit, reason string) {
		t.Helper()
		answer, err := l.service().UpdateTaskQueueConfig(l.ctx, &workflowservice.UpdateTaskQueueConfigRequest{
			Namespace: namespace, Identity: "operator", TaskQueue: l.queue, TaskQueueType: enumspb.TASK_QUEUE_TYPE_ACTIVITY,
			UpdateQueueRateLimit: &workflowservice.UpdateTaskQueueConfigRequest_RateLimitUpdate{RateLimit: rate, Reason: reason},
		})
		l.must(err)
		m := answer.Config.GetQueueRateLimit().GetMetadata()
		equal(t, "reason", m.GetReason(), reason)
		equal(t, "by", m.GetUpdateIdentity(), "operator")
	}
	effective := func(want float32, source enumspb.RateLimitSource) {
		t.Helper()
		eventually(t, func() error {
			d, err := l.describeQueue()
			if err != nil {
				return err
			}
			if e := d.EffectiveRateLimit; e.GetRequestsPerSecond() != want || e.GetRateLimitSource() != source {
				return fmt.Errorf("effective rate limit %v", e)
			}
			return nil
		})
	}
	limit(&taskqueuepb.RateLimit{RequestsPerSecond: 5}, "the ledger is slow")
	l.workWith(worker.Options{TaskQueueActivitiesPerSecond: 1000, DisableEagerActivities: true}, code{"flow": manySteps}, code{"step": greet})
	effective(5, enumspb.RATE_LIMIT_SOURCE_API)
	begun := time.Now()
	const steps = 12
	equal(t, "steps", result[int](l, l.start("flow", steps, steps)), steps)
	if took, least := time.Since(begun), (steps-2)*time.Second/5; took < least {
		t.Errorf("%d steps at 5 per second took %v, want %v at least", steps, took, least)
	}
	d, err := l.describeQueue()
	l.must(err)
	equal(t, "rate limiting is seen", d.Stats.GetRateLimitingActive(), true)
	equal(t, "config", d.Config.GetQueueRateLimit().GetRateLimit().GetRequestsPerSecond(), 5)
	limit(nil, "it is fast again")
	effective(1000, enumspb.RATE_LIMIT_SOURCE_WORKER)
}

func TestQueueHasOnePartition(t *testing.T) {
	l := newLab(t)
	p, err := l.service().ListTaskQueuePartitions(l.ctx, &workflowservice.ListTaskQueuePartitionsRequest{Namespace: namespace, TaskQueue: l.taskQueue()})
	l.must(err)
	if len(p.ActivityTaskQueuePartitions) != 1 || len(p.WorkflowTaskQueuePartitions) != 1 {
		t.Fatalf("partitions: %v", p)
	}
	equal(t, "key", p.ActivityTaskQueuePartitions[0].Key, l.queue)
	if p.WorkflowTaskQueuePartitions[0].OwnerHostName == "" {
		t.Error("the partition has no owner")
	}
}
