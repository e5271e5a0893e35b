package machine

import (
	commandpb "go.temporal.io/api/command/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/callsite"
)

// command is something that workflow code asked for.
type command struct {
	wire *commandpb.Command
	site callsite.Site
}

// request adds a command to those of this task and returns the id that its event will have.
func (r *Run) request(wire *commandpb.Command) (eventID int64) {
	eventID = r.nextEventID()
	r.commands = append(r.commands, &command{wire: wire, site: callsite.Capture()})
	return eventID
}

// nextEventID returns the id that the event of the next command will have.
func (r *Run) nextEventID() int64 { return r.StartedID + 2 + int64(len(r.commands)) }

// flush ends the task: what was asked for is now due.
func (r *Run) flush() {
	r.unmatched, r.commands = r.commands, nil
}

// Commands returns the commands that wait for their events: after Advance, those of the task.
func (r *Run) Commands() []*commandpb.Command {
	wires := make([]*commandpb.Command, len(r.unmatched))
	for i, c := range r.unmatched {
		wires[i] = c.wire
	}
	return wires
}
