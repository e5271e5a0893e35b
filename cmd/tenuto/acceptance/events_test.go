package acceptance

import (
	"fmt"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
)

// events reads a run's whole history and checks what holds for every history (contiguous).
func (l *lab) events(run client.WorkflowRun) []*historypb.HistoryEvent {
	l.Helper()
	var all []*historypb.HistoryEvent
	pages := l.client.GetWorkflowHistory(l.ctx, run.GetID(), run.GetRunID(), false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for pages.HasNext() {
		e, err := pages.Next()
		l.must(err)
		all = append(all, e)
	}
	l.must(contiguous(all))
	return all
}

// contiguous checks that ids are 1…n and that time does not go back. The exception is ActivityTaskStarted, which is written
// when the activity ends and carries the time at which it began.
func contiguous(all []*historypb.HistoryEvent) error {
	var latest time.Time
	for i, e := range all {
		if e.EventId != int64(i+1) {
			return fmt.Errorf("event %d has id %d", i+1, e.EventId)
		}
		at := e.EventTime.AsTime()
		if e.EventType == enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED {
			continue
		}
		if at.Before(latest) {
			return fmt.Errorf("event %d (%v) is of %v, an earlier one of %v", e.EventId, e.EventType, at, latest)
		}
		latest = at
	}
	return nil
}

// shape lists the types of events, in order.
func shape(all []*historypb.HistoryEvent) []string {
	names := make([]string, len(all))
	for i, e := range all {
		names[i] = e.EventType.String()
	}
	return names
}

// wantShape compares a run's history with a script of event types, separated by white space.
func (l *lab) wantShape(run client.WorkflowRun, script string) []*historypb.HistoryEvent {
	l.Helper()
	all := l.events(run)
	if got, want := shape(all), strings.Fields(script); !slices.Equal(got, want) {
		l.Errorf("history of %s:\n got %s\nwant %s", run.GetID(), strings.Join(got, " "), strings.Join(want, " "))
	}
	return all
}

// count says how many events of a type there are.
func count(all []*historypb.HistoryEvent, kind enumspb.EventType) int {
	n := 0
	for _, e := range all {
		if e.EventType == kind {
			n++
		}
	}
	return n
}

// first finds the first event of a type, and fails the test when there is none.
func (l *lab) first(all []*historypb.HistoryEvent, kind enumspb.EventType) *historypb.HistoryEvent {
	l.Helper()
	for _, e := range all {
		if e.EventType == kind {
			return e
		}
	}
	l.Fatalf("no %v in %v", kind, shape(all))
	return nil
}

// awaitEvent waits until the run's history has an event of this type.
func (l *lab) awaitEvent(run client.WorkflowRun, kind enumspb.EventType) *historypb.HistoryEvent {
	l.Helper()
	var found *historypb.HistoryEvent
	eventually(l, func() error {
		all := l.events(run)
		for _, e := range all {
			if e.EventType == kind {
				found = e
				return nil
			}
		}
		return fmt.Errorf("no %v in %v", kind, shape(all))
	})
	return found
}
