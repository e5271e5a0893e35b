package replay

import (
	"context"
	"errors"
	"fmt"

	protocolpb "go.temporal.io/api/protocol/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/machine"
)

type workflowTask = workflowservice.PollWorkflowTaskQueueResponse

// fetchError marks a history that could not be fetched.
type fetchError struct{ error }

func (e fetchError) Unwrap() error { return e.error }

// Handle brings the task's run to the task's point, runs it, and returns the reply. The error is that of ctx or of fetching the
// history; everything that is wrong with the workflow is a reply.
func (p *Processor) Handle(ctx context.Context, task *workflowservice.PollWorkflowTaskQueueResponse) (Reply, error) {
	slot, err := p.cache.take(ctx, task.GetWorkflowExecution().GetRunId())
	if err != nil {
		return Reply{}, err
	}
	reply, err := p.handle(ctx, task, slot)
	slot.release()
	return reply, err
}

// handle leaves in the slot what is to be kept.
func (p *Processor) handle(ctx context.Context, task *workflowTask, slot *slot) (Reply, error) {
	err := p.advance(ctx, task, slot)
	if unreachable := (fetchError{}); errors.As(err, &unreachable) {
		slot.evict()
		return Reply{}, err
	}
	if task.GetQuery() != nil {
		return p.answer(task, slot, err), nil
	}
	if err != nil {
		slot.evict()
		return p.failed(task, err), nil
	}
	heartbeat, err := p.awaitLocals(ctx, slot)
	if err != nil {
		slot.evict()
		return p.failed(task, err), nil
	}
	reply := p.completed(task, slot.run)
	reply.Completed.ForceCreateNewWorkflowTask = heartbeat
	if !p.keeps(slot.run) {
		slot.evict()
	}
	return reply, nil
}

// advance puts the run, at the task's point, into the slot.
func (p *Processor) advance(ctx context.Context, task *workflowTask, slot *slot) error {
	source, err := p.source(ctx, task, slot)
	if err != nil {
		return err
	}
	if slot.run == nil {
		if slot.run, err = p.newRun(task); err != nil {
			return err
		}
	}
	if task.GetQuery() != nil {
		return p.catchUp(ctx, source, slot.run)
	}
	return p.catchUpTo(ctx, source, slot.run, task.GetStartedEventId(), task.GetMessages())
}

// source returns the events to apply to the slot's run, which it evicts if it is of no use for the task.
func (p *Processor) source(ctx context.Context, task *workflowTask, slot *slot) (*history, error) {
	source := &history{
		execution: task.GetWorkflowExecution(), fetch: p.options.HistoryPage, until: task.GetStartedEventId(),
		events: task.GetHistory().GetEvents(), token: task.GetNextPageToken(),
	}
	first := int64(0)
	if len(source.events) > 0 {
		first = source.events[0].GetEventId()
	}
	if slot.run != nil {
		if usable(slot.run, task, first) {
			if task.GetQuery() != nil {
				source.events, source.token = nil, nil
			}
			source.last = slot.run.StartedID
			return source, nil
		}
		slot.evict()
	}
	if first == 1 {
		return source, nil
	}
	source.events, source.token = nil, nil
	return source, asFetchError(source.page(ctx))
}

// usable reports whether a cached run stands where the task begins. A query brings no events and asks about the point that the
// server knows, unless it does not say.
func usable(run *machine.Run, task *workflowTask, first int64) bool {
	if task.GetQuery() != nil {
		previous := task.GetPreviousStartedEventId()
		return (previous == 0 && first != 1) || previous == run.StartedID
	}
	return first == run.StartedID+1
}

// catchUpTo replays the history and runs the task at its end, which must be its WorkflowTaskStarted.
func (p *Processor) catchUpTo(
	ctx context.Context, source *history, run *machine.Run, started int64, messages []*protocolpb.Message,
) error {
	for {
		task, err := source.next(ctx)
		if err != nil {
			return asFetchError(err)
		}
		if task == nil {
			return fmt.Errorf("%w: it ends at event %d, before event %d, the task's WorkflowTaskStarted", errIncomplete, source.last, started)
		}
		if !task.Replaying {
			task.Messages = messages
		}
		if err := run.Advance(*task); err != nil {
			return err
		}
		if !task.Replaying {
			if run.StartedID != started {
				return fmt.Errorf("%w: it ends at event %d, the task's WorkflowTaskStarted is event %d", errIncomplete, run.StartedID, started)
			}
			return nil
		}
	}
}

// catchUp replays what is complete of a history: a task in flight is somebody else's.
func (p *Processor) catchUp(ctx context.Context, source *history, run *machine.Run) error {
	for {
		task, err := source.next(ctx)
		if err != nil {
			return asFetchError(err)
		}
		if task == nil || !task.Replaying {
			return nil
		}
		if err := run.Advance(*task); err != nil {
			return err
		}
		if err := run.Absorb(task.Answers); err != nil {
			return err
		}
	}
}

// asFetchError tells a server that could not be asked from a history that makes no sense.
func asFetchError(err error) error {
	if err == nil || errors.Is(err, errIncomplete) {
		return err
	}
	return fetchError{err}
}

// newRun returns a run of the task's workflow type before its first event.
func (p *Processor) newRun(task *workflowTask) (*machine.Run, error) {
	f, err := p.lookup(task.GetWorkflowType().GetName())
	if err != nil {
		return nil, err
	}
	return machine.New(machine.Config{
		Namespace:       p.options.Namespace,
		Execution:       task.GetWorkflowExecution(),
		TaskQueue:       p.options.TaskQueue,
		Data:            p.options.DataConverter,
		Failures:        p.options.FailureConverter,
		Logger:          p.options.Logger,
		DeadlockTimeout: p.options.DeadlockTimeout,
		Main:            f.main,
	}), nil
}

// keeps reports whether a run is worth keeping after its task.
func (p *Processor) keeps(run *machine.Run) bool {
	return p.options.CacheBytes > 0 && p.options.StickyQueue != "" && !run.Closed() && run.Broken() == nil
}

// Replay runs a whole history through a registered workflow, outside of any cache, and returns the first error.
func (p *Processor) Replay(ctx context.Context, task *workflowservice.PollWorkflowTaskQueueResponse) error {
	run, err := p.newRun(task)
	if err != nil {
		return err
	}
	defer run.Close()
	source := &history{execution: task.GetWorkflowExecution(), events: task.GetHistory().GetEvents()}
	if err := p.catchUp(ctx, source, run); err != nil {
		return err
	}
	return run.AllMatched()
}
