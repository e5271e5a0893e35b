package view

import (
	"net/url"
	"strconv"
)

// TimelineSize is how many events one page of a timeline is made of.
const TimelineSize = 250

// eventLink leads from the run's first page to an event in its history. It is relative: a timeline has hundreds, and a workflow's id can be long.
func (f RunFrame) eventLink(event int64) string {
	n := strconv.FormatInt(event, 10)
	if f.RunID() == "" { // of a file, whose events are on the same page
		return "#event-" + n
	}
	return f.RunID() + "/" + withQuery("history", paged(url.Values{}, (event-1)/historyPageSize+1)) + "#event-" + n
}

// on is the query of a page of the timeline, at a zoom.
func (t Timeline) on(page int64, z Zoom) string {
	q := paged(url.Values{}, page)
	if z.set() {
		q.Set("from", strconv.FormatInt(z.From, 10))
		q.Set("to", strconv.FormatInt(z.To, 10))
	}
	return withQuery("", q)
}

// zoomed is the address of this page at a zoom, relative to any of its addresses.
func (t Timeline) zoomed(z Zoom) string { return t.on(t.Number, z) }

// edge is one end of the zoom, as its field shows it.
func (t Timeline) edge(ms int64) string {
	if !t.Zoom.set() {
		return ""
	}
	return strconv.FormatInt(ms, 10)
}
