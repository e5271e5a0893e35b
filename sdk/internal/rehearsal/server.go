package rehearsal

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	querypb "go.temporal.io/api/query/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Names of what is played.
const (
	Namespace = "rehearsal"
	TaskQueue = "stage"
)

// runs counts the runs of the process: each has an id of its own.
var runs atomic.Int64

// Server holds one run. It is not safe for concurrent use.
type Server struct {
	// Now is the server's time. Each event has it, plus a millisecond that it moves on.
	Now time.Time
	// PageSize, if positive, splits the histories that Page and tasks return.
	PageSize int

	execution *commonpb.WorkflowExecution
	typeName  string
	events    []*historypb.HistoryEvent
	// buffered are events that came while a task is in flight.
	buffered []*historypb.HistoryEvent

	// scheduled and started are the ids of the current workflow task's events, zero if there is none.
	scheduled, started int64
	// previous is the Started of the last completed task.
	previous int64
	sticky   bool
	attempt  int32
	closed   bool

	activities map[int64]*Activity
	timers     map[string]*timer
	children   map[int64]*Child
	requests   []*External
	updates    updates
}

// Activity is an activity that is open.
type Activity struct {
	// ScheduledID is the id of its event.
	ScheduledID int64
	ID, Type    string
	Input       *commonpb.Payloads
	// CancelRequested: the workflow wants it to end.
	CancelRequested bool
	closing         bool
}

type timer struct {
	id      string
	started int64
	due     time.Time
	firing  bool
}

// Start returns a server with a run that was just started.
func Start(workflowType string, input *commonpb.Payloads) *Server {
	runID := fmt.Sprintf("5f1c2d3e-0000-4000-8000-%012d", runs.Add(1))
	s := &Server{
		Now:        time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC),
		execution:  &commonpb.WorkflowExecution{WorkflowId: "rehearsal-1", RunId: runID},
		typeName:   workflowType,
		attempt:    1,
		activities: make(map[int64]*Activity),
		timers:     make(map[string]*timer),
		children:   make(map[int64]*Child),
	}
	s.append(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes{
			WorkflowExecutionStartedEventAttributes: &historypb.WorkflowExecutionStartedEventAttributes{
				WorkflowType:           &commonpb.WorkflowType{Name: workflowType},
				WorkflowId:             s.execution.WorkflowId,
				TaskQueue:              &taskqueuepb.TaskQueue{Name: TaskQueue, Kind: enumspb.TASK_QUEUE_KIND_NORMAL},
				Input:                  input,
				OriginalExecutionRunId: runID,
				FirstExecutionRunId:    runID,
				WorkflowTaskTimeout:    durationpb.New(10 * time.Second),
				Attempt:                1,
			},
		},
	})
	s.schedule()
	return s
}

// StartedEvent returns the attributes of the first event, to be changed before the first task.
func (s *Server) StartedEvent() *historypb.WorkflowExecutionStartedEventAttributes {
	return s.events[0].GetWorkflowExecutionStartedEventAttributes()
}

// SetRunID gives the run another id, before the first task: two servers may play the same run.
func (s *Server) SetRunID(id string) {
	s.execution = &commonpb.WorkflowExecution{WorkflowId: s.execution.WorkflowId, RunId: id}
	start := s.StartedEvent()
	start.OriginalExecutionRunId, start.FirstExecutionRunId = id, id
}

// RunID returns the run's id.
func (s *Server) RunID() string { return s.execution.GetRunId() }

// History returns the events so far.
func (s *Server) History() *historypb.History {
	return &historypb.History{Events: slices.Clone(s.events)}
}

// Closed reports whether the run has ended.
func (s *Server) Closed() bool { return s.closed }

// HasTask reports whether a workflow task waits for a worker.
func (s *Server) HasTask() bool { return s.scheduled != 0 && s.started == 0 }

// Activities returns the open activities, oldest first.
func (s *Server) Activities() []*Activity {
	var open []*Activity
	for _, id := range slices.Sorted(maps.Keys(s.activities)) {
		if a := s.activities[id]; !a.closing {
			open = append(open, a)
		}
	}
	return open
}

