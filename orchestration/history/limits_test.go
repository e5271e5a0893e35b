package history

import (
	"fmt"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// signalled is a stage whose run got n signals of the given size.
func (s *stage) signals(n, size int) Transition {
	s.t.Helper()
	var last Transition
	for i := range n {
		tr, err := s.run.Signal(Signal{Name: "s", Input: text(strings.Repeat("x", size))}, s.now)
		if err != nil {
			s.t.Fatalf("signal %d: %v", i, err)
		}
		s.twin.take(s.t, s.run, tr)
		last = tr
	}
	return last
}

func TestSignalLimit(t *testing.T) {
	s := newStage(t)
	s.play("start")
	s.signals(orchestration.MaxSignalsPerRun-1, 0)
	s.playAll("poll\nsignal last")
	_, err := s.run.Signal(Signal{Name: "s"}, s.now)
	if orchestration.CodeOf(err) != orchestration.InvalidArgument || err.Error() != "exceeded workflow execution limit for signal events" {
		t.Errorf("one too many: %v", err)
	}
}

// TestHistoryLimits: a run whose history outgrows a limit is terminated by the server, with the reason that clients know.
func TestHistoryLimits(t *testing.T) {
	t.Run("events", func(t *testing.T) {
		s := newStage(t)
		s.play("start")
		s.run.Header.NextEventID = orchestration.MaxHistoryEvents // as if it had that many events
		tr, err := s.run.Signal(Signal{Name: "s"}, s.now)
		if err != nil || tr.Closed {
			t.Fatalf("at the limit: closed %v, %v", tr.Closed, err)
		}
		tr, err = s.run.Signal(Signal{Name: "s"}, s.now)
		s.terminatedBy(tr, err, "Workflow history count exceeds limit.")
		if len(tr.Dropped) != 1 || len(tr.Events) != 2 {
			t.Errorf("dropped %v, events %v", tr.Dropped, tr.Events)
		}
	})
	t.Run("bytes", func(t *testing.T) {
		s := newStage(t)
		s.play("start")
		s.run.Header.HistoryBytes = orchestration.MaxHistoryBytes - 10
		tr, err := s.run.Signal(Signal{Name: "s"}, s.now)
		s.terminatedBy(tr, err, "Workflow history size exceeds limit.")
	})
	t.Run("in a completion", func(t *testing.T) {
		s := inFlightStage(t)
		s.run.Header.HistoryBytes = orchestration.MaxHistoryBytes
		in := CompleteWorkflowTask{WorkflowTaskRef: s.ref(), ForceCreate: true}
		out, err := s.run.CompleteWorkflowTask(in, s.now)
		s.terminatedBy(out.Transition, err, "Workflow history size exceeds limit.")
		if out.Failed != nil || len(out.Ready) != 0 {
			t.Errorf("the worker's answer was recorded, but: %v, ready %v", out.Failed, out.Ready)
		}
	})
}

func (s *stage) terminatedBy(tr Transition, err error, reason string) {
	s.t.Helper()
	if err != nil || !tr.Closed {
		s.t.Fatalf("closed %v, %v", tr.Closed, err)
	}
	a := tr.Events[len(tr.Events)-1].GetWorkflowExecutionTerminatedEventAttributes()
	if a.GetReason() != reason || a.GetIdentity() != serverIdentity {
		s.t.Errorf("terminated with %v", a)
	}
	if err := s.run.Check(); err != nil {
		s.t.Error(err)
	}
}

// TestFullBuffer: past the limits of the buffer the workflow task is taken from its worker, so that the buffer can be flushed.
func TestFullBuffer(t *testing.T) {
	for name, c := range map[string]struct{ fits, size int }{
		"events": {orchestration.MaxBufferedEvents, 1},
		"bytes":  {3, orchestration.MaxBufferedBytes/4 + 1000},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.playAll("start\npoll")
			if tr := s.signals(c.fits, c.size); len(tr.Events) != 0 {
				t.Fatalf("flushed early: %v", tr.Events)
			}
			tr := s.signals(1, c.size)
			if len(tr.Events) != c.fits+4 || tr.Events[1].GetWorkflowTaskFailedEventAttributes().GetCause() != enumspb.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND {
				t.Fatalf("%d events, second is %v", len(tr.Events), tr.Events[1])
			}
			if s.run.Header.Task.Attempt != 1 || len(tr.Ready) != 1 {
				t.Errorf("attempt %d, ready %v", s.run.Header.Task.Attempt, tr.Ready)
			}
			if out := s.play("respond"); !strings.HasPrefix(out, "error NotFound: Workflow task not found.") {
				t.Errorf("the worker is told %q", out)
			}
		})
	}
}

