package edge

import (
	"context"

	workerpb "go.temporal.io/api/worker/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// ResetStickyTaskQueue forgets which worker keeps a run, so that its next task goes to the normal queue with the full history.
func (s *workflowService) ResetStickyTaskQueue(ctx context.Context, r *workflowservice.ResetStickyTaskQueueRequest) (*workflowservice.ResetStickyTaskQueueResponse, error) {
	var c checks
	run := c.run(namespaceOf(ctx), r.GetExecution())
	if c.err != nil {
		return nil, c.err
	}
	if err := s.engine.ResetSticky(ctx, run); err != nil {
		return nil, err
	}
	return &workflowservice.ResetStickyTaskQueueResponse{}, nil
}

// ShutdownWorker says that a worker process goes: its polls end empty, and tasks of its sticky queue go to the normal one.
func (s *workflowService) ShutdownWorker(ctx context.Context, r *workflowservice.ShutdownWorkerRequest) (*workflowservice.ShutdownWorkerResponse, error) {
	var c checks
	c.id("StickyTaskQueue", r.GetStickyTaskQueue())
	c.id("TaskQueue", r.GetTaskQueue())
	c.id("WorkerInstanceKey", r.GetWorkerInstanceKey())
	c.id("Identity", r.GetIdentity())
	var heartbeats []*workerpb.WorkerHeartbeat
	if h := r.GetWorkerHeartbeat(); h.GetWorkerInstanceKey() != "" {
		heartbeats = append(heartbeats, h)
		c.workerHeartbeat(h)
	}
	if c.err != nil {
		return nil, c.err
	}
	s.engine.HeardOf(namespaceOf(ctx).id, heartbeats)
	err := s.engine.WorkerGone(ctx, engine.WorkerGone{
		Namespace:   namespaceOf(ctx).id,
		StickyQueue: r.GetStickyTaskQueue(),
		InstanceKey: r.GetWorkerInstanceKey(),
		Identity:    r.GetIdentity(),
		TaskQueue:   r.GetTaskQueue(),
	})
	if err != nil {
		return nil, err
	}
	return &workflowservice.ShutdownWorkerResponse{}, nil
}
