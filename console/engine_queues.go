package console

import (
	"context"

	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	workerpb "go.temporal.io/api/worker/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/recent"
)

// Queues is what the console asks of the engine about task queues, those who poll them, and runs that wait. Errors are *orchestration.Error.
type Queues interface {
	ListQueues(ctx context.Context, r engine.QueuesRequest) (engine.QueuesPage, error)
	DescribeQueue(ctx context.Context, r engine.QueueRequest) (engine.QueueDescription, error)
	// LimitQueue sets the rate limit of a queue of activities, or removes it.
	LimitQueue(ctx context.Context, r engine.QueueRequest, limit *engine.QueueLimit) (*taskqueuepb.TaskQueueConfig, error)
	// Recent tells what a namespace did in the last hour.
	Recent(ctx context.Context, ns orchestration.NamespaceID) recent.Report
	// Looks tells what runs wait for.
	Looks(ctx context.Context, runs []orchestration.RunKey) []engine.Look
	// Workers lists the workers that were heard of in the last hour, by their instance keys.
	Workers(ctx context.Context, r engine.WorkersRequest) (engine.WorkersPage, error)
	// Worker is the last that one of them said of itself. Errors: NotFound.
	Worker(ctx context.Context, ns orchestration.NamespaceID, key string) (*workerpb.WorkerHeartbeat, error)
}
