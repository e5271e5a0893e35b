package view

import (
	"bytes"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// script of a run: what happened how long after its start.
type entry struct {
	after time.Duration
	event *historypb.HistoryEvent
}

func eventsOf(all ...entry) (events []*historypb.HistoryEvent) {
	for i, e := range all {
		e.event.EventId, e.event.EventTime = int64(i)+1, timestamppb.New(noon.Add(e.after))
		events = append(events, e.event)
	}
	return events
}

func scheduled(name string) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, Attributes: &historypb.HistoryEvent_ActivityTaskScheduledEventAttributes{
		ActivityTaskScheduledEventAttributes: &historypb.ActivityTaskScheduledEventAttributes{ActivityId: name, ActivityType: &commonpb.ActivityType{Name: name}},
	}}
}

func startedAt(of int64, attempt int32) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED, Attributes: &historypb.HistoryEvent_ActivityTaskStartedEventAttributes{
		ActivityTaskStartedEventAttributes: &historypb.ActivityTaskStartedEventAttributes{ScheduledEventId: of, Attempt: attempt, LastFailure: &failurepb.Failure{Message: "no answer"}},
	}}
}

func completed(of int64) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{EventType: enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, Attributes: &historypb.HistoryEvent_ActivityTaskCompletedEventAttributes{
		ActivityTaskCompletedEventAttributes: &historypb.ActivityTaskCompletedEventAttributes{ScheduledEventId: of},
	}}
}

func timerStarted(d time.Duration) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{EventType: enumspb.EVENT_TYPE_TIMER_STARTED, Attributes: &historypb.HistoryEvent_TimerStartedEventAttributes{
		TimerStartedEventAttributes: &historypb.TimerStartedEventAttributes{TimerId: "t", StartToFireTimeout: durationpb.New(d)},
	}}
}

func timerFired(of int64) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{EventType: enumspb.EVENT_TYPE_TIMER_FIRED, Attributes: &historypb.HistoryEvent_TimerFiredEventAttributes{
		TimerFiredEventAttributes: &historypb.TimerFiredEventAttributes{StartedEventId: of},
	}}
}

// frameOf is an open run that began at noon; it is looked at after a time.
func frameOf(after time.Duration, pending ...*workflowpb.PendingActivityInfo) RunFrame {
	return RunFrame{Frame: Frame{Now: noon.Add(after)}, Activities: pending, Info: &workflowpb.WorkflowExecutionInfo{
		Type: &commonpb.WorkflowType{Name: "Transfer"}, StartTime: timestamppb.New(noon), Status: enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING,
	}}
}

// Events that belong together are one lane: what was waited for, what ran, and how it ended.
func TestTimelineGroupsEvents(t *testing.T) {
	events := eventsOf(
		entry{0, scheduled("Debit")}, entry{time.Second, startedAt(1, 1)}, entry{3 * time.Second, completed(1)},
		entry{3 * time.Second, scheduled("Credit")}, entry{9 * time.Second, startedAt(4, 3)}, entry{10 * time.Second, scheduled("Report")},
	)
	line := NewTimeline(frameOf(11*time.Second, &workflowpb.PendingActivityInfo{ActivityId: "Report", State: enumspb.PENDING_ACTIVITY_STATE_SCHEDULED, Attempt: 1}), HistoryPage{Events: events, Number: 1, Length: 6}, Zoom{})
	if len(line.lanes) != 4 {
		t.Fatalf("%d lanes", len(line.lanes))
	}
	for i, want := range []struct {
		name, took, word, note string
		phases                 []phase
	}{
		1: {"Debit", "3.0 s", "Completed", "", []phase{phaseQueued, phaseRuns}},
		2: {"Credit", "8.0 s", "Not ended yet", "attempt 3 after: no answer", []phase{phaseRetried, phaseQueued}},
		3: {"Report", "1.0 s", "waits for a worker", "", []phase{phaseQueued}},
	} {
		got := line.lanes[i]
		if i == 0 {
			continue
		}
		if got.name != want.name || got.took() != want.took || got.outcome.word != want.word || got.note != want.note || len(got.parts) != len(want.phases) {
			t.Errorf("lane %d: %+v", i, got)
			continue
		}
		for j, p := range want.phases {
			if got.parts[j].phase != p {
				t.Errorf("%s, part %d: %s", got.name, j, got.parts[j].phase)
			}
		}
	}
}

