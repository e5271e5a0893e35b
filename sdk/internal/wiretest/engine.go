package wiretest

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Logger is for clients and workers under test, whose failures are part of the test.
var Logger = slog.New(slog.DiscardHandler)

// Engine is a small server in memory. Make one with [NewEngine].
type Engine struct {
	workflowservice.UnimplementedWorkflowServiceServer

	mu sync.Mutex
	// changed is closed and replaced whenever something changed.
	changed    chan struct{}
	runs       map[string]*run // by workflow id
	activities []*activity     // that wait for a worker
	queries    []*query        // that wait for a worker
	asked      map[string]*query
	queues     map[string]bool // sticky queues that are polled
	stopped    map[string]bool // workers that signed off, by their instance keys
}

// NewEngine returns an engine without workflows.
func NewEngine() *Engine {
	return &Engine{
		changed: make(chan struct{}),
		runs:    map[string]*run{},
		asked:   map[string]*query{},
		queues:  map[string]bool{},
		stopped: map[string]bool{},
	}
}

// touch tells everyone who waits. The lock is held.
func (e *Engine) touch() {
	close(e.changed)
	e.changed = make(chan struct{})
}

// wait calls look, with the lock held, whenever something changed, until it says that it is done or ctx ends.
func (e *Engine) wait(ctx context.Context, look func() (done bool)) error {
	for {
		e.mu.Lock()
		done, changed := ctx.Err() == nil && look(), e.changed
		e.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// History returns a copy of a workflow's events so far.
func (e *Engine) History(workflowID string) []*historypb.HistoryEvent {
	e.mu.Lock()
	defer e.mu.Unlock()
	r := e.runs[workflowID]
	if r == nil {
		return nil
	}
	events := make([]*historypb.HistoryEvent, len(r.events))
	for i, event := range r.events {
		events[i] = proto.CloneOf(event)
	}
	return events
}

// AwaitEvent waits until a workflow's history has an event of the type.
func (e *Engine) AwaitEvent(t testing.TB, workflowID string, eventType enumspb.EventType) *historypb.HistoryEvent {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var found *historypb.HistoryEvent
	err := e.wait(ctx, func() bool {
		for _, event := range e.runs[workflowID].history() {
			if event.GetEventType() == eventType {
				found = event
			}
		}
		return found != nil
	})
	if err != nil {
		t.Fatalf("%s did not get an event %s", workflowID, eventType)
	}
	return found
}

// run is a workflow.
type run struct {
	e            *Engine
	id           *commonpb.WorkflowExecution
	start        *workflowservice.StartWorkflowExecutionRequest
	events       []*historypb.HistoryEvent
	buffered     []*historypb.HistoryEvent // that came while a workflow task was with a worker
	sticky       string                    // the queue of the worker that has it cached
	scheduled    bool                      // a workflow task waits for a worker
	started      int64                     // event id of the started workflow task, 0 if none
	previous     int64                     // event id of the start of the last completed workflow task
	closed       bool
	cancel       bool
	activities   map[int64]*activity // pending, by the id of their scheduled event
	timers       map[string]timer
	taskAttempts int32
}

func (r *run) history() []*historypb.HistoryEvent {
	if r == nil {
		return nil
	}
	return r.events
}

// add appends an event. The lock is held.
func (r *run) add(event *historypb.HistoryEvent) *historypb.HistoryEvent {
	event.EventId = int64(len(r.events) + 1)
	event.EventTime = timestamppb.Now()
	r.events = append(r.events, event)
	return event
}

// happened adds events that the workflow should see, or keeps them until the current workflow task has ended.
func (r *run) happened(events ...*historypb.HistoryEvent) {
	if r.closed || len(events) == 0 {
		return
	}
	if r.started != 0 {
		r.buffered = append(r.buffered, events...)
		return
	}
	for _, event := range events {
		r.add(event)
	}
	r.scheduleTask()
}

// scheduleTask adds a workflow task unless there is one.
func (r *run) scheduleTask() {
	if r.scheduled || r.started != 0 || r.closed {
		return
	}
	r.scheduled = true
	r.add(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
		Attributes: &historypb.HistoryEvent_WorkflowTaskScheduledEventAttributes{
			WorkflowTaskScheduledEventAttributes: &historypb.WorkflowTaskScheduledEventAttributes{
				TaskQueue: r.start.GetTaskQueue(), Attempt: r.taskAttempts + 1,
			},
		},
	})
	r.e.touch()
}

// endTask ends the current workflow task, and begins the next if something happened meanwhile.
func (r *run) endTask() {
	r.started = 0
	buffered := r.buffered
	r.buffered = nil
	r.happened(buffered...)
	r.e.touch()
}

// find returns the run of a workflow. The lock is held.
func (e *Engine) find(execution *commonpb.WorkflowExecution) (*run, error) {
	r := e.runs[execution.GetWorkflowId()]
	if r == nil || execution.GetRunId() != "" && execution.GetRunId() != r.id.GetRunId() {
		return nil, serviceerror.NewNotFound(fmt.Sprintf("no workflow %s", execution))
	}
	return r, nil
}
