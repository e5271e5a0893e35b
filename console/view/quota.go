package view

import adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"

// bound is a bound of a quota, for the form and for reading.
type bound struct {
	name, title, unit string
	of                func(*adminv1.Quota) int64
}

var bounds = []bound{
	{"requests", "Requests", "calls per second", (*adminv1.Quota).GetRequests},
	{"starts", "Starts", "calls per second that start a workflow", (*adminv1.Quota).GetStarts},
	{"pollers", "Pollers", "polls that wait at once", (*adminv1.Quota).GetPollers},
	{"open_runs", "Open runs", "runs", (*adminv1.Quota).GetOpenRuns},
	{"retained_bytes", "Retained", "bytes of closed runs' histories", (*adminv1.Quota).GetRetainedBytes},
}

// QuotaTitle is what a bound of a quota is called.
func QuotaTitle(field string) string {
	for _, b := range bounds {
		if b.name == field {
			return b.title
		}
	}
	return field
}

// told is a bound as text.
func (b bound) told(q *adminv1.Quota) string {
	switch n := b.of(q); {
	case n == 0:
		return "default of the installation"
	case n < 0:
		return "no bound"
	default:
		return grouped(n) + " " + b.unit
	}
}
