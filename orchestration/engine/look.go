package engine

import (
	"context"
	"strings"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// Look is what an open run waits for, in brief and without payloads, and where it is in its trace.
type Look struct {
	Queue string                              // of its workflow tasks
	Task  *workflowpb.PendingWorkflowTaskInfo // nil: none is pending
	// Failed is how a workflow task first failed or timed out, of those that were repeated up to now; nil: none did, or it cannot be told.
	Failed *historypb.HistoryEvent
	// Activity is the pending activity that stands out: one that is paused, else the one with the most attempts, else the one that was scheduled first; nil:
	// none is pending. Pending is how many are.
	Activity *workflowpb.PendingActivityInfo
	Pending  int
	Trace    orchestration.TraceContext // its place among the spans of OpenTelemetry; also known of a run that has closed. Zero: not known
	Err      error                      // why nothing is known of the run: NotFound (it has closed meanwhile, too), Unavailable, DataLoss
}

const (
	lookWithin   = 5 * time.Second // how long another node may take for its part
	lookedBack   = 20              // events in which a failed workflow task is looked for: only a first attempt's is one, and little comes after it
	messageShown = 500             // bytes of a failure's message
)

// Looks tells of many open runs what they wait for, wherever they are served. It changes nothing.
func (e *Engine) Looks(ctx context.Context, runs []orchestration.RunKey) []Look {
	looks, errs := make([]Look, len(runs)), make([]error, len(runs))
	e.perOwner(runs, errs, func(at place, keys []orchestration.RunKey, part []int) {
		for j, l := range e.looksAt(ctx, at, keys) {
			looks[part[j]], errs[part[j]] = l, l.Err
		}
	})
	for i, err := range errs {
		looks[i].Err = err
	}
	return looks
}

// looksAt looks at runs that are served at one place.
func (e *Engine) looksAt(ctx context.Context, at place, runs []orchestration.RunKey) []Look {
	switch {
	case at.here:
		return e.looksHere(ctx, runs)
	case e.unreachable(at):
		return unseen(len(runs), between(runs[0].Shard()))
	}
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	body, err := e.peers.Call(ctx, at.node, verbLook, encodeLook(runs))
	if err != nil {
		return unseen(len(runs), orchestration.Errorf(orchestration.Unavailable, "node %d: %s", at.node, err))
	}
	looks, err := decodeLooks(body, len(runs))
	if err != nil {
		return unseen(len(runs), err)
	}
	return looks
}

// unseen is one error for all.
func unseen(n int, err error) []Look {
	looks := make([]Look, n)
	for i := range looks {
		looks[i].Err = err
	}
	return looks
}

// looksHere looks at runs of this node, in the same portions as orders come to them.
func (e *Engine) looksHere(ctx context.Context, runs []orchestration.RunKey) []Look {
	looks := make([]Look, len(runs))
	for first := 0; first < len(runs); first += orderTogether {
		page := runs[first:min(first+orderTogether, len(runs))]
		e.owner.Preload(page)
		var wg sync.WaitGroup
		for i, run := range page {
			wg.Go(func() { looks[first+i] = e.lookHere(ctx, run) })
		}
		wg.Wait()
	}
	return looks
}

// lookHere looks at a run of this node.
func (e *Engine) lookHere(ctx context.Context, key orchestration.RunKey) (l Look) {
	l.Err = e.run(ctx, key, func(_ *shard.Tx, r *shard.Run) error {
		l.Trace = r.Trace()
		if r.Header.Status != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
			return orchestration.Errorf(orchestration.NotFound, "workflow execution already completed")
		}
		l.Queue, l.Task = r.Header.TaskQueue, r.PendingWorkflowTask()
		activities := r.PendingActivities()
		l.Activity, l.Pending = outstanding(activities), len(activities)
		return nil
	})
	if l.Task.GetAttempt() > 1 {
		l.Failed = e.failedTask(ctx, key)
	}
	return l
}

// outstanding is the activity that Look shows, without payloads.
func outstanding(all []*workflowpb.PendingActivityInfo) *workflowpb.PendingActivityInfo {
	var worst *workflowpb.PendingActivityInfo
	for _, a := range all { // in the order in which they were scheduled
		if worst == nil || a.GetPaused() && !worst.GetPaused() || a.GetPaused() == worst.GetPaused() && a.GetAttempt() > worst.GetAttempt() {
			worst = a
		}
	}
	if worst == nil {
		return nil
	}
	worst.HeartbeatDetails, worst.LastFailure = nil, told(worst.GetLastFailure())
	return worst
}

// told is what a failure says, without payloads and stack.
func told(f *failurepb.Failure) *failurepb.Failure {
	if f == nil {
		return nil
	}
	message := f.GetMessage()[:min(len(f.GetMessage()), messageShown)]
	return &failurepb.Failure{Message: strings.ToValidUTF8(message, ""), Cause: told(f.GetCause())}
}

// failedTask finds the latest event that says how a workflow task ended without a result; nil: none does, or it cannot be read.
func (e *Engine) failedTask(ctx context.Context, key orchestration.RunKey) *historypb.HistoryEvent {
	page, err := e.HistoryReverse(ctx, HistoryRequest{Run: key, PageSize: lookedBack})
	if err != nil {
		return nil
	}
	for _, ev := range page.Events {
		short := &historypb.HistoryEvent{EventId: ev.GetEventId(), EventTime: ev.GetEventTime(), EventType: ev.GetEventType()}
		switch a := ev.GetAttributes().(type) {
		case *historypb.HistoryEvent_WorkflowTaskFailedEventAttributes:
			of := a.WorkflowTaskFailedEventAttributes
			short.Attributes = &historypb.HistoryEvent_WorkflowTaskFailedEventAttributes{
				WorkflowTaskFailedEventAttributes: &historypb.WorkflowTaskFailedEventAttributes{Cause: of.GetCause(), Failure: told(of.GetFailure()), Identity: of.GetIdentity()},
			}
			return short
		case *historypb.HistoryEvent_WorkflowTaskTimedOutEventAttributes:
			return short
		case *historypb.HistoryEvent_WorkflowTaskCompletedEventAttributes:
			return nil // what failed before it, was repeated with success
		}
	}
	return nil
}

// looksForPeer is looksHere for another node.
func (e *Engine) looksForPeer(ctx context.Context, _ orchestration.NodeID, body []byte) ([]byte, error) {
	runs, err := decodeLook(body)
	if err != nil {
		return nil, err
	}
	return encodeLooks(e.looksHere(ctx, runs)), nil
}