func TestPendingLimits(t *testing.T) {
	s := newStage(t)
	s.playAll("start\npoll")
	var b strings.Builder
	for i := range orchestration.MaxPendingActivities {
		fmt.Fprintf(&b, "activity a%d start-to-close=1m\n", i)
	}
	for i := range orchestration.MaxPendingTimers {
		fmt.Fprintf(&b, "timer t%d after=1m\n", i)
	}
	if out := s.complete(b.String()); out.Failed != nil {
		t.Fatal(out.Failed)
	}
	s.playAll("signal s\npoll")
	if out := s.complete("cancel-activity a7\nactivity again start-to-close=1m\ncancel-timer t7\ntimer again after=1s"); out.Failed != nil {
		t.Fatalf("in exchange: %v", out.Failed)
	}
	s.playAll("poll")
	out := s.complete("activity more start-to-close=1m")
	if got := out.Events[1].GetWorkflowTaskFailedEventAttributes().GetCause(); got != enumspb.WORKFLOW_TASK_FAILED_CAUSE_PENDING_ACTIVITIES_LIMIT_EXCEEDED {
		t.Errorf("one activity too many: %v", got)
	}
	s.playAll("poll")
	if out = s.complete("timer more after=1m"); out.Failed == nil || !strings.Contains(out.Failed.Message, "number of pending timers") {
		t.Errorf("one timer too many: %v", out.Failed)
	}
}

// TestRequestIDsAreForgotten: only the last ones are remembered.
func TestRequestIDsAreForgotten(t *testing.T) {
	s := newStage(t)
	s.play("start")
	for i := range orchestration.MaxSignalRequestIDs + 1 {
		tr, err := s.run.Signal(Signal{Name: "s", RequestID: fmt.Sprint("r", i)}, s.now)
		if err != nil {
			t.Fatal(err)
		}
		s.twin.take(t, s.run, tr)
	}
	s.twin.follow(t, s.run, Transition{})
	if out := s.play("signal s request=r1"); out != "nothing\n" {
		t.Errorf("the second oldest is not remembered: %s", out)
	}
	if out := s.play("signal s request=r0"); out == "nothing\n" {
		t.Error("the oldest is still remembered")
	}
}

func TestSuggestContinueAsNew(t *testing.T) {
	for name, c := range map[string]struct {
		events, bytes int64
		want          []enumspb.SuggestContinueAsNewReason
	}{
		"small": {10, 1000, nil},
		"long":  {orchestration.SuggestHistoryEvents + 1, 1000, []enumspb.SuggestContinueAsNewReason{enumspb.SUGGEST_CONTINUE_AS_NEW_REASON_TOO_MANY_HISTORY_EVENTS}},
		"both": {orchestration.SuggestHistoryEvents + 1, orchestration.SuggestHistoryBytes, []enumspb.SuggestContinueAsNewReason{
			enumspb.SUGGEST_CONTINUE_AS_NEW_REASON_HISTORY_SIZE_TOO_LARGE, enumspb.SUGGEST_CONTINUE_AS_NEW_REASON_TOO_MANY_HISTORY_EVENTS}},
	} {
		r, tr := Start(StartRun{Key: testKey, Type: "T", TaskQueue: "q"}, epoch)
		r.Header.NextEventID, r.Header.HistoryBytes = c.events, c.bytes
		_, started, err := r.StartWorkflowTask(tr.Ready[0], Poller{}, epoch)
		if err != nil {
			t.Fatal(err)
		}
		pending, _ := r.Pending()
		a := pending[0].GetWorkflowTaskStartedEventAttributes()
		if started.SuggestContinueAsNew != (c.want != nil) || a.SuggestContinueAsNew != (c.want != nil) || fmt.Sprint(a.SuggestContinueAsNewReasons) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, %v", name, started.SuggestContinueAsNew, a)
		}
		if a.HistorySizeBytes != c.bytes || started.HistoryBytes != c.bytes {
			t.Errorf("%s: history size %d, %d", name, a.HistorySizeBytes, started.HistoryBytes)
		}
	}
}

