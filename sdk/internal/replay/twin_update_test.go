package replay_test

import (
	"errors"
	"time"

	official "go.temporal.io/sdk/workflow"

	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

func update(id, name string, args ...any) func(*rehearsal.Server) {
	return func(s *rehearsal.Server) { s.Update(id, name, rehearsal.Payloads(args...)) }
}

// counterOurs adds up updates until it is told to stop. An update of zero is refused, one above ten fails, and each takes an activity.
func counterOurs(ctx workflow.Context) (int, error) {
	total, stop := 0, false
	workflow.NewTimer(ctx, time.Hour)
	workflow.SetUpdateHandlerWithOptions(ctx, "add", func(ctx workflow.Context, n int) (int, error) {
		if n > 10 {
			return 0, errors.New("too much")
		}
		m, err := workflow.ExecuteActivity(ours(ctx), Work, n).Get(ctx)
		total += m
		return total, err
	}, workflow.UpdateHandlerOptions[int]{Validator: func(_ workflow.Context, n int) error {
		if n == 0 {
			return errors.New("nothing to add")
		}
		return nil
	}})
	workflow.NewTimer(ctx, 2*time.Hour)
	workflow.SetUpdateHandlerNoInput(ctx, "stop", func(ctx workflow.Context) (int, error) {
		stop = true
		return total, nil
	})
	workflow.NewTimer(ctx, 3*time.Hour)
	workflow.Go(ctx, func(ctx workflow.Context) { workflow.Sleep(ctx, time.Minute) })
	workflow.Await(ctx, func() bool { return stop && workflow.AllHandlersFinished(ctx) })
	return total, nil
}

func counterTheirs(ctx official.Context) (int, error) {
	total, stop := 0, false
	official.NewTimer(ctx, time.Hour)
	official.SetUpdateHandlerWithOptions(ctx, "add", func(ctx official.Context, n int) (int, error) {
		if n > 10 {
			return 0, errors.New("too much")
		}
		var m int
		err := official.ExecuteActivity(theirs(ctx), Work, n).Get(ctx, &m)
		total += m
		return total, err
	}, official.UpdateHandlerOptions{Validator: func(_ official.Context, n int) error {
		if n == 0 {
			return errors.New("nothing to add")
		}
		return nil
	}})
	official.NewTimer(ctx, 2*time.Hour)
	official.SetUpdateHandler(ctx, "stop", func(ctx official.Context) (int, error) {
		stop = true
		return total, nil
	})
	official.NewTimer(ctx, 3*time.Hour)
	official.Go(ctx, func(ctx official.Context) { official.Sleep(ctx, time.Minute) })
	official.Await(ctx, func() bool { return stop && official.AllHandlersFinished(ctx) })
	return total, nil
}

func counter(name string, before func(*rehearsal.Server), events ...func(*rehearsal.Server)) scene {
	return scene{name: name, ours: counterOurs, theirs: counterTheirs, before: before, events: events}
}

// updateScenes are workflows that are updated.
var updateScenes = []scene{
	counter("updates of a running workflow", nil, update("a", "add", 1), completeFirst, both(update("b", "add", 2), update("c", "add", 3)),
		both(completeLast, completeFirst), update("z", "stop")),
	counter("updates before the first task", both(update("a", "add", 1), update("b", "add", 2), update("c", "stop")), both(completeFirst, completeFirst)),
	counter("updates that are refused", both(update("u", "unknown", 1), update("r", "add", 0)), update("v", "unknown"), update("z", "stop")),
	counter("an update that fails", nil, update("f", "add", 11), update("z", "stop")),
	counter("updates with other things", nil, both(advance(time.Minute), update("a", "add", 1), advance(time.Hour), update("b", "add", 1)),
		both(completeLast, update("z", "stop"), completeFirst)),
}
