package history

import (
	"testing"
)

// TestTasksAreFoundByThePollThatGotThem, and by no other, as long as they are in flight.
func TestTasksAreFoundByThePollThatGotThem(t *testing.T) {
	s := newStage(t)
	s.play("start")
	if _, ok := s.run.WorkflowTaskOf(""); ok {
		t.Error("a task that nobody has was found")
	}
	s.play("poll request=p1")
	ref, ok := s.run.WorkflowTaskOf("p1")
	if !ok || ref != s.ref() {
		t.Errorf("%+v, %v; want %+v", ref, ok, s.ref())
	}
	if _, ok := s.run.WorkflowTaskOf("p2"); ok {
		t.Error("another poll's task was found")
	}
	s.play("unstart")
	if _, ok := s.run.WorkflowTaskOf("p1"); ok {
		t.Error("a task that was taken back was found")
	}
	s.play("poll request=p3")
	s.play("respond\n  activity a start-to-close=10s")
	if _, ok := s.run.WorkflowTaskOf("p3"); ok {
		t.Error("a task that is done was found")
	}
	const scheduled = 5
	if _, ok := s.run.ActivityOf(scheduled, ""); ok {
		t.Error("an activity that nobody has was found")
	}
	s.play("poll-activity a request=p4")
	if ref, ok := s.run.ActivityOf(scheduled, "p4"); !ok || ref != (ActivityRef{ScheduledEventID: scheduled, Attempt: 1}) {
		t.Errorf("%+v, %v", ref, ok)
	}
	if _, ok := s.run.ActivityOf(scheduled, "p3"); ok {
		t.Error("another poll's activity was found")
	}
	if _, ok := s.run.ActivityOf(scheduled+1, "p4"); ok {
		t.Error("an activity that there is not was found")
	}
	s.play("unstart-activity a")
	if _, ok := s.run.ActivityOf(scheduled, "p4"); ok {
		t.Error("an activity that was taken back was found")
	}
	s.play("poll-activity a again request=p5")
	s.play("terminate")
	if _, ok := s.run.ActivityOf(scheduled, "p5"); ok {
		t.Error("an activity of a closed run was found")
	}
}
