package machine

import (
	"slices"

	commandpb "go.temporal.io/api/command/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/callsite"
)

// command is something that workflow code asked for.
type command struct {
	wire *commandpb.Command
	site callsite.Site
}

// request adds a command to those of this task.
func (r *Run) request(wire *commandpb.Command) *command {
	c := &command{wire: wire, site: callsite.Capture()}
	r.skipTaken()
	r.eventID++
	r.commands = append(r.commands, c)
	return c
}

// withdraw removes a command that is not sent yet, if it is one: the request to cancel something that turns out, later in the same
// task, to have ended. It happens before workflow code runs, when nothing has counted on the ids of later events.
func (r *Run) withdraw(c *command) {
	if at := slices.Index(r.commands, c); at >= 0 {
		r.commands = slices.Delete(r.commands, at, at+1)
	}
}

// nextEventID returns the id that the event of the next command will have.
func (r *Run) nextEventID() int64 {
	r.skipTaken()
	return r.eventID
}

// skipTaken passes over the events of versions: in replay no command makes them.
func (r *Run) skipTaken() {
	for r.taken[r.eventID] {
		r.eventID++
	}
}

// flush ends the task: what was asked for is now due.
func (r *Run) flush() {
	r.unmatched, r.commands = r.commands, nil
}

// Discard takes back the last task, which is no longer in the history. It reports whether that is possible: not if the task had commands.
func (r *Run) Discard(startedID int64) bool {
	if len(r.unmatched) > 0 {
		return false
	}
	r.flags.fresh, r.flags.told = append(r.flags.told, r.flags.fresh...), nil
	r.StartedID = startedID
	r.applied -= 2 // WorkflowTaskScheduled and WorkflowTaskStarted
	return true
}

// Commands returns the commands that wait for their events: after Advance, those of the task.
func (r *Run) Commands() []*commandpb.Command {
	wires := make([]*commandpb.Command, len(r.unmatched))
	for i, c := range r.unmatched {
		wires[i] = c.wire
	}
	return wires
}