// TestWorkflowTaskHeartbeats: a worker may keep one workflow task going for 30 minutes, then it times out.
func TestWorkflowTaskHeartbeats(t *testing.T) {
	s := newStage(t)
	s.playAll("start\npoll")
	for kept := time.Duration(0); ; kept += 9 * time.Second {
		s.now = s.now.Add(9 * time.Second)
		out, err := s.run.CompleteWorkflowTask(CompleteWorkflowTask{WorkflowTaskRef: s.ref(), ForceCreate: true}, s.now)
		if err != nil {
			t.Fatal(err)
		}
		s.twin.follow(t, s.run, out.Transition)
		if out.Failed == nil {
			s.play("poll")
			continue
		}
		if kept+9*time.Second <= orchestration.WorkflowTaskHeartbeats || kept > orchestration.WorkflowTaskHeartbeats {
			t.Errorf("cut after %v", kept)
		}
		if last := out.Events[len(out.Events)-1].GetWorkflowTaskTimedOutEventAttributes(); last.GetTimeoutType() != enumspb.TIMEOUT_TYPE_START_TO_CLOSE ||
			out.Failed.Code != orchestration.NotFound || s.run.Header.Task.Attempt != 2 {
			t.Errorf("cut with %v, %v", last, out.Failed)
		}
		return
	}
}

// TestUpdatesInFlightLimit: admitted and accepted updates count until they are answered.
func TestUpdatesInFlightLimit(t *testing.T) {
	s := newStage(t)
	s.playAll("start\npoll")
	s.complete("marker m")
	for i := range orchestration.MaxUpdatesInFlight {
		if out := s.play(fmt.Sprintf("update u%d", i)); !strings.Contains(out, "is admitted") {
			t.Fatalf("update %d: %s", i, out)
		}
	}
	refused := "error ResourceExhausted: limit on number of concurrent in-flight updates has been reached (10)\n"
	if out := s.play("update more"); out != refused {
		t.Errorf("admitted: %s", out)
	}
	s.play("poll")
	var lines strings.Builder
	for i := range orchestration.MaxUpdatesInFlight {
		fmt.Fprintf(&lines, "accept u%d\n", i)
	}
	s.complete(lines.String())
	if out := s.play("update more"); out != refused {
		t.Errorf("accepted: %s", out)
	}
	s.playAll("signal s\npoll")
	s.complete("answer u3")
	if out := s.play("update more"); !strings.Contains(out, "is admitted") {
		t.Errorf("one less: %s", out)
	}
}

// TestUpdatesPerRunLimit: what a run remembers of updates is bounded, and workflow code is told before.
func TestUpdatesPerRunLimit(t *testing.T) {
	s := newStage(t)
	s.playAll("start\npoll")
	s.complete("marker m")
	suggested := false
	for i := range orchestration.MaxUpdatesPerRun {
		id := fmt.Sprint("u", i)
		tr, _, err := s.run.AdmitUpdate(updateRequest(id, ""), nil, s.now)
		if err != nil {
			t.Fatalf("update %d: %v", i, err)
		}
		s.twin.take(t, s.run, tr)
		tr, s.task, err = s.run.StartWorkflowTask(s.run.Ready(s.now)[0], Poller{}, s.now)
		if err != nil {
			t.Fatal(err)
		}
		s.twin.take(t, s.run, tr)
		if early := i < orchestration.SuggestUpdates; early != (s.run.Header.Task.Suggest&tooManyUpdates == 0) {
			t.Fatalf("after %d updates the task suggests %v", i, s.run.Header.Task.Suggest.reasons())
		}
		suggested = suggested || s.task.SuggestContinueAsNew
		in := CompleteWorkflowTask{WorkflowTaskRef: s.ref()}
		s.say(&in, parseLine(t, "accept "+id))
		s.say(&in, parseLine(t, "answer "+id))
		out, err := s.run.CompleteWorkflowTask(in, s.now)
		if err != nil || out.Failed != nil {
			t.Fatal(err, out.Failed)
		}
		s.twin.take(t, s.run, out.Transition)
	}
	s.twin.follow(t, s.run, Transition{})
	if out := s.play("update more"); out != "error FailedPrecondition: limit on the total number of distinct updates in this workflow has been reached (2000)\n" {
		t.Errorf("one too many: %s", out)
	}
	if out := s.play("update u7"); !strings.Contains(out, "is completed by event") || !suggested {
		t.Errorf("a known one: %s; suggested %v", out, suggested)
	}
}
