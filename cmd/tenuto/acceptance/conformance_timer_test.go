package acceptance

import (
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/workflow"
)

func TestTimersFireInOrder(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": func(ctx workflow.Context) (order []int, err error) {
		s := workflow.NewSelector(ctx)
		for _, n := range []int{300, 100, 200} {
			s.AddFuture(workflow.NewTimer(ctx, time.Duration(n)*time.Millisecond), func(workflow.Future) { order = append(order, n) })
		}
		for range 3 {
			s.Select(ctx)
		}
		return order, nil
	}}, nil)
	run := l.start("flow")
	order := result[[]int](l, run)
	if len(order) != 3 || order[0] != 100 || order[1] != 200 || order[2] != 300 {
		t.Errorf("order: %v", order)
	}
	all := l.events(run)
	started := map[int64]time.Time{}
	for _, e := range all {
		switch e.EventType {
		case enumspb.EVENT_TYPE_TIMER_STARTED:
			after := e.GetTimerStartedEventAttributes().StartToFireTimeout.AsDuration()
			started[e.EventId] = e.EventTime.AsTime().Add(after)
		case enumspb.EVENT_TYPE_TIMER_FIRED:
			due := started[e.GetTimerFiredEventAttributes().StartedEventId]
			if due.IsZero() || e.EventTime.AsTime().Before(due) {
				t.Errorf("a timer due at %v fired at %v", due, e.EventTime.AsTime())
			}
		}
	}
	equal(t, "fired", count(all, enumspb.EVENT_TYPE_TIMER_FIRED), 3)
}

func TestCancelledTimerNeverFires(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": func(ctx workflow.Context) error {
		timer, cancel := workflow.WithCancel(ctx)
		f := workflow.NewTimer(timer, time.Hour)
		if err := workflow.Sleep(ctx, 10*time.Millisecond); err != nil {
			return err
		}
		cancel()
		if err := f.Get(ctx, nil); err == nil {
			panic("a cancelled timer fired")
		}
		return nil
	}}, nil)
	run := l.start("flow")
	l.must(run.Get(l.ctx, nil))
	all := l.events(run)
	equal(t, "cancelled", count(all, enumspb.EVENT_TYPE_TIMER_CANCELED), 1)
	equal(t, "fired", count(all, enumspb.EVENT_TYPE_TIMER_FIRED), 1)
}
