package edge

import (
	commonpb "go.temporal.io/api/common/v1"
	deploymentpb "go.temporal.io/api/deployment/v1"
	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"

	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// pollRequest is what the polls of both kinds have in common.
type pollRequest interface {
	GetTaskQueue() *taskqueuepb.TaskQueue
	GetIdentity() string
	GetWorkerInstanceKey() string
	GetWorkerVersionCapabilities() *commonpb.WorkerVersionCapabilities
	GetDeploymentOptions() *deploymentpb.WorkerDeploymentOptions
}

// poll validates a poll of a worker.
func poll(c *checks, ns namespace, r pollRequest) engine.Poll {
	p := engine.Poll{
		Namespace:   ns.id,
		Queue:       c.queue("TaskQueue", r.GetTaskQueue()),
		Identity:    r.GetIdentity(),
		InstanceKey: r.GetWorkerInstanceKey(),
		Stamp:       stamp(r.GetWorkerVersionCapabilities(), r.GetDeploymentOptions()),
	}
	c.id("Identity", r.GetIdentity())
	c.id("WorkerInstanceKey", r.GetWorkerInstanceKey())
	c.id("BuildId", p.Stamp.GetBuildId())
	c.unversioned(r.GetDeploymentOptions().GetWorkerVersioningMode(), r.GetWorkerVersionCapabilities().GetUseVersioning())
	if r.GetTaskQueue().GetKind() == enumspb.TASK_QUEUE_KIND_STICKY {
		p.Sticky, p.NormalQueue = true, r.GetTaskQueue().GetNormalName()
		c.id("TaskQueue.NormalName", p.NormalQueue)
	}
	return p
}

// more goes with a task: a worker that scales its polls by itself makes one more at a time, if another one would have had a task at once. Nothing goes with an
// empty answer: workers conclude by themselves that the poll was one too many, and SDKs on the common core take an answer with anything in it for a task.
func more(behind bool) *taskqueuepb.PollerScalingDecision {
	if !behind {
		return nil
	}
	return &taskqueuepb.PollerScalingDecision{PollRequestDeltaSuggestion: 1}
}

// stamp says which build of a worker polls; nil if it does not say.
func stamp(v *commonpb.WorkerVersionCapabilities, d *deploymentpb.WorkerDeploymentOptions) *commonpb.WorkerVersionStamp {
	switch {
	case v.GetBuildId() != "":
		return &commonpb.WorkerVersionStamp{BuildId: v.GetBuildId()}
	case d.GetBuildId() != "":
		return &commonpb.WorkerVersionStamp{BuildId: d.GetBuildId()}
	}
	return nil
}
