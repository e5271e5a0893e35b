package engine

import (
	"math"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// QueueLimit is what an operator wants of a queue's rate limit. Only queues of activities can have one.
type QueueLimit struct {
	PerSecond *float32 // tasks, not negative; 0 pauses the queue; nil: back to what workers wish
	Reason    string   // at most orchestration.MaxReasonSize
	Identity  string
}

// check demands a limit that a queue of this kind can have. Errors: InvalidArgument.
func (l *QueueLimit) check(kind enumspb.TaskQueueType) error {
	switch {
	case kind != enumspb.TASK_QUEUE_TYPE_ACTIVITY:
		return orchestration.Errorf(orchestration.InvalidArgument, "Setting a rate limit on workflow task queues is not allowed: UpdateQueueRateLimit is for activity task queues.")
	case len(l.Reason) > orchestration.MaxReasonSize:
		return orchestration.Errorf(orchestration.InvalidArgument, "Blob data size exceeds limit. Reason has %d bytes, at most %d are allowed.", len(l.Reason), orchestration.MaxReasonSize)
	case l.PerSecond != nil && (!(*l.PerSecond >= 0) || math.IsInf(float64(*l.PerSecond), 0)):
		return orchestration.Errorf(orchestration.InvalidArgument, "RequestsPerSecond %v is not valid: it must not be negative.", *l.PerSecond)
	}
	return nil
}