// Task starts the workflow task and returns it as a poll does: with the new events only if the last reply had sticky attributes.
func (s *Server) Task() *workflowservice.PollWorkflowTaskQueueResponse {
	if !s.HasTask() {
		panic("rehearsal: no workflow task is waiting")
	}
	s.started = s.append(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED,
		Attributes: &historypb.HistoryEvent_WorkflowTaskStartedEventAttributes{
			WorkflowTaskStartedEventAttributes: &historypb.WorkflowTaskStartedEventAttributes{ScheduledEventId: s.scheduled},
		},
	})
	first := int64(0)
	if s.sticky {
		first = s.previous
	}
	return s.task(first)
}

// FullTask is Task with the full history, as a task has on the normal queue.
func (s *Server) FullTask() *workflowservice.PollWorkflowTaskQueueResponse {
	s.sticky = false
	return s.Task()
}

// QueryTask returns a task that only asks a query. A sticky one brings no history.
func (s *Server) QueryTask(name string, args *commonpb.Payloads) *workflowservice.PollWorkflowTaskQueueResponse {
	task := s.task(0)
	task.StartedEventId, task.Messages = 0, nil
	task.Query = &querypb.WorkflowQuery{QueryType: name, QueryArgs: args}
	if s.sticky {
		task.History, task.NextPageToken = &historypb.History{}, nil
	}
	return task
}

// task returns the events after the one named.
func (s *Server) task(after int64) *workflowservice.PollWorkflowTaskQueueResponse {
	page, token := s.page(after)
	return &workflowservice.PollWorkflowTaskQueueResponse{
		TaskToken:              fmt.Appendf(nil, "token-%d", s.started),
		WorkflowExecution:      s.execution,
		WorkflowType:           &commonpb.WorkflowType{Name: s.typeName},
		PreviousStartedEventId: s.previous,
		StartedEventId:         s.started,
		Attempt:                s.attempt,
		Messages:               s.updates.due(s.started - 1),
		History:                page,
		NextPageToken:          token,
	}
}

// Page is a replay.Options.HistoryPage. The token is the id of the last event of the page before.
func (s *Server) Page(_ context.Context, _ *commonpb.WorkflowExecution, token []byte) (*historypb.History, []byte, error) {
	after := int64(0)
	if len(token) > 0 {
		if _, err := fmt.Sscan(string(token), &after); err != nil {
			return nil, nil, err
		}
	}
	page, next := s.page(after)
	return page, next, nil
}

// Pages is a replay.Options.HistoryPage for several runs.
func Pages(servers ...*Server) func(context.Context, *commonpb.WorkflowExecution, []byte) (*historypb.History, []byte, error) {
	return func(ctx context.Context, execution *commonpb.WorkflowExecution, token []byte) (*historypb.History, []byte, error) {
		for _, s := range servers {
			if s.RunID() == execution.GetRunId() {
				return s.Page(ctx, execution, token)
			}
		}
		return nil, nil, fmt.Errorf("rehearsal: no run %s", execution.GetRunId())
	}
}

func (s *Server) page(after int64) (*historypb.History, []byte) {
	events := s.events[after:]
	if s.PageSize == 0 || len(events) <= s.PageSize {
		return &historypb.History{Events: slices.Clone(events)}, nil
	}
	return &historypb.History{Events: slices.Clone(events[:s.PageSize])}, fmt.Appendf(nil, "%d", after+int64(s.PageSize))
}

// append gives an event its id and time and adds it to the history.
func (s *Server) append(event *historypb.HistoryEvent) int64 {
	s.Now = s.Now.Add(time.Millisecond)
	event.EventId = int64(len(s.events) + 1)
	event.EventTime = timestamppb.New(s.Now)
	s.events = append(s.events, event)
	return event.EventId
}

// schedule makes a workflow task unless there is one.
func (s *Server) schedule() {
	if s.scheduled != 0 || s.closed {
		return
	}
	s.scheduled = s.append(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
		Attributes: &historypb.HistoryEvent_WorkflowTaskScheduledEventAttributes{
			WorkflowTaskScheduledEventAttributes: &historypb.WorkflowTaskScheduledEventAttributes{
				TaskQueue: &taskqueuepb.TaskQueue{Name: TaskQueue, Kind: enumspb.TASK_QUEUE_KIND_NORMAL}, Attempt: s.attempt,
			},
		},
	})
}

// happen records something from outside, now or after the task in flight.
func (s *Server) happen(event *historypb.HistoryEvent) {
	switch {
	case s.closed:
	case s.started != 0:
		s.buffered = append(s.buffered, event)
	default:
		s.append(event)
		s.schedule()
	}
}
