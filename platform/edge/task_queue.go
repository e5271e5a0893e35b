package edge

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// DescribeTaskQueue shows who polls a queue and what waits in it. The enhanced mode answers for several kinds of task at once, in the one version
// that this release has: "", the unversioned one.
func (s *workflowService) DescribeTaskQueue(ctx context.Context, r *workflowservice.DescribeTaskQueueRequest) (*workflowservice.DescribeTaskQueueResponse, error) {
	var c checks
	queue := c.queue("TaskQueue", r.GetTaskQueue())
	c.known("TaskQueueType", int32(r.GetTaskQueueType()), enumspb.TaskQueueType_name)
	for _, kind := range r.GetTaskQueueTypes() {
		c.known("TaskQueueTypes", int32(kind), enumspb.TaskQueueType_name)
	}
	c.unversioned(enumspb.WORKER_VERSIONING_MODE_UNSPECIFIED, len(r.GetVersions().GetBuildIds()) > 0)
	if c.err != nil {
		return nil, c.err
	}
	if r.GetApiMode() == enumspb.DESCRIBE_TASK_QUEUE_MODE_ENHANCED { // deprecated, but what released command lines ask
		return s.describeKinds(ctx, queue, r)
	}
	d, err := s.describeQueue(ctx, queue, r.GetTaskQueueType())
	if err != nil {
		return nil, err
	}
	resp := &workflowservice.DescribeTaskQueueResponse{Pollers: d.Pollers}
	if r.GetReportStats() {
		resp.Stats, resp.StatsByPriorityKey = d.Stats, d.ByPriority
	}
	if r.GetReportConfig() {
		resp.Config, resp.EffectiveRateLimit = d.Config, effectiveRateLimit(d)
	}
	if r.GetIncludeTaskQueueStatus() { // deprecated, but what older SDKs ask
		resp.TaskQueueStatus = &taskqueuepb.TaskQueueStatus{BacklogCountHint: d.Stats.GetApproximateBacklogCount()}
	}
	return resp, nil
}

// effectiveRateLimit is the limit in force and who set it; nil: there is none.
func effectiveRateLimit(d engine.QueueDescription) *workflowservice.DescribeTaskQueueResponse_EffectiveRateLimit {
	if d.Limit == nil {
		return nil
	}
	limit := &workflowservice.DescribeTaskQueueResponse_EffectiveRateLimit{
		RequestsPerSecond: float32(*d.Limit), RateLimitSource: enumspb.RATE_LIMIT_SOURCE_WORKER,
	}
	if d.LimitSet {
		limit.RateLimitSource = enumspb.RATE_LIMIT_SOURCE_API
	}
	return limit
}

// describeKinds is the enhanced mode.
func (s *workflowService) describeKinds(ctx context.Context, queue string, r *workflowservice.DescribeTaskQueueRequest) (*workflowservice.DescribeTaskQueueResponse, error) {
	kinds := r.GetTaskQueueTypes()
	if len(kinds) == 0 {
		kinds = []enumspb.TaskQueueType{enumspb.TASK_QUEUE_TYPE_WORKFLOW, enumspb.TASK_QUEUE_TYPE_ACTIVITY}
	}
	infos := make(map[int32]*taskqueuepb.TaskQueueTypeInfo, len(kinds))
	for _, kind := range kinds {
		d, err := s.describeQueue(ctx, queue, kind)
		if err != nil {
			return nil, err
		}
		info := &taskqueuepb.TaskQueueTypeInfo{}
		if r.GetReportPollers() {
			info.Pollers = d.Pollers
		}
		if r.GetReportStats() {
			info.Stats = d.Stats
		}
		infos[int32(kind)] = info
	}
	return &workflowservice.DescribeTaskQueueResponse{
		VersionsInfo: map[string]*taskqueuepb.TaskQueueVersionInfo{"": {TypesInfo: infos}},
	}, nil
}

// describeQueue asks the engine; the kind is workflow unless given. Of a kind that this release does not dispatch there are no pollers and no tasks.
func (s *workflowService) describeQueue(ctx context.Context, queue string, kind enumspb.TaskQueueType) (engine.QueueDescription, error) {
	switch kind {
	case enumspb.TASK_QUEUE_TYPE_UNSPECIFIED:
		kind = enumspb.TASK_QUEUE_TYPE_WORKFLOW
	case enumspb.TASK_QUEUE_TYPE_NEXUS:
		return engine.QueueDescription{Stats: &taskqueuepb.TaskQueueStats{}}, nil
	}
	return s.engine.DescribeQueue(ctx, engine.QueueRequest{Namespace: namespaceOf(ctx).id, Queue: queue, Kind: kind})
}
