package history

import (
	"errors"
	"testing"
	"time"

	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// TestReplay replays histories of scripts with the official Go SDK, whose determinism check knows which events must follow the commands
// of a workflow task. Each workflow is what would give the script's commands.
func TestReplay(t *testing.T) {
	for name, c := range map[string]struct {
		script   string
		workflow any
	}{
		"an activity is canceled while its completion is buffered": {`
start
poll
respond
  activity a start-to-close=1m
poll-activity a
signal stop
poll
complete-activity a result="done"
respond
  cancel-activity a
poll
respond
  complete`, cancelOnSignal},
		"an unstarted activity is canceled at once": {`
start
poll
respond
  activity a start-to-close=1m
signal stop
poll
respond
  cancel-activity a
poll
respond
  complete`, cancelOnSignal},
		"a timer is canceled after it fired into the buffer": {`
start
poll
respond
  timer 5 after=2s
signal stop
poll
advance 3s
respond
  cancel-timer 5
  timer 11 after=1s
advance 1s
poll
respond
  complete`, timerOrSignal},
		"a closing command fails because a signal is buffered": {`
start
poll
signal one
respond
  complete
poll
respond
  complete`, drainSignals},
		"a reset forgets a decision and keeps a signal": {`
start
poll
respond
  timer 5 after=1m
signal stop
poll
respond
  timer 10 after=1s
reset wrong event=9
poll
respond
  cancel-timer 5
  timer 14 after=1s
advance 1s
poll
respond
  complete`, timerOrSignal},
		"transient attempts with signals between them": {`
start
poll
fail-task broken
signal stop
poll
fail-task broken
advance 1s
poll
respond
  timer 9 after=1s
advance 1s
poll
respond
  complete`, signalThenTimer},
	} {
		t.Run(name, func(t *testing.T) {
			stage := newStage(t)
			stage.playAll(c.script)
			replayer := worker.NewWorkflowReplayer()
			replayer.RegisterWorkflowWithOptions(c.workflow, workflow.RegisterOptions{Name: "Transfer"})
			if err := replayer.ReplayWorkflowHistory(nil, &historypb.History{Events: stage.twin.events}); err != nil {
				t.Fatalf("%v\n%s", err, stage.play("history"))
			}
		})
	}
}

var activityOptions = workflow.ActivityOptions{ActivityID: "a", StartToCloseTimeout: time.Minute, WaitForCancellation: true}

func cancelOnSignal(ctx workflow.Context) error {
	cancellable, cancel := workflow.WithCancel(workflow.WithActivityOptions(ctx, activityOptions))
	done := workflow.ExecuteActivity(cancellable, "Debit")
	workflow.GetSignalChannel(ctx, "stop").Receive(ctx, nil)
	cancel()
	var result string
	err := done.Get(ctx, &result)
	if err == nil && result != "done" {
		return errors.New("no result")
	}
	return nil
}

func timerOrSignal(ctx workflow.Context) error {
	cancellable, cancel := workflow.WithCancel(ctx)
	_ = workflow.NewTimer(cancellable, 2*time.Second)
	workflow.GetSignalChannel(ctx, "stop").Receive(ctx, nil)
	cancel()
	return workflow.Sleep(ctx, time.Second)
}

func drainSignals(ctx workflow.Context) error {
	for workflow.GetSignalChannel(ctx, "one").ReceiveAsync(nil) {
	}
	return nil
}

func signalThenTimer(ctx workflow.Context) error {
	workflow.GetSignalChannel(ctx, "stop").Receive(ctx, nil)
	return workflow.Sleep(ctx, time.Second)
}

// playAll plays a script without expectations: every line that is not indented begins a verb.
func (s *stage) playAll(script string) {
	s.t.Helper()
	var verb string
	flush := func() {
		if verb != "" {
			s.play(verb)
		}
	}
	for _, text := range splitLines(script) {
		if text[0] == ' ' {
			verb += "\n" + text
			continue
		}
		flush()
		verb = text
	}
	flush()
}
