package edge

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// UpdateTaskQueueConfig sets or removes the rate limit of an activity task queue, which comes before what its workers wish.
func (s *workflowService) UpdateTaskQueueConfig(ctx context.Context, r *workflowservice.UpdateTaskQueueConfigRequest) (*workflowservice.UpdateTaskQueueConfigResponse, error) {
	var c checks
	queue := c.queue("TaskQueue", &taskqueuepb.TaskQueue{Name: r.GetTaskQueue()})
	c.id("Identity", r.GetIdentity())
	if r.GetTaskQueueType() == enumspb.TASK_QUEUE_TYPE_UNSPECIFIED {
		c.fail("TaskQueueType is not set on request.")
	}
	c.known("TaskQueueType", int32(r.GetTaskQueueType()), enumspb.TaskQueueType_name)
	if c.err != nil {
		return nil, c.err
	}
	if err := unbuiltQueueConfig(r); err != nil {
		return nil, err
	}
	config, err := s.engine.LimitQueue(ctx, engine.QueueRequest{Namespace: namespaceOf(ctx).id, Queue: queue, Kind: r.GetTaskQueueType()}, queueLimit(r))
	if err != nil {
		return nil, err
	}
	return &workflowservice.UpdateTaskQueueConfigResponse{Config: config}, nil
}

// queueLimit is the change of the rate limit that a request asks for; nil: there is none.
func queueLimit(r *workflowservice.UpdateTaskQueueConfigRequest) *engine.QueueLimit {
	u := r.GetUpdateQueueRateLimit()
	if u == nil {
		return nil
	}
	limit := &engine.QueueLimit{Reason: u.GetReason(), Identity: r.GetIdentity()}
	if u.GetRateLimit() != nil {
		rate := u.GetRateLimit().GetRequestsPerSecond()
		limit.PerSecond = &rate
	}
	return limit
}

// unbuiltQueueConfig names the first wish of r that this release cannot grant.
func unbuiltQueueConfig(r *workflowservice.UpdateTaskQueueConfigRequest) error {
	switch {
	case r.GetUpdateFairnessKeyRateLimitDefault() != nil:
		return notBuilt("A rate limit of fairness keys (UpdateFairnessKeyRateLimitDefault)")
	case len(r.GetSetFairnessWeightOverrides()) > 0 || len(r.GetUnsetFairnessWeightOverrides()) > 0:
		return notBuilt("A weight of fairness keys (SetFairnessWeightOverrides, UnsetFairnessWeightOverrides)")
	case r.GetUpdateQueueConcurrencyLimit() != nil:
		return notBuilt("A concurrency limit of task queues (UpdateQueueConcurrencyLimit)")
	case r.GetTaskQueueType() == enumspb.TASK_QUEUE_TYPE_NEXUS:
		return notBuilt("The configuration of Nexus task queues")
	}
	return nil
}

// ListTaskQueuePartitions lists the one partition that a queue has of each kind, as if the node that is asked had it: every node takes the polls of
// every queue.
func (s *workflowService) ListTaskQueuePartitions(_ context.Context, r *workflowservice.ListTaskQueuePartitionsRequest) (*workflowservice.ListTaskQueuePartitionsResponse, error) {
	var c checks
	queue := c.queue("TaskQueue", r.GetTaskQueue())
	if c.err != nil {
		return nil, c.err
	}
	one := []*taskqueuepb.TaskQueuePartitionMetadata{{Key: queue, OwnerHostName: s.host}}
	return &workflowservice.ListTaskQueuePartitionsResponse{ActivityTaskQueuePartitions: one, WorkflowTaskQueuePartitions: one}, nil
}
