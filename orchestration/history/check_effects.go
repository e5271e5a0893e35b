package history

import (
	"fmt"
	"slices"
)

// checkEffects: of those on one target the first, and only the first, was sent, and each target's line has all of them.
func (r *Run) checkEffects() error {
	inLine := 0
	for to, line := range r.lines {
		inLine += len(line)
		if len(line) == 0 || !slices.IsSortedFunc(line, byDecision) {
			return fmt.Errorf("effects on %s are in the order %v", to.WorkflowID, line)
		}
		for i, id := range line {
			e := r.effects[id]
			if e == nil || e.ID != id || e.target() != to {
				return fmt.Errorf("effect %d is kept as one on %s", id, to.WorkflowID)
			}
			if (e.Due != 0) != (i == 0) || e.Waiting && e.Tries == 0 {
				return fmt.Errorf("effect %d is number %d on its target, due %v after %d tries", id, i, e.Due.time(), e.Tries)
			}
		}
	}
	if inLine != len(r.effects) {
		return fmt.Errorf("%d effects, %d in line", len(r.effects), inLine)
	}
	return nil
}

// checkChildren: the children whose end is buffered are those that say so, and a child that history does not know to be started has its start under
// way or buffered.
func (r *Run) checkChildren() error {
	if !r.Header.running() && len(r.children)+len(r.externals) > 0 {
		return fmt.Errorf("a closed run has children or external requests pending")
	}
	closing, cancels := 0, 0
	for id, c := range r.children {
		if c.InitiatedEventID != id || id >= r.Header.NextEventID {
			return fmt.Errorf("child %d is kept as %d", c.InitiatedEventID, id)
		}
		if e := r.effects[id]; e != nil && (e.Kind != StartChild || c.StartedEventID != 0 || e.RunID != c.RunID) && (e.Kind != AskClose || c.StartedEventID == 0) {
			return fmt.Errorf("child %d, started by event %d, has an effect of kind %d under way", id, c.StartedEventID, e.Kind)
		}
		if c.Closing {
			closing++
		}
	}
	for _, b := range r.buffer {
		if endsChild(b.Event.msg.EventType) {
			closing--
			if c := r.children[childOf(b.Event.msg)]; c == nil || !c.Closing {
				return fmt.Errorf("buffered end of a child that is not closing")
			}
		}
	}
	for id, x := range r.externals {
		if x.InitiatedEventID != id || id >= r.Header.NextEventID {
			return fmt.Errorf("external request %d is kept as %d", x.InitiatedEventID, id)
		}
		if x.Cancel {
			cancels++
		}
	}
	if closing != 0 || cancels != r.cancels {
		return fmt.Errorf("closing children do not match the buffer: %d too many; %d requests to cancel counted as %d", closing, cancels, r.cancels)
	}
	return nil
}
