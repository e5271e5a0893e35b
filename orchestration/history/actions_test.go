package history

import "github.com/tenuto-io/tenuto/orchestration"

// checkActions: what a transition counts is what its events are, each once; the markers of one transition are one, and a reset is one whatever it repeats.
func (w *twin) checkActions(t fataler, tr Transition) {
	t.Helper()
	w.actions.Add(tr.Actions)
	var want orchestration.Actions
	for _, ev := range tr.Events {
		if a, ok := actionOf[ev.EventType]; ok {
			want[a]++
		}
	}
	want[orchestration.MarkerAction] = min(1, want[orchestration.MarkerAction])
	want[orchestration.ActivityAction] = tr.Actions[orchestration.ActivityAction]
	if tr.Actions[orchestration.ResetAction] > 0 {
		want = orchestration.Actions{orchestration.ResetAction: 1}
	}
	if tr.Actions != want {
		t.Fatalf("counted %v, the events are %v", tr.Actions, want)
	}
	if tr.Actions != (orchestration.Actions{}) && !tr.Changed {
		t.Fatalf("counted %v though nothing is to be committed", tr.Actions)
	}
}

// playActions prints what the run has used so far; after a reset, what the new run has.
func playActions(s *stage, _ line, _ []string) {
	for kind, n := range s.twin.actions {
		if n != 0 {
			s.printf("%v %d", orchestration.Action(kind), n)
		}
	}
}
