package engine

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/orchestration/shard"
)

// past is what a reset has read so far of the base run, and of the runs that it continued as.
type past struct {
	workflow orchestration.WorkflowKey
	cut      orchestration.EventID // of the base run, to reset to
	reapply  history.Reapply

	base   orchestration.RunID
	prefix []*historypb.HistoryEvent // of the base run, before cut
	later  []*historypb.HistoryEvent // what is to be recorded again
	last   *historypb.HistoryEvent   // that was read

	run  orchestration.RunID   // being read
	next orchestration.EventID // of run, to be read
	end  orchestration.EventID // of run, after the last one that there is
}

func newPast(in ResetRequest) *past {
	return &past{workflow: in.Run.WorkflowKey, cut: in.Event, reapply: in.Reapply, run: in.Run.RunID, next: 1}
}

// look learns how far the history of the run goes that is being read, and goes on to the one that continued it. It tells whether
// everything has been read. Errors: NotFound, InvalidArgument (there is no such event to reset to), Unavailable, DataLoss.
func (p *past) look(tx *shard.Tx) (complete bool, err error) {
	r, err := tx.Run(p.run)
	if err != nil {
		return false, err
	}
	if p.run = r.Key.RunID; p.base.IsZero() {
		p.base = p.run
	}
	if p.end = r.Header.NextEventID; p.next < p.end {
		return false, nil
	}
	if p.run == p.base && p.cut >= p.end && !startedUnstored(r, p.cut) {
		return false, p.noSuchEvent()
	}
	after := successor(p.last)
	if after.IsZero() {
		return true, nil
	}
	r, err = tx.Run(after)
	if orchestration.CodeOf(err) == orchestration.NotFound {
		return true, nil // it has been deleted: what it had is gone
	}
	if err != nil {
		return false, err
	}
	p.run, p.next, p.end = after, 1, r.Header.NextEventID
	return false, nil
}

// startedUnstored tells whether the event is the start of the workflow task in flight, which is stored when that ends.
func startedUnstored(r *shard.Run, id orchestration.EventID) bool {
	events, _ := r.Pending()
	return len(events) > 0 && events[0].EventId == id && events[0].EventType == enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED
}

func (p *past) noSuchEvent() error {
	return orchestration.Errorf(orchestration.InvalidArgument,
		"WorkflowTaskFinishEventId %d is not the start, completion, failure or time-out of a workflow task of run %s.", p.cut, p.base)
}

// successor is the run that a closing event says continued its run as new.
func successor(ev *historypb.HistoryEvent) orchestration.RunID {
	id, err := orchestration.ParseRunID(ev.GetWorkflowExecutionContinuedAsNewEventAttributes().GetNewExecutionRunId())
	if err != nil {
		return orchestration.RunID{}
	}
	return id
}

// readPast reads what look has found.
func (e *Engine) readPast(ctx context.Context, p *past) error {
	for p.next < p.end {
		events, next, err := e.readForward(ctx, p.workflow.Run(p.run), p.next, p.end-1, pageBytes, 0)
		if err != nil {
			return err
		}
		if err := p.take(events); err != nil {
			return err
		}
		p.next = next
	}
	return nil
}

// take sorts events that were read.
func (p *past) take(events []*historypb.HistoryEvent) error {
	for _, ev := range events {
		p.last = ev
		switch {
		case p.run != p.base || ev.EventId > p.cut:
		case ev.EventId < p.cut:
			p.prefix = append(p.prefix, ev)
			continue
		case !history.EndsWorkflowTask(ev.EventType):
			return p.noSuchEvent()
		}
		if p.wants(ev) {
			p.later = append(p.later, ev)
		}
	}
	return nil
}

// wants tells whether an event of the run being read is to be recorded again.
func (p *past) wants(ev *historypb.HistoryEvent) bool {
	return p.reapply.Wants(ev) || p.run == p.base && history.Settles(ev)
}

// wanted are those of the events that are to be recorded again.
func (p *past) wanted(events []*historypb.HistoryEvent) (out []*historypb.HistoryEvent) {
	for _, ev := range events {
		if p.wants(ev) {
			out = append(out, ev)
		}
	}
	return out
}
