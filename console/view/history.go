package view

import (
	"cmp"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
)

// NewestFirst is the value of the address's "order" that turns the history round.
const NewestFirst = "newest"

// HistoryForm is how a history is shown.
type HistoryForm string

// The forms of a history.
const (
	AllEvents     HistoryForm = ""
	CompactEvents HistoryForm = "compact"
	JSONEvents    HistoryForm = "json"
)

// historyForms is the menu of them.
var historyForms = []struct {
	form  HistoryForm
	title string
}{{AllEvents, "All events"}, {CompactEvents, "Compact"}, {JSONEvents, "JSON"}}

const (
	historyPageSize = 200 // events
	// inFlight is how many events a run may have beside those that its length counts: of a workflow task that has not ended yet.
	inFlight = 50
)

// HistoryPage is a page of a run's history.
type HistoryPage struct {
	Events []*historypb.HistoryEvent
	Form   HistoryForm
	Size   int64 // of a page, in events; 0: the usual one
	Newest bool  // Events are newest first, and so are the pages
	Number int64 // of the page, from 1
	Length int64 // of the history, in events
}

// Span is the first and the last event of the page; the last page reads on to whatever there is. from > to: there is no such page.
func (p HistoryPage) Span() (from, to int64) {
	if p.Number > p.pages() {
		return 1, 0
	}
	if !p.Newest {
		from = (p.Number-1)*p.size() + 1
		to = from + p.size() - 1
		if p.Number == p.pages() {
			to += inFlight
		}
		return from, to
	}
	to = p.Length - (p.Number-1)*p.size()
	from = max(1, to-p.size()+1)
	if p.Number == 1 {
		to += inFlight
	}
	return from, to
}

func (p HistoryPage) size() int64 { return cmp.Or(p.Size, historyPageSize) }

// pages is how many pages there are.
func (p HistoryPage) pages() int64 {
	return max(1, (p.Length+p.size()-1)/p.size())
}

func (p HistoryPage) order() string {
	if p.Newest {
		return NewestFirst
	}
	return ""
}

// kind is the class of an event's row: bad things stand out.
func kind(t enumspb.EventType) string {
	word := t.String()
	switch {
	case strings.HasSuffix(word, "Failed"), strings.HasSuffix(word, "TimedOut"):
		return "event-bad"
	case strings.HasPrefix(word, "WorkflowTask"):
		return "event-plumbing"
	}
	return "event"
}

// resettable tells whether the run can be begun again from an event.
func (f RunFrame) resettable(e *historypb.HistoryEvent) bool {
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED, enumspb.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
		return f.immutable() == ""
	}
	return false
}
