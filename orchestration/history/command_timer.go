package history

import (
	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
)

func judgeStartTimer(p *plan, c *commandpb.Command) *refusal {
	a := c.GetStartTimerCommandAttributes()
	if a.GetTimerId() == "" {
		return refuse(c, "TimerId is not set on StartTimerCommand.")
	}
	if bad := judgeLength(c, named{"TimerId", a.TimerId}); bad != nil {
		return bad
	}
	if badDuration(a.StartToFireTimeout) {
		return refuse(c, "A valid StartToFireTimeout is not set on StartTimerCommand. TimerId=%s", a.TimerId)
	}
	if p.timerRuns(a.TimerId) {
		return &refusal{enumspb.WORKFLOW_TASK_FAILED_CAUSE_START_TIMER_DUPLICATE_ID, "timer id " + a.TimerId + " is in use by a pending timer"}
	}
	if p.timing >= orchestration.MaxPendingTimers {
		return refuse(c, "the number of pending timers has reached the per-workflow limit of %d", orchestration.MaxPendingTimers)
	}
	p.timers[a.TimerId] = true
	p.timing++
	return nil
}

// timerRuns tells whether a timer of the id is pending after the commands so far.
func (p *plan) timerRuns(id string) bool {
	if runs, changed := p.timers[id]; changed {
		return runs
	}
	_, runs := p.run.timerIDs[id]
	return runs
}

func startTimer(o *orders, c *commandpb.Command) {
	a := c.GetStartTimerCommandAttributes()
	o.record(c, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_TIMER_STARTED,
		Attributes: &historypb.HistoryEvent_TimerStartedEventAttributes{
			TimerStartedEventAttributes: &historypb.TimerStartedEventAttributes{
				TimerId:                      a.TimerId,
				StartToFireTimeout:           durationpb.New(a.StartToFireTimeout.AsDuration()),
				WorkflowTaskCompletedEventId: o.completedID,
			},
		},
	})
}

func judgeCancelTimer(p *plan, c *commandpb.Command) *refusal {
	a := c.GetCancelTimerCommandAttributes()
	if a.GetTimerId() == "" {
		return refuse(c, "TimerId is not set on CancelTimerCommand.")
	}
	runs := p.timerRuns(a.TimerId)
	if _, changed := p.timers[a.TimerId]; !runs && (changed || p.run.firedTimer(a.TimerId) == nil) {
		return refuse(c, "TimerId %s on CancelTimerCommand names no pending timer.", a.TimerId)
	}
	if runs {
		p.timing--
	}
	p.timers[a.TimerId] = false
	return nil
}

// firedTimer is the buffered TimerFired of a timer, nil if there is none.
func (r *Run) firedTimer(id string) *bufferedEvent {
	for _, b := range r.buffer {
		if b.Event.msg.EventType == enumspb.EVENT_TYPE_TIMER_FIRED && b.Event.msg.GetTimerFiredEventAttributes().TimerId == id {
			return b
		}
	}
	return nil
}

// cancelTimer cancels a timer; one that fired into the buffer has not fired after all.
func cancelTimer(o *orders, c *commandpb.Command) {
	id := c.GetCancelTimerCommandAttributes().TimerId
	startedID, runs := o.run.timerIDs[id]
	if !runs {
		fired := o.run.firedTimer(id)
		startedID = fired.Event.msg.GetTimerFiredEventAttributes().StartedEventId
		o.release(fired)
	}
	o.record(c, &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_TIMER_CANCELED,
		Attributes: &historypb.HistoryEvent_TimerCanceledEventAttributes{
			TimerCanceledEventAttributes: &historypb.TimerCanceledEventAttributes{
				TimerId:                      id,
				StartedEventId:               startedID,
				WorkflowTaskCompletedEventId: o.completedID,
				Identity:                     o.identity,
			},
		},
	})
}

// fireTimer records that a timer fired.
func (s *step) fireTimer(t *timer) {
	if s.run.Header.Task.started() {
		t.Fired = true
		delete(s.run.timerIDs, t.ID)
		s.run.touchTimer(t.StartedEventID)
	}
	s.emit(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_TIMER_FIRED,
		Attributes: &historypb.HistoryEvent_TimerFiredEventAttributes{
			TimerFiredEventAttributes: &historypb.TimerFiredEventAttributes{TimerId: t.ID, StartedEventId: t.StartedEventID},
		},
	})
}
