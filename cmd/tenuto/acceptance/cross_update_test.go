package acceptance

import (
	"context"
	"errors"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tenuto-io/tenuto/sdk"
	ours "github.com/tenuto-io/tenuto/sdk/client"
	ourworker "github.com/tenuto-io/tenuto/sdk/worker"
	ourworkflow "github.com/tenuto-io/tenuto/sdk/workflow"
)

// A tally adds up updates and signals, refuses an update of zero, continues as new with what it has when told to "turn", and returns it at
// the signal "close".

func ourTally(ctx ourworkflow.Context, total int) (int, error) {
	ourworkflow.SetUpdateHandlerWithOptions(ctx, "add", func(ctx ourworkflow.Context, n int) (int, error) {
		if err := ourworkflow.Sleep(ctx, time.Millisecond); err != nil {
			return 0, err
		}
		total += n
		return total, nil
	}, ourworkflow.UpdateHandlerOptions[int]{Validator: func(_ ourworkflow.Context, n int) error {
		if n == 0 {
			return sdk.NewApplicationError("nothing to add", "Nothing")
		}
		return nil
	}})
	turn, closed := false, false
	s := ourworkflow.NewSelector(ctx)
	ourworkflow.AddReceive(s, ourworkflow.SignalChannel[int](ctx, "more"), func(n int, _ bool) { total += n })
	ourworkflow.AddReceive(s, ourworkflow.SignalChannel[int](ctx, "turn"), func(int, bool) { turn = true })
	ourworkflow.AddReceive(s, ourworkflow.SignalChannel[int](ctx, "close"), func(int, bool) { closed = true })
	for !turn && !closed {
		s.Select(ctx)
	}
	if err := ourworkflow.Await(ctx, func() bool { return ourworkflow.AllHandlersFinished(ctx) }); err != nil || closed {
		return total, err
	}
	return 0, ourworkflow.ContinueAsNewByName(ctx, "tally", total)
}

func officialTally(ctx workflow.Context, total int) (int, error) {
	err := workflow.SetUpdateHandlerWithOptions(ctx, "add", func(ctx workflow.Context, n int) (int, error) {
		if err := workflow.Sleep(ctx, time.Millisecond); err != nil {
			return 0, err
		}
		total += n
		return total, nil
	}, workflow.UpdateHandlerOptions{Validator: func(_ workflow.Context, n int) error {
		if n == 0 {
			return temporal.NewApplicationError("nothing to add", "Nothing")
		}
		return nil
	}})
	if err != nil {
		return 0, err
	}
	turn, closed := false, false
	s := workflow.NewSelector(ctx)
	s.AddReceive(workflow.GetSignalChannel(ctx, "more"), func(c workflow.ReceiveChannel, _ bool) {
		var n int
		c.Receive(ctx, &n)
		total += n
	})
	s.AddReceive(workflow.GetSignalChannel(ctx, "turn"), func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, nil); turn = true })
	s.AddReceive(workflow.GetSignalChannel(ctx, "close"), func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, nil); closed = true })
	for !turn && !closed {
		s.Select(ctx)
	}
	if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil || closed {
		return total, err
	}
	return 0, workflow.NewContinueAsNewError(ctx, "tally", total)
}

// updater is what both clients can do to a tally. An update returns the new total, or "Nothing" for one that was refused.
type updater interface {
	add(ctx context.Context, id string, n int) (int, error)
	addWithStart(ctx context.Context, id, queue string, n int) (int, error)
	moreWithStart(ctx context.Context, id, queue string, n int) error
}

type officialUpdater struct{ client.Client }

func (c officialUpdater) add(ctx context.Context, id string, n int) (total int, err error) {
	handle, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: id, UpdateName: "add", Args: []any{n}, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err != nil {
		return 0, err
	}
	return total, handle.Get(ctx, &total)
}

func (c officialUpdater) addWithStart(ctx context.Context, id, queue string, n int) (total int, err error) {
	start := c.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID: id, TaskQueue: queue, WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
	}, "tally", 0)
	handle, err := c.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: start,
		UpdateOptions:          client.UpdateWorkflowOptions{UpdateName: "add", Args: []any{n}, WaitForStage: client.WorkflowUpdateStageCompleted},
	})
	if err != nil {
		return 0, err
	}
	return total, handle.Get(ctx, &total)
}

