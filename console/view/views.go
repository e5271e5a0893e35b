package view

import (
	"slices"
	"time"
)

// ViewsPath is where views are saved, below a namespace.
const ViewsPath = "/views"

// ViewsURL is where a view is saved.
func ViewsURL(p Place) string { return p.path() + ViewsPath }

// SavedView is a list of runs that a namespace keeps by name.
type SavedView struct {
	Name, Query string
	Layout      Layout
}

// shows tells whether this list is the one that a view is of.
func (l WorkflowList) shows(v SavedView) bool {
	return v.Query == l.Query && v.Layout.Sort == l.Layout.Sort && slices.Equal(v.Layout.Columns, l.Layout.Columns)
}

// of is the address of a view.
func (v SavedView) of(p Place) string { return v.Layout.In(WorkflowsURL(p, v.Query, "")) }

// listed is a list of runs by a title: what it is of, and its order.
type listed struct{ title, query, sort string }

// asked are the lists that every namespace is asked for most. A day is the one before now, to the minute.
func asked(now time.Time) []listed {
	aDayAgo := Quoted(now.UTC().Add(-24 * time.Hour).Truncate(time.Minute).Format(time.RFC3339))
	return []listed{
		{title: "Running", query: `ExecutionStatus = "Running"`},
		{title: "Failed in the last day", query: `ExecutionStatus = "Failed" AND CloseTime >= ` + aDayAgo, sort: "CloseTime DESC"},
		{title: "Running for more than a day", query: `ExecutionStatus = "Running" AND StartTime < ` + aDayAgo, sort: "StartTime ASC"},
	}
}

// ofListed is the address of one, with the columns of this list.
func (l WorkflowList) ofListed(v listed) string {
	return Layout{Columns: l.Layout.Columns, Sort: v.sort}.In(WorkflowsURL(l.Place, v.query, ""))
}
