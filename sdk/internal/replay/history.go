package replay

import (
	"context"
	"errors"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/machine"
)

type pageFunc = func(context.Context, *commonpb.WorkflowExecution, []byte) (*historypb.History, []byte, error)

// history reads events in order, fetching pages as they are needed, and cuts them into workflow tasks.
type history struct {
	execution *commonpb.WorkflowExecution
	fetch     pageFunc
	events    []*historypb.HistoryEvent
	token     []byte
	// last is the id of the last event read, or of the one before the first, to notice gaps.
	last int64
	// until is the id after which events are not read: a server may know more than the task is about. Zero: no bound.
	until int64
}

// errIncomplete wraps what is wrong with a history that has gaps or ends early.
var errIncomplete = errors.New("incomplete history")

// page fetches the next page.
func (h *history) page(ctx context.Context) error {
	if h.fetch == nil {
		return fmt.Errorf("%w: the task does not bring all of it, and there is no way to fetch the rest", errIncomplete)
	}
	page, token, err := h.fetch(ctx, h.execution, h.token)
	if err != nil {
		return fmt.Errorf("history of run %s: %w", h.execution.GetRunId(), err)
	}
	h.events, h.token = append(h.events, page.GetEvents()...), token
	return nil
}

// peek returns the event i places ahead without reading it, nil at the end.
func (h *history) peek(ctx context.Context, i int) (*historypb.HistoryEvent, error) {
	for i >= len(h.events) {
		if len(h.token) == 0 {
			return nil, nil
		}
		if err := h.page(ctx); err != nil {
			return nil, err
		}
	}
	if event := h.events[i]; h.until == 0 || event.GetEventId() <= h.until {
		return event, nil
	}
	return nil, nil
}

// read takes the first n events, which peek has seen.
func (h *history) read(n int) ([]*historypb.HistoryEvent, error) {
	taken := h.events[:n:n]
	h.events = h.events[n:]
	for _, event := range taken {
		if event.GetEventId() != h.last+1 {
			return nil, fmt.Errorf("%w: event %d follows event %d", errIncomplete, event.GetEventId(), h.last)
		}
		h.last = event.GetEventId()
	}
	return taken, nil
}

// next returns the next task: events up to a WorkflowTaskStarted at which workflow code ran, or, for the last event of the history,
// is to run. It returns nil when there is none; what is left belongs to no task that ran.
func (h *history) next(ctx context.Context) (*machine.Task, error) {
	for i := 0; ; i++ {
		event, err := h.peek(ctx, i)
		if event == nil || err != nil {
			return nil, err
		}
		if event.GetEventType() != enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED {
			continue
		}
		after, err := h.peek(ctx, i+1)
		if err != nil {
			return nil, err
		}
		if after != nil && after.GetEventType() != enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			continue // It failed or timed out; what it did is not part of the history.
		}
		events, err := h.read(i + 1)
		if err != nil {
			return nil, err
		}
		task := &machine.Task{Events: events, Replaying: after != nil}
		task.Answers, err = h.answers(ctx)
		return task, err
	}
}

// answers looks at the events that the task's commands made: WorkflowTaskCompleted and those right after it.
func (h *history) answers(ctx context.Context) ([]*historypb.HistoryEvent, error) {
	for n := 0; ; n++ {
		event, err := h.peek(ctx, n)
		if err != nil {
			return nil, err
		}
		if event == nil || (n > 0 && !machine.IsAnswer(event)) {
			return h.events[:n:n], nil
		}
	}
}
