package store

import (
	"context"

	"github.com/tenuto-io/tenuto/orchestration"
)

// QueueConfigs is the part of the contract that keeps what operators set for task queues. It is small, and nothing of it is on the path of a task.
// Errors: ErrUnavailable, or the driver's own.
type QueueConfigs interface {
	// PutQueueConfig stores a queue's configuration in place of the one before, flushed before it returns. With an error it may be stored or not;
	// it can be repeated.
	PutQueueConfig(ctx context.Context, c QueueConfig) error
	// QueueConfig reads one; ok is false when the queue has none.
	QueueConfig(ctx context.Context, queue BacklogKey) (c QueueConfig, ok bool, err error)
	// DropQueueConfigs removes all that a namespace has.
	DropQueueConfigs(ctx context.Context, ns orchestration.NamespaceID) error
	// QueueConfigs reads all there are, in any order.
	QueueConfigs(ctx context.Context) ([]QueueConfig, error)
}

// QueueConfig is what operators set for one task queue.
type QueueConfig struct {
	BacklogKey
	Config []byte // encoded taskqueuepb.TaskQueueConfig; never nil when read
}