// A page that begins in the middle knows only the end of what began before.
func TestTimelineOfALaterPage(t *testing.T) {
	events := eventsOf(entry{0, completed(-7)}, entry{time.Second, timerFired(-3)})
	line := NewTimeline(frameOf(2*time.Second), HistoryPage{Events: events, Number: 2, Length: 302, Size: TimelineSize}, Zoom{})
	if len(line.lanes) != 3 || line.lanes[1].event != -7 || line.lanes[1].outcome.word != "Completed" || line.lanes[2].took() != "1.0 s" {
		t.Errorf("%+v", line.lanes)
	}
}

// Time in which nobody does anything is folded, and everything else keeps its proportions.
func TestIdleGapsAreFolded(t *testing.T) {
	day := 24 * time.Hour
	events := eventsOf(
		entry{0, scheduled("Debit")}, entry{time.Second, startedAt(1, 1)}, entry{2 * time.Second, completed(1)},
		entry{2 * time.Second, timerStarted(day)}, entry{2*time.Second + day, timerFired(4)},
		entry{2*time.Second + day, scheduled("Credit")}, entry{3*time.Second + day, startedAt(6, 1)}, entry{4*time.Second + day, completed(6)},
	)
	line := NewTimeline(frameOf(4*time.Second+day), HistoryPage{Events: events, Number: 1, Length: 8}, Zoom{})
	s := line.scale()
	if len(s) != 3 || !s[1].folded || s[1].length() != day || s[1].width != foldedW || s[0].width != s[2].width {
		t.Fatalf("%+v", s)
	}
	if x := s.x(noon.Add(time.Second)); x != s[0].width/2 {
		t.Errorf("a second is drawn at %v", x)
	}
	if got := line.points(s); got != "0.0000:0,0.4700:2000,0.5300:86402000,1:86404000" {
		t.Errorf("points %s", got)
	}
	folded := false
	for _, m := range line.marks(s) {
		folded = folded || m.folded && m.text == "1 d 0 h idle"
	}
	if !folded {
		t.Errorf("marks %+v", line.marks(s))
	}
}

// A worker that is at work for long is not folded away.
func TestLongWorkIsNotFolded(t *testing.T) {
	events := eventsOf(entry{0, scheduled("Debit")}, entry{time.Second, startedAt(1, 1)}, entry{24 * time.Hour, completed(1)})
	line := NewTimeline(frameOf(24*time.Hour), HistoryPage{Events: events, Number: 1, Length: 3}, Zoom{})
	if s := line.scale(); len(s) != 1 || s[0].folded {
		t.Errorf("%+v", s)
	}
}

// A zoom shows what was going on between two moments, at its own scale.
func TestZoom(t *testing.T) {
	events := eventsOf(entry{0, scheduled("Debit")}, entry{time.Second, startedAt(1, 1)}, entry{2 * time.Second, completed(1)}, entry{10 * time.Second, scheduled("Credit")})
	line := NewTimeline(frameOf(20*time.Second), HistoryPage{Events: events, Number: 1, Length: 4}, Zoom{From: 500, To: 1500})
	if seen := line.drawn(); len(seen) != 2 || seen[1].name != "Debit" {
		t.Errorf("seen %+v", seen)
	}
	if x := line.scale().x(noon.Add(time.Second)); x != 0.5 {
		t.Errorf("a second is drawn at %v", x)
	}
	if z := line.closer(line.lanes[1]); z != (Zoom{From: 0, To: 2201}) {
		t.Errorf("closer is %+v", z)
	}
}

// However much has happened on a page of it, and whatever its names are, a timeline is a small page.
func TestTimelineIsSmall(t *testing.T) {
	var all []entry
	for i := range TimelineSize {
		all = append(all, entry{time.Duration(i) * time.Second, scheduled(string(bytes.Repeat([]byte("<é"), 500)))})
	}
	f := frameOf(time.Hour)
	f.Info.Execution = &commonpb.WorkflowExecution{WorkflowId: string(bytes.Repeat([]byte("é"), 500)), RunId: "0199a0a0-0000-7000-8000-000000000001"}
	p := RunPage{RunFrame: f, Timeline: NewTimeline(f, HistoryPage{Events: eventsOf(all...), Number: 1, Length: TimelineSize}, Zoom{})}
	var b bytes.Buffer
	if err := Run(p).Render(t.Context(), &b); err != nil || b.Len() > 320<<10 {
		t.Errorf("%d bytes, %v", b.Len(), err)
	}
}
