package history

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// epoch is when every test begins.
var epoch = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

var testKey = orchestration.WorkflowKey{Namespace: orchestration.NamespaceID{7}, WorkflowID: "w"}.Run(orchestration.RunID{1, 2, 3})

// stage plays a script on one run.
type stage struct {
	t     *testing.T
	now   time.Time
	run   *Run
	twin  *twin
	out   strings.Builder
	task  StartedWorkflowTask        // the last one polled
	acts  map[string]StartedActivity // the last one polled of each id
	begun int                        // run ids given to children
	next  *StartRun                  // that is to follow the run
	runs  byte                       // ids given to runs that follow
}

// nextID names a run that may follow.
func (s *stage) nextID() orchestration.RunID {
	s.runs++
	return orchestration.RunID{1, 2, 4, s.runs}
}

func newStage(t *testing.T) *stage {
	return &stage{t: t, now: epoch, acts: map[string]StartedActivity{}}
}

// play runs one block's input and returns what came of it.
func (s *stage) play(input string) string {
	s.out.Reset()
	lines := strings.Split(input, "\n")
	l := parseLine(s.t, lines[0])
	verb, ok := verbs[l.words[0]]
	if !ok {
		s.t.Fatalf("unknown verb %q", l.words[0])
	}
	verb(s, l, lines[1:])
	return s.out.String()
}

func (s *stage) printf(format string, args ...any) { fmt.Fprintf(&s.out, format+"\n", args...) }

// report prints the outcome of a verb and checks the run.
func (s *stage) report(tr Transition, err error) {
	if s.printError("error", err) {
		if tr.Changed || tr.Volatile || len(tr.Events) > 0 {
			s.t.Fatalf("a verb that failed changed something: %+v", tr)
		}
		return
	}
	for _, ev := range tr.Events {
		s.printf("%s", printEvent(ev, true))
	}
	for _, task := range tr.Dropped {
		s.printf("dropped %s", s.printTask(task))
	}
	for _, task := range tr.Ready {
		s.printf("ready %s", s.printTask(task))
	}
	for _, id := range tr.Effects {
		s.printf("send %s", s.printEffect(id))
	}
	if tr.Closed {
		s.printf("closed %v", s.run.Header.Status)
	}
	if s.next = tr.Next; tr.Next != nil {
		s.printf("followed by %s", tr.Next.Key.RunID)
	}
	for _, line := range printNews(tr.Updates) {
		s.printf("%s", line)
	}
	switch {
	case !tr.Changed && !tr.Volatile:
		s.printf("nothing")
	case !tr.Changed:
		s.printf("nothing stored")
	case len(tr.Events)+len(tr.Ready)+len(tr.Dropped)+len(tr.Effects) == 0:
		s.printf("state changed")
	}
	s.twin.follow(s.t, s.run, tr)
}

// printError prints an engine error, if it is one.
func (s *stage) printError(label string, err error) bool {
	if err == nil {
		return false
	}
	var e *orchestration.Error
	if !errors.As(err, &e) {
		s.t.Fatalf("not an engine error: %v", err)
	}
	s.printf("%s %s: %s", label, codeNames[e.Code], e.Message)
	return true
}

var codeNames = map[orchestration.Code]string{
	orchestration.NotFound:          "NotFound",
	orchestration.Unavailable:       "Unavailable",
	orchestration.InvalidArgument:   "InvalidArgument",
	orchestration.ResourceExhausted: "ResourceExhausted", orchestration.FailedPrecondition: "FailedPrecondition", orchestration.WorkflowNotReady: "WorkflowNotReady",
}

func (s *stage) printTask(t Task) string {
	kind := t.Kind.String()
	if t.Sticky {
		kind = "sticky " + kind
	}
	if t.Speculative {
		kind = "speculative " + kind
	}
	text := fmt.Sprintf("%s task %d attempt %d on %s", kind, t.ScheduledEventID, t.Attempt, t.Queue)
	if t.Priority != nil {
		text += fmt.Sprintf(" priority %d", t.Priority.PriorityKey)
	}
	if t.Backlog != 0 {
		text += fmt.Sprintf(" backlog %d", t.Backlog)
	}
	return text
}

// ready finds the dispatchable task of the kind, the n-th of activities.
func (s *stage) ready(kind orchestration.TaskKind, scheduled orchestration.EventID) Task {
	for _, t := range s.run.Ready(s.now) {
		if t.Kind == kind && (scheduled == 0 || t.ScheduledEventID == scheduled) {
			return t
		}
	}
	return Task{Kind: kind, ScheduledEventID: scheduled}
}

// offset is a moment as scripts print it.
func offset(t time.Time) string { return "+" + t.Sub(epoch).String() }
