package view

// StartPage asks for a workflow to start.
type StartPage struct {
	Frame
	Filled Filled
}

// StartPath is where a workflow is started, below a namespace.
const StartPath = "/start"

// StartURL is the page that starts a workflow.
func StartURL(p Place) string { return p.path() + StartPath }

var (
	conflictChoices = []Choice{{"fail", "Refuse to start"}, {"terminate", "Terminate it, and start"}}
	reuseChoices    = []Choice{{"allow", "Start"}, {"failed", "Start unless it was completed"}, {"reject", "Refuse to start"}}
)
