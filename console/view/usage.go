package view

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// UsageDays are how far back the page of usage can go.
var UsageDays = []int{1, 7, 30}

// UsagePage is what a namespace has used.
type UsagePage struct {
	Frame
	Days   int
	Report *adminv1.GetUsageResponse
	Quota  *adminv1.Quota
}

// usageOf is the address of the page, or of its file, that goes back so far.
func usageOf(base string, days int) string {
	return withQuery(base, url.Values{"days": {strconv.Itoa(days)}})
}

// daysBack is how far back a choice goes, in words.
func daysBack(days int) string {
	if days == 1 {
		return "Last day"
	}
	return "Last " + strconv.Itoa(days) + " days"
}

// period is an hour of a report, or a day of it.
type period struct {
	Start                     time.Time
	Actions                   int64
	Active, Retained, OpenRun float64
}

// periods are the hours of a day, or the days of what is longer, the newest first. The file has every hour.
func (p UsagePage) periods() (all []period) {
	for _, h := range slices.Backward(p.Report.GetHours()) {
		start := at(h.GetStartTime())
		if p.Days > 1 {
			start = start.Truncate(24 * time.Hour)
		}
		if n := len(all); n == 0 || !all[n-1].Start.Equal(start) {
			all = append(all, period{Start: start})
		}
		sum := &all[len(all)-1]
		sum.Actions += h.GetActions()
		sum.Active, sum.Retained, sum.OpenRun = sum.Active+h.GetActiveGbHours(), sum.Retained+h.GetRetainedGbHours(), sum.OpenRun+h.GetOpenRunHours()
	}
	return all
}

// unit is what a row of the table is about.
func (p UsagePage) unit() string {
	if p.Days > 1 {
		return "Day"
	}
	return "Hour"
}

// kinds are the kinds of actions that there were any of.
func (p UsagePage) kinds() (all []*adminv1.ActionCount) {
	for _, k := range p.Report.GetTotal().GetKinds() {
		if k.GetCount() > 0 {
			all = append(all, k)
		}
	}
	return all
}
