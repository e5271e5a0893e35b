package console

import (
	"context"

	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	workerpb "go.temporal.io/api/worker/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/recent"
)

// fakeFleet answers with what a test put in, and remembers what it was asked.
type fakeFleet struct {
	queues         engine.QueuesPage
	queue          engine.QueueDescription
	fleetErr       error
	describeAnyway bool // in spite of fleetErr

	workers engine.WorkersPage
	worker  *workerpb.WorkerHeartbeat

	hour   recent.Report
	looks  []engine.Look
	looked []orchestration.RunKey

	asked   bool
	after   engine.QueuesRequest
	limited engine.QueueRequest
	limit   *engine.QueueLimit
	which   engine.WorkersRequest
}

func (f *fakeFleet) ListQueues(_ context.Context, r engine.QueuesRequest) (engine.QueuesPage, error) {
	f.asked, f.after = true, r
	return f.queues, f.fleetErr
}

func (f *fakeFleet) DescribeQueue(context.Context, engine.QueueRequest) (engine.QueueDescription, error) {
	f.asked = true
	if f.describeAnyway {
		return f.queue, nil
	}
	return f.queue, f.fleetErr
}

func (f *fakeFleet) LimitQueue(_ context.Context, r engine.QueueRequest, l *engine.QueueLimit) (*taskqueuepb.TaskQueueConfig, error) {
	f.asked, f.limited, f.limit = true, r, l
	return nil, f.fleetErr
}

func (f *fakeFleet) Workers(_ context.Context, r engine.WorkersRequest) (engine.WorkersPage, error) {
	f.asked, f.which = true, r
	return f.workers, f.fleetErr
}

func (f *fakeFleet) Worker(context.Context, orchestration.NamespaceID, string) (*workerpb.WorkerHeartbeat, error) {
	f.asked = true
	return f.worker, f.fleetErr
}

// Looks answers with the looks that a test put in, one after the other.
func (f *fakeFleet) Looks(_ context.Context, runs []orchestration.RunKey) (out []engine.Look) {
	f.asked, f.looked = true, append(f.looked, runs...)
	for range runs {
		if len(f.looks) == 0 {
			return append(out, make([]engine.Look, len(runs)-len(out))...)
		}
		out, f.looks = append(out, f.looks[0]), f.looks[1:]
	}
	return out
}

func (f *fakeFleet) Recent(context.Context, orchestration.NamespaceID) recent.Report {
	f.asked = true
	return f.hour
}
