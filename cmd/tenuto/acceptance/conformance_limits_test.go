package acceptance

import (
	"fmt"
	"strings"
	"testing"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestTooLargeAMessageIsRefused(t *testing.T) {
	l := newLab(t)
	request := l.startRequest()
	request.Input = encode(strings.Repeat("x", 5<<20))
	_, err := workflowservice.NewWorkflowServiceClient(l.plainConn()).StartWorkflowExecution(l.ctx, request)
	equal(t, "code", status.Code(err), codes.ResourceExhausted)
}

func TestPayloadJustBelowTheLimitPasses(t *testing.T) {
	l := newLab(t)
	l.work(code{"flow": oneStep}, code{"step": greet})
	name := strings.Repeat("x", 2<<20-1024)
	equal(t, "length", len(result[string](l, l.start("flow", name))), len("hello ")+len(name))
}

func TestOversizedActivityResultFailsTheActivity(t *testing.T) {
	l := newLab(t)
	run := l.start("flow")
	l.mustAnswer(l.pollTask(), l.scheduleStep("a"))
	_, err := l.service().RespondActivityTaskCompleted(l.ctx, &workflowservice.RespondActivityTaskCompletedRequest{
		Namespace: namespace, TaskToken: l.pollActivity().TaskToken, Result: encode(strings.Repeat("x", 2<<20)),
	})
	l.must(err)
	failed := l.awaitEvent(run, enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED).GetActivityTaskFailedEventAttributes()
	if !strings.Contains(failed.Failure.GetMessage(), "size limit") {
		t.Errorf("failure: %v", failed.Failure)
	}
}

// TestPendingLimits answers a task with one command more than a run may have pending.
func TestPendingLimits(t *testing.T) {
	const limit = 2000
	for name, c := range map[string]struct {
		command func(*lab, int) *commandpb.Command
		cause   enumspb.WorkflowTaskFailedCause
	}{
		"activities": {
			func(l *lab, i int) *commandpb.Command { return l.scheduleStep(fmt.Sprint(i)) },
			enumspb.WORKFLOW_TASK_FAILED_CAUSE_PENDING_ACTIVITIES_LIMIT_EXCEEDED,
		},
		"timers": { // protocol and public documentation name no cause of their own for timers
			func(_ *lab, i int) *commandpb.Command { return startTimer(fmt.Sprint(i), time.Hour) },
			enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_TIMER_ATTRIBUTES,
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			run := l.start("flow")
			var commands []*commandpb.Command
			for i := range limit + 1 {
				commands = append(commands, c.command(l, i))
			}
			_, err := l.answer(l.pollTask(), commands...)
			refused[*serviceerror.InvalidArgument](t, err)
			failed := l.awaitEvent(run, enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED).GetWorkflowTaskFailedEventAttributes()
			equal(t, "cause", failed.Cause, c.cause)
			l.mustAnswer(l.pollTask(), commands[:limit]...)
			equal(t, "events", len(l.events(run)), 7+limit)
		})
	}
}

func TestBufferedSignalsPastTheLimitAreNotLost(t *testing.T) {
	l := newLab(t)
	const signals = 150 // more than may be buffered while a workflow task is in flight
	run := l.start("flow")
	task := l.pollTask()
	for i := range signals {
		_, err := l.service().SignalWorkflowExecution(l.ctx, &workflowservice.SignalWorkflowExecutionRequest{
			Namespace: namespace, WorkflowExecution: execution(run), SignalName: "word",
			Input: encode(i), Header: &commonpb.Header{},
		})
		l.must(err)
	}
	if _, err := l.answer(task, startTimer("t", time.Hour)); err == nil {
		t.Error("a task was completed that had been failed for its full buffer")
	}
	l.mustAnswer(l.pollTask(), completeRun("seen all"))
	equal(t, "signals", count(l.events(run), enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED), signals)
}
