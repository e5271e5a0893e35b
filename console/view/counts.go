package view

import "net/url"

// CountsPage is how many runs a filter finds, by status.
type CountsPage struct {
	Frame
	Query   string    // as typed
	Fields  FilterBar // if it fits, the counts are of all statuses, and lead to lists
	Layout  Layout    // of the lists that they lead to
	Refused string    // why the query was refused
	Counts  map[string]int64
}

// CountsURL is the page of the counts of what a filter finds.
func CountsURL(p Place, query string) string {
	q := url.Values{}
	if query != "" {
		q.Set("query", query)
	}
	return withQuery(p.path()+"/counts", q)
}

// counted is a status with how many runs have it; "" is all of them.
func (p CountsPage) counted(status string) string {
	if status != "" {
		return statusTitle(status) + " " + whole(p.Counts[status])
	}
	var all int64
	for _, n := range p.Counts {
		all += n
	}
	return statusTitle(status) + " " + whole(all)
}