func (c officialUpdater) moreWithStart(ctx context.Context, id, queue string, n int) error {
	_, err := c.SignalWithStartWorkflow(ctx, id, "more", n, client.StartWorkflowOptions{TaskQueue: queue}, "tally", 0)
	return err
}

type ourUpdater struct{ *ours.Client }

func (c ourUpdater) add(ctx context.Context, id string, n int) (int, error) {
	update, err := ours.UpdateWorkflow[int](ctx, c.Client, ours.UpdateOptions{WorkflowID: id}, "add", n)
	if err != nil {
		return 0, err
	}
	return update.Get(ctx)
}

func (c ourUpdater) start(id, queue string) ours.Start[int] {
	return ours.NewStartByName[int](ours.StartOptions{
		ID: id, TaskQueue: queue, ConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
	}, "tally", 0)
}

func (c ourUpdater) addWithStart(ctx context.Context, id, queue string, n int) (int, error) {
	update, _, err := ours.UpdateWithStart[int](ctx, c.Client, c.start(id, queue), ours.UpdateOptions{}, "add", n)
	if err != nil {
		return 0, err
	}
	return update.Get(ctx)
}

func (c ourUpdater) moreWithStart(ctx context.Context, id, queue string, n int) error {
	_, err := ours.SignalWithStart(ctx, c.Client, c.start(id, queue), "more", n)
	return err
}

// TestCrossUpdate updates, signals and turns the same workflow with every pair of client and worker.
func TestCrossUpdate(t *testing.T) {
	workers := map[string]func(*lab){
		"official worker": func(l *lab) { l.work(code{"tally": officialTally}, nil) },
		"our worker": func(l *lab) {
			w := ourworker.New(dialOurs(l, l.address), l.queue, ourworker.Options{GracefulStopTimeout: time.Second})
			w.RegisterWorkflowAs("tally", ourTally)
			l.must(w.Start(l.ctx))
			l.Cleanup(w.Stop)
		},
	}
	clients := map[string]func(*lab) updater{
		"official client": func(l *lab) updater { return officialUpdater{l.client} },
		"our client":      func(l *lab) updater { return ourUpdater{dialOurs(l, l.address)} },
	}
	for workerName, serve := range workers {
		for clientName, open := range clients {
			t.Run(workerName+", "+clientName, func(t *testing.T) {
				l := newLab(t)
				serve(l)
				crossTally(l, open(l))
			})
		}
	}
}

func crossTally(l *lab, c updater) {
	id := l.newID()
	wantTotal := func(what string, want int, total int, err error) {
		l.Helper()
		l.must(err)
		equal(l.T, what, total, want)
	}
	total, err := c.addWithStart(l.ctx, id, l.queue, 1)
	wantTotal("update with start", 1, total, err)
	total, err = c.addWithStart(l.ctx, id, l.queue, 2)
	wantTotal("update of what is open", 3, total, err)
	_, err = c.add(l.ctx, id, 0)
	if !refusedTally(err) {
		l.Errorf("an update of nothing: %v", err)
	}
	l.must(c.moreWithStart(l.ctx, id, l.queue, 10))
	first := l.current(id)
	first = l.client.GetWorkflow(l.ctx, id, first.GetRunID())
	l.must(l.client.SignalWorkflow(l.ctx, id, "", "turn", 0))
	eventually(l, func() error {
		if l.describe(l.current(id)).GetWorkflowExecutionInfo().GetExecution().GetRunId() == first.GetRunID() {
			return errors.New("it has not continued as new")
		}
		return nil
	})
	total, err = c.add(l.ctx, id, 100)
	wantTotal("update of the next run", 113, total, err)
	l.must(l.client.SignalWorkflow(l.ctx, id, "", "close", 0))
	equal(l.T, "tally", result[int](l, l.current(id)), 113)

	r := newReplayers()
	r.add("tally", ourTally, officialTally)
	for _, run := range []client.WorkflowRun{first, l.current(id)} {
		if err := r.replay(l.events(run)); err != nil {
			l.Error(err)
		}
	}
}

// refusedTally tells the validator's error in either SDK.
func refusedTally(err error) bool {
	var official *temporal.ApplicationError
	return errors.As(err, &official) && official.Type() == "Nothing" || sdk.HasType(err, "Nothing")
}
