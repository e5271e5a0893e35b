package view

import (
	"strings"
	"time"
)

// FilterBar is a filter in fields. Empty ones say nothing.
type FilterBar struct {
	Status        string // Running, TimedOut, …
	Type          string
	ID            string // which the workflow ids begin with
	After, Before string // of the start, UTC, as FieldTime
	Fits          bool   // the fields say what the query says
}

// FieldTime is how browsers write a moment in a field.
const FieldTime = "2006-01-02T15:04:05"

// Query is the filter that says what the fields say. A moment that cannot be read goes in as it is, for the filter's own error.
func (b FilterBar) Query() string {
	var all []string
	for _, each := range []struct{ condition, value string }{
		{"ExecutionStatus = ", b.Status}, {"WorkflowType = ", b.Type}, {"WorkflowId STARTS_WITH ", b.ID},
		{"StartTime >= ", zoned(b.After)}, {"StartTime < ", zoned(b.Before)},
	} {
		if each.value != "" {
			all = append(all, each.condition+Quoted(each.value))
		}
	}
	return strings.Join(all, " AND ")
}

// of is the bar with another status; "": any.
func (b FilterBar) of(status string) FilterBar {
	b.Status = status
	return b
}

// zoned is a field's moment as filters have it. Browsers leave seconds out that are 0.
func zoned(field string) string {
	for _, layout := range []string{FieldTime, "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, field); err == nil {
			return t.Format(time.RFC3339)
		}
	}
	return field
}

// statuses are those that a run can have, as filters name them.
var statuses = []string{"Running", "Completed", "Failed", "TimedOut", "Canceled", "Terminated", "ContinuedAsNew"}

// statusTitle is a status as people read it; "" is every one.
func statusTitle(name string) string {
	switch name {
	case "":
		return "All"
	case "TimedOut":
		return "Timed out"
	case "ContinuedAsNew":
		return "Continued as new"
	}
	return name
}
