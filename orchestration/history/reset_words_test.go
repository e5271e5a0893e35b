package history

import (
	historypb "go.temporal.io/api/history/v1"
	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration"
)

// playReset terminates the run, if it is open, and begins another one from the events before the named one.
func playReset(s *stage, l line, _ []string) {
	cut := l.int("event")
	old, all := s.run, s.twin.events
	next, err := Rewind(s.run.Key.WorkflowKey.Run(s.nextID()), all[:min(cut-1, len(all))])
	if s.printError("error", err) {
		return
	}
	in := ResetRun{Prefix: all[:cut-1], Base: old.Key.RunID, Reason: l.word(0), RequestID: "reset", Identity: "operator", SignalIDs: old.SignalIDs()}
	in.Starts = startsAgain(next, old, func() orchestration.RunID { return s.childRuns()[0] })
	in.Late = !old.Header.running()
	if old.Header.running() {
		tr, err := old.Terminate(Terminate{Reason: l.word(0), Identity: "operator", Reset: true, Keeps: next.Heirs(in.Starts)}, s.now)
		s.report(tr, err)
	}
	in.Later = laterEvents(s.twin.events[cut-1:], Reapply{Signals: !l.has("no-signals"), Updates: !l.has("no-updates"), Cancels: !l.has("no-cancels")})
	if name := l.pairs["signal"]; name != "" {
		in.Signals = []Signal{{Name: name, Identity: "operator"}}
	}
	s.run, s.twin = next, newTwin()
	tr := next.Reset(in, s.now)
	s.printf("%d events of run %s, then", cut-1, old.Key.RunID)
	shown := tr
	shown.Events = tr.Events[cut-1:]
	s.twin.events = append(s.twin.events, tr.Events[:cut-1]...)
	s.report(shown, nil)
}

// reset begins the run again at some end of a workflow task.
func (w *wild) reset() {
	cuts := []int{}
	for i, ev := range w.twin.events {
		if EndsWorkflowTask(ev.EventType) {
			cuts = append(cuts, i)
		}
	}
	if len(cuts) == 0 || rapid.IntRange(0, 3).Draw(w.T, "spare") > 0 {
		return
	}
	cut := rapid.SampledFrom(cuts).Draw(w.T, "cut")
	base := w.run
	id := w.nextID()
	next, err := Rewind(testKey.WorkflowKey.Run(id), w.twin.events[:cut])
	if err != nil {
		w.Fatalf("%v", err)
	}
	in := ResetRun{Prefix: w.twin.events[:cut], Base: base.Key.RunID, Reason: "r", RequestID: "reset", SignalIDs: base.SignalIDs()}
	in.Starts = startsAgain(next, base, func() orchestration.RunID { return w.childRuns()[0] })
	in.Late = !base.Header.running()
	if base.Header.running() {
		w.do(func(r *Run) answer {
			tr, err := r.Terminate(Terminate{Reason: "reset", Reset: true, Keeps: next.Heirs(in.Starts)}, w.now)
			return answer{Transition: tr, err: err}
		})
	}
	in.Later = laterEvents(w.twin.events[cut:], Reapply{Signals: true, Updates: true, Cancels: true})
	w.restart(in, id)
}

// restart begins the run that a reset describes, in the run's place: the run is what it was, as far as signals are concerned.
func (w *wild) restart(in ResetRun, id orchestration.RunID) {
	w.Helper()
	begin := func() (*Run, Transition) {
		r, err := Rewind(testKey.WorkflowKey.Run(id), in.Prefix)
		if err != nil {
			w.Fatalf("%v", err)
		}
		return r, r.Reset(in, w.now)
	}
	var first, second Transition
	w.run, first = begin()
	w.copy, second = begin()
	w.same(answer{Transition: first}, answer{Transition: second})
	w.twin, w.attempts = newTwin(), nil
	w.chain.twins[len(w.chain.twins)-1] = w.twin
	w.twin.follow(w, w.run, first)
}

// startsAgain are the starts of children that the next run makes: those under way in the base run as they are, others anew.
func startsAgain(next, base *Run, newID func() orchestration.RunID) map[orchestration.EventID]ChildStart {
	starts := map[orchestration.EventID]ChildStart{}
	for _, id := range next.Unstarted() {
		start, ok := base.StartUnderWay(id)
		if !ok {
			start.RunID = newID()
		}
		starts[id] = start
	}
	return starts
}

// laterEvents are those of the events that a reset records again.
func laterEvents(all []*historypb.HistoryEvent, what Reapply) (out []*historypb.HistoryEvent) {
	for _, ev := range all {
		if what.Wants(ev) || Settles(ev) {
			out = append(out, ev)
		}
	}
	return out
}
