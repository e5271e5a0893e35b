package edge

import (
	"context"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// PollActivityTaskQueue waits for an activity task. The answer is empty when nothing came.
func (s *workflowService) PollActivityTaskQueue(ctx context.Context, r *workflowservice.PollActivityTaskQueueRequest) (*workflowservice.PollActivityTaskQueueResponse, error) {
	var c checks
	ns := namespaceOf(ctx)
	p := poll(&c, ns, r)
	if p.Sticky {
		c.fail("TaskQueue must not be a sticky one: activities have none.")
	}
	if rate := r.GetTaskQueueMetadata().GetMaxTasksPerSecond(); rate != nil {
		if p.MaxTasksPerSecond = rate.GetValue(); !(p.MaxTasksPerSecond >= 0) {
			c.fail("MaxTasksPerSecond must not be negative.")
		}
	}
	if c.err != nil {
		return nil, c.err
	}
	waiting, done, err := s.patience.poll(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	task, err := s.engine.PollActivityTask(waiting, p)
	if err != nil && !ranOut(ctx, err) {
		return nil, err
	}
	if task == nil {
		return &workflowservice.PollActivityTaskQueueResponse{}, nil
	}
	return activityTask(ns, task), nil
}

// activityTask is the protocol's form of a task.
func activityTask(ns namespace, t *engine.ActivityTask) *workflowservice.PollActivityTaskQueueResponse {
	return &workflowservice.PollActivityTaskQueueResponse{
		TaskToken:                   t.Token,
		WorkflowNamespace:           ns.name,
		WorkflowType:                workflowType(t.WorkflowType),
		WorkflowExecution:           execution(t.Run),
		ActivityType:                &commonpb.ActivityType{Name: t.Type},
		ActivityId:                  t.ActivityID,
		Header:                      t.Header,
		Input:                       t.Input,
		HeartbeatDetails:            t.HeartbeatDetails,
		ScheduledTime:               timestamp(t.ScheduledTime),
		CurrentAttemptScheduledTime: timestamp(t.AttemptScheduledTime),
		StartedTime:                 timestamp(t.StartedTime),
		Attempt:                     t.AttemptCount,
		ScheduleToCloseTimeout:      durationpb.New(t.ScheduleToClose),
		StartToCloseTimeout:         durationpb.New(t.StartToClose),
		HeartbeatTimeout:            durationpb.New(t.HeartbeatTimeout),
		RetryPolicy:                 t.RetryPolicy,
		Priority:                    t.Priority,
		PollerScalingDecision:       more(t.Behind),
	}
}

// byToken is the activity that a task token names.
func byToken(ns namespace, token []byte, identity string) (engine.ActivityTarget, error) {
	var c checks
	t := c.token(ns, token, orchestration.ActivityTask)
	c.id("Identity", identity)
	return engine.ActivityTarget{Run: t.Run(), ScheduledEventID: t.ScheduledEventID, Attempt: t.Attempt, Identity: identity}, c.err
}

// idRequest is what the ById requests have in common.
type idRequest interface {
	GetWorkflowId() string
	GetRunId() string
	GetActivityId() string
	GetIdentity() string
}

// byID is the activity that a request names by its ids.
func byID(ns namespace, r idRequest) (engine.ActivityTarget, error) {
	var c checks
	run := c.runOf(ns, r.GetWorkflowId(), r.GetRunId())
	c.required("ActivityId", r.GetActivityId())
	c.id("Identity", r.GetIdentity())
	return engine.ActivityTarget{Run: run, ActivityID: r.GetActivityId(), Identity: r.GetIdentity()}, c.err
}
