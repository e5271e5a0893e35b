package view

import (
	"net/url"
	"strconv"
	"strings"
)

// TenantURL is the page of a tenant: its namespaces.
func TenantURL(tenant string) string { return "/t/" + escapeSegment(tenant) }

// path is where the pages of a namespace are.
func (p Place) path() string { return TenantURL(p.Tenant) + "/ns/" + escapeSegment(p.Namespace) }

// StreamURL is where the events are that end when a reader may not see the namespace any more.
func StreamURL(p Place) string { return p.path() + "/live" }

// WorkflowsURL is the list of a namespace's runs, filtered by query, from a page token on; both may be empty.
func WorkflowsURL(p Place, query, page string) string {
	q := url.Values{}
	if query != "" {
		q.Set("query", query)
	}
	if page != "" {
		q.Set("page", page)
	}
	return withQuery(p.path()+"/workflows", q)
}

// RunURL is the page of one run; an empty run id means the workflow's current run.
func RunURL(p Place, workflowID, runID string) string {
	u := p.path() + "/workflows/" + escapeSegment(workflowID)
	if runID != "" {
		u += "/" + escapeSegment(runID)
	}
	return u
}

// runPartURL is a page or an action of one run, by the last part of its address; "": its first page.
func runPartURL(p Place, workflowID, runID, part string) string {
	u := RunURL(p, workflowID, runID)
	if part != "" {
		u += "/" + part
	}
	return u
}

// RunStreamURL is where the events are that tell of what comes after an event of a run.
func RunStreamURL(p Place, workflowID, runID string, after int64) string {
	return runPartURL(p, workflowID, runID, "live") + "?after=" + strconv.FormatInt(max(1, after), 10)
}

// HistoryURL is a page of the run's history by its number, in a form and an order; where these are empty: all events, the oldest first.
func HistoryURL(p Place, workflowID, runID string, form HistoryForm, order string, page int64) string {
	q := url.Values{}
	if form != AllEvents {
		q.Set("form", string(form))
	}
	if order != "" {
		q.Set("order", order)
	}
	return withQuery(runPartURL(p, workflowID, runID, "history"), paged(q, page))
}

// paged adds the number of a page to a query.
func paged(q url.Values, page int64) url.Values {
	if page > 1 {
		q.Set("page", strconv.FormatInt(page, 10))
	}
	return q
}

func withQuery(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// escapeSegment encodes any string as one path segment. "." and "..", however encoded, would be resolved away by browsers, so they get a
// tilde in front, and so does every id that would read as such an escape.
func escapeSegment(s string) string {
	if isDots(strings.TrimLeft(s, "~")) {
		s = "~" + s
	}
	return url.PathEscape(s)
}

// UnescapeSegment takes away the tilde that escapeSegment put in front; percent-decoding has been done.
func UnescapeSegment(s string) string {
	if rest, ok := strings.CutPrefix(s, "~"); ok && isDots(strings.TrimLeft(rest, "~")) {
		return rest
	}
	return s
}

func isDots(s string) bool { return s == "." || s == ".." }

// PulseURL is where the events are of a page of numbers that always change.
func PulseURL(p Place) string { return p.path() + "/pulse/live" }
