package view

import (
	"net/url"
	"slices"
	"strings"

	workflowpb "go.temporal.io/api/workflow/v1"
)

// Column is a column of the list of runs, by the word that addresses have for it.
type Column struct{ Key, Title string }

// columns are those that every namespace has. A search attribute's key is its name behind attributePrefix.
var columns = []Column{
	{"status", "Status"}, {"id", "Workflow id"}, {"run", "Run id"}, {"type", "Type"}, {"started", "Started (UTC)"}, {"closed", "Closed (UTC)"}, {"lasted", "Lasted"},
	{"queue", "Task queue"}, {"events", "Events"}, {"parent", "Parent"},
}

const attributePrefix = "attribute."

// usual are the columns of a list that nobody has chosen any for.
var usual = []string{"status", "id", "run", "type", "started", "closed", "lasted"}

// sorts are the orders of the list, as filters name them: those of which the store has an index, so that pages are cheap and no row is on two.
var sorts = []Choice{
	{"", "newest start first"}, {"StartTime ASC", "oldest start first"}, {"CloseTime DESC", "newest close first"}, {"CloseTime ASC", "oldest close first"},
	{"WorkflowId ASC", "by workflow id"}, {"WorkflowType ASC", "by type"},
}

// Layout is how a list of runs is shown, whatever it is of. The zero Layout is the usual one.
type Layout struct {
	Columns []string // keys; none: the usual ones
	Sort    string   // as a filter has it after ORDER BY; "": the newest start first
}

// LayoutOf reads the layout in an address. ok is false for an order that there is not.
func LayoutOf(q url.Values) (l Layout, ok bool) {
	l = Layout{Columns: q["columns"], Sort: q.Get("sort")}
	return l, slices.ContainsFunc(sorts, func(c Choice) bool { return c.Value == l.Sort })
}

// Sorted is a query in that order.
func (l Layout) Sorted(query string) string {
	if l.Sort == "" {
		return query
	}
	return query + " ORDER BY " + l.Sort
}

// order tells in which order a query's runs are listed.
func (l Layout) order(query string) string {
	for _, c := range sorts {
		if c.Value == l.Sort && (l.Sort != "" || !strings.Contains(strings.ToUpper(query), "ORDER BY")) {
			return c.Title
		}
	}
	return "as the query says"
}

// hidden is the layout as a form has it that is about something else.
func (l Layout) hidden() (all []Hidden) {
	for _, key := range l.Columns {
		all = append(all, Hidden{"columns", key})
	}
	if l.Sort != "" {
		all = append(all, Hidden{"sort", l.Sort})
	}
	return all
}

// In is the address of a list, in that layout.
func (l Layout) In(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	for _, h := range l.hidden() {
		q.Add(h.Name, h.Value)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// offered are the columns that there are, search attributes last.
func (l WorkflowList) offered() []Column {
	all := slices.Clone(columns)
	for _, name := range l.Attributes {
		all = append(all, Column{attributePrefix + name, Visible(name)})
	}
	return all
}

// shown are the columns that are chosen. The workflow's id is always one: it leads to the run.
func (l WorkflowList) shown() []Column {
	return slices.DeleteFunc(l.offered(), func(c Column) bool { return c.Key != "id" && !l.isChosen(c.Key) })
}

func (l WorkflowList) isChosen(key string) bool {
	if len(l.Layout.Columns) == 0 {
		return slices.Contains(usual, key)
	}
	return slices.Contains(l.Layout.Columns, key)
}

// isNumber tells whether a column's cells are numbers.
func (c Column) isNumber() bool { return c.Key == "lasted" || c.Key == "events" }

// value is the value of a run's search attribute, in a column of its own; "": it has none.
func (c Column) value(run *workflowpb.WorkflowExecutionInfo) string {
	p := run.GetSearchAttributes().GetIndexedFields()[c.Key[len(attributePrefix):]]
	if p == nil {
		return ""
	}
	return clip(payloadText(p))
}

// url is the list, in its layout.
func (l WorkflowList) url(query, page string) string {
	return l.Layout.In(WorkflowsURL(l.Place, query, page))
}
