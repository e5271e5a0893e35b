package history

import (
	"encoding/binary"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration"
)

// wildChain remembers all runs of a chain under random verbs, and the signals that they accepted.
type wildChain struct {
	twins    []*twin
	accepted map[string]int // by name: how often
	requests map[string]bool
}

func newWildChain() *wildChain {
	return &wildChain{accepted: map[string]int{}, requests: map[string]bool{}}
}

// accept notes a signal that a run took. One whose request id the chain knows is a repetition, and must not be taken again.
func (c *wildChain) accept(w *wild, in Signal) {
	w.Helper()
	if in.RequestID != "" && c.requests[in.RequestID] {
		w.Fatalf("the signal of request %q was taken twice", in.RequestID)
	}
	c.requests[in.RequestID] = in.RequestID != ""
	c.accepted[in.Name]++
}

// check asserts that no signal was lost or doubled: each is in the history of one run, or in the buffer of the last.
func (c *wildChain) check(w *wild) {
	w.Helper()
	seen := map[string]int{}
	count := func(ev *historypb.HistoryEvent) {
		if ev.EventType == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED {
			seen[ev.GetWorkflowExecutionSignaledEventAttributes().SignalName]++
		}
	}
	for _, t := range c.twins {
		for _, ev := range t.events {
			count(ev)
		}
	}
	for _, b := range w.run.buffer {
		count(b.Event.msg)
	}
	if want, got := fmt.Sprint(c.accepted), fmt.Sprint(seen); want != got {
		w.Fatalf("signals taken %s, recorded %s", want, got)
	}
}

// nextID names a run that may follow.
func (w *wild) nextID() orchestration.RunID {
	w.serial++
	id := orchestration.RunID{1, 2, 5}
	binary.BigEndian.PutUint32(id[3:], uint32(w.serial))
	return id
}

// drawChain gives a start, now and then, what has other runs follow it.
func drawChain(t *rapid.T, in *StartRun) {
	switch rapid.IntRange(0, 5).Draw(t, "chain") {
	case 0:
		in.RetryPolicy = &commonpb.RetryPolicy{MaximumAttempts: 3, InitialInterval: durationpb.New(drawDuration(t, "interval", 0, 5e9))}
	case 1:
		in.CronSchedule, in.StartDelay = rapid.SampledFrom([]string{"* * * * *", "@every 7s", "CRON_TZ=Asia/Kolkata 5 4 * * *"}).Draw(t, "cron"), 0
		in.Chain.LastResult = text(drawText(t))
	case 2:
		in.Signal = &Signal{Name: "first", RequestID: "start"}
	}
	in.Input = text(drawText(t))
}

// followedBy is the run that the closing event among the events names, or "".
func followedBy(events []*historypb.HistoryEvent) string {
	if len(events) == 0 {
		return ""
	}
	switch last := events[len(events)-1]; last.EventType {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
		return last.GetWorkflowExecutionCompletedEventAttributes().NewExecutionRunId
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
		return last.GetWorkflowExecutionFailedEventAttributes().NewExecutionRunId
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
		return last.GetWorkflowExecutionTimedOutEventAttributes().NewExecutionRunId
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
		return last.GetWorkflowExecutionContinuedAsNewEventAttributes().NewExecutionRunId
	}
	return ""
}

// describeNext is what follows, for comparison.
func describeNext(next *StartRun) string {
	if next == nil {
		return "nothing"
	}
	return fmt.Sprintf("%s %s %v %v %+v", next.Key.RunID, next.Type, next.StartDelay, next.CronSchedule, next.Chain)
}
