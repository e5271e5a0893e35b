package machine

import (
	"strconv"

	commandpb "go.temporal.io/api/command/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/callsite"
)

// command is something that workflow code asked for.
type command struct {
	wire *commandpb.Command
	site callsite.Site
	// dropped: taken back before it was sent.
	dropped bool
	// sent: the task that asked for it is over.
	sent bool
	// recorded, if set, is told the id of the command's event.
	recorded func(eventID int64)
}

// request adds a command to those of this task.
func (r *Run) request(wire *commandpb.Command, recorded func(eventID int64)) *command {
	c := &command{wire: wire, site: callsite.Capture(), recorded: recorded}
	r.commands = append(r.commands, c)
	return c
}

// nextID returns the default id of the next activity or timer: the id that its event will have, or more if commands that were
// dropped have used that up.
func (r *Run) nextID() string {
	r.lastID = max(r.lastID+1, r.StartedID+2+int64(len(r.commands)))
	return strconv.FormatInt(r.lastID, 10)
}

// flush ends the task: what was asked for is now due.
func (r *Run) flush() {
	for _, c := range r.commands {
		c.sent = true
		if !c.dropped {
			r.unmatched = append(r.unmatched, c)
		}
	}
	r.commands = nil
}

// Commands returns the commands that wait for their events: after Advance, those of the task.
func (r *Run) Commands() []*commandpb.Command {
	wires := make([]*commandpb.Command, len(r.unmatched))
	for i, c := range r.unmatched {
		wires[i] = c.wire
	}
	return wires
}
