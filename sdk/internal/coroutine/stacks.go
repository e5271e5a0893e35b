package coroutine

import (
	"fmt"
	"strings"

	"github.com/tenuto-io/tenuto/sdk/internal/callsite"
)

// Stacks describes every live coroutine, oldest first: its name, what it waits for, and the application's frames. It must
// be called between two runs.
func (s *Scheduler) Stacks() string {
	var text strings.Builder
	for i, c := range s.live {
		if i > 0 {
			text.WriteByte('\n')
		}
		state := "not started"
		if c.reason != "" {
			state = "blocked on " + c.reason
		}
		fmt.Fprintf(&text, "coroutine %s [%s]:\n%s", c.name, state, c.inspect().Trace())
	}
	return text.String()
}

// Places names the line of application code at which each live coroutine is parked, oldest first.
func (s *Scheduler) Places() []string {
	places := make([]string, 0, len(s.live))
	for _, c := range s.live {
		places = append(places, c.inspect().String())
	}
	return places
}

// inspect resumes a parked coroutine just long enough to look at its own stack.
func (c *Coroutine) inspect() callsite.Site {
	if c.pause == nil {
		return callsite.Site{}
	}
	c.capture = true
	c.resume()
	return c.site
}
