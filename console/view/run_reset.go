package view

import "strconv"

// ResetPage asks from which event a run is to begin again.
type ResetPage struct {
	RunFrame
	Event string // that the address names
	// First and Last are the ends of the first and the last workflow task that completed, as far as was looked; 0: there is none.
	First, Last int64
}

// event is the one that the form begins with.
func (p ResetPage) event() string {
	switch {
	case p.Event != "":
		return p.Event
	case p.Last > 0:
		return strconv.FormatInt(p.Last, 10)
	}
	return ""
}

// reapplyChoices are what becomes of what came after the event.
var reapplyChoices = []Choice{{"all", "Signals and updates"}, {"signals", "Signals only"}, {"none", "Nothing"}}
