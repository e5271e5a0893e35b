package view

import (
	"fmt"
	"math"
	"strconv"
	"time"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// OverviewPage is what a namespace did in the last hour, and what waits in it.
type OverviewPage struct {
	Frame
	Held       *adminv1.Held
	Quota      *adminv1.Quota
	Since      time.Time // when it began to be counted
	Minutes    []Minute  // of the last hour, the oldest first
	Types      []TypeOutcome
	Queues     []Queue // in which something waits, the longest waiting first
	MoreQueues bool    // there are queues that were not looked at
}

// Minute is how many runs began and ended in a minute.
type Minute struct {
	Start                               time.Time
	P50, P95                            time.Duration // within which half, and 95 of 100, of its tasks got a worker; 0: there was none
	Started, Completed, Failed, Stopped int64         // Failed: timed out, too. Stopped: canceled or terminated
}

// TypeOutcome is how the runs of a type ended in the last hour. The type without name is all others together.
type TypeOutcome struct {
	Type           string
	Closed, Failed int64
}

// OverviewURL is the overview of a namespace.
func OverviewURL(p Place) string { return p.path() + "/overview" }

// total adds the minutes up.
func (p OverviewPage) total() (sum Minute) {
	for _, m := range p.Minutes {
		sum.Started += m.Started
		sum.Completed += m.Completed
		sum.Failed += m.Failed
		sum.Stopped += m.Stopped
	}
	return sum
}

// closed is how many runs ended.
func (m Minute) closed() int64 { return m.Completed + m.Failed + m.Stopped }

// failedPart is the part of the runs that ended that failed; "none ended" without any.
func (m Minute) failedPart() string {
	if m.closed() == 0 {
		return "none ended"
	}
	return partOf(m.Failed, m.closed())
}

// partOf is a part of a whole with one place below ten per cent, and never nothing for something.
func partOf(part, of int64) string {
	p := 100 * float64(part) / float64(max(1, of))
	if part > 0 && p < 0.1 {
		return "< 0.1 %"
	}
	return decimal(p) + " %"
}

// waiting is how many tasks wait in all queues together.
func (p OverviewPage) waiting() (n int64) {
	for _, q := range p.Queues {
		n += q.Backlog
	}
	return n
}

// oldest is how long the oldest of them waits.
func (p OverviewPage) oldest() string {
	if len(p.Queues) == 0 {
		return "none waits"
	}
	return span(p.Queues[0].Oldest)
}

// The chart's measures, in its own units.
const (
	chartWidth  = 60 * chartSlot
	chartHeight = 160
	chartSlot   = 20 // of one minute; its bar is less wide
)

// bar is a rectangle of the chart.
type bar struct{ x, y, width, height, class string }

// bars are the rectangles of the minutes: completed at the bottom, then stopped, then failed.
func (p OverviewPage) bars() (all []bar) {
	scale := float64(chartHeight) / float64(p.most())
	for i, m := range p.Minutes {
		y := float64(chartHeight)
		for _, part := range []struct {
			n     int64
			class string
		}{{m.Completed, "completed"}, {m.Stopped, "stopped"}, {m.Failed, "failed"}} {
			if part.n == 0 {
				continue
			}
			height := max(1.5, float64(part.n)*scale)
			y -= height
			all = append(all, bar{strconv.Itoa(i*chartSlot + 3), unit(y), strconv.Itoa(chartSlot - 6), unit(height), "bar-" + part.class})
		}
	}
	return all
}

// line is the path of how many runs began, minute by minute, from when it was counted.
func (p OverviewPage) line() (path string) {
	scale := float64(chartHeight) / float64(p.most())
	for i, m := range p.Minutes {
		if m.Start.Before(p.Since.Truncate(time.Minute)) {
			continue
		}
		path += across(path, i, float64(chartHeight)-float64(m.Started)*scale)
	}
	return path
}

// waitLine is the path of a percentile of the waits. Each doubling of a wait is as high as every other, from one millisecond at the bottom; minutes without a
// task are gaps.
func (p OverviewPage) waitLine(of func(Minute) time.Duration) (path string) {
	scale, part := float64(chartHeight)/p.doublings(p.longest()), ""
	for i, m := range p.Minutes {
		if wait := of(m); wait > 0 {
			part += across(part, i, float64(chartHeight)-p.doublings(wait)*scale)
			continue
		}
		path, part = path+part, ""
	}
	return path + part
}

// across goes on from a path over a minute, as wide as its bar: a path of one minute has a length, too.
func across(path string, minute int, y float64) string {
	step := "L"
	if path == "" {
		step = "M"
	}
	return fmt.Sprintf("%s%d %sH%d", step, minute*chartSlot+3, unit(y), (minute+1)*chartSlot-3)
}

// doublings are how often a millisecond is doubled for a wait.
func (OverviewPage) doublings(wait time.Duration) float64 {
	return math.Log2(max(1, float64(wait)/float64(time.Millisecond)))
}

// longest is the wait at the chart's top: at least a second.
func (p OverviewPage) longest() time.Duration {
	longest := 1024 * time.Millisecond
	for _, m := range p.Minutes {
		longest = max(longest, m.P95)
	}
	return longest
}

// waited are the percentiles of the latest minute that has any.
func (p OverviewPage) waited() (m Minute) {
	for _, each := range p.Minutes {
		if each.P95 > 0 {
			m = each
		}
	}
	return m
}

// within is a percentile in words.
func within(wait time.Duration) string {
	if wait == 0 {
		return ""
	}
	return "≤ " + span(wait)
}

func median(m Minute) time.Duration { return m.P50 }

func slow(m Minute) time.Duration { return m.P95 }

// most is the largest number of a minute, and what the chart's height stands for; at least 1.
func (p OverviewPage) most() int64 {
	most := int64(1)
	for _, m := range p.Minutes {
		most = max(most, m.Started, m.closed())
	}
	return most
}

func unit(f float64) string { return strconv.FormatFloat(max(0, f), 'f', 1, 64) }

// counted says since when, if that is less than the hour.
func (p OverviewPage) counted() bool {
	return len(p.Minutes) > 0 && p.Since.After(p.Minutes[0].Start)
}

// typeQuery is the filter of the failed runs of a type.
func typeQuery(name string) string {
	return `WorkflowType = ` + Quoted(name) + ` AND ExecutionStatus IN ("Failed", "TimedOut")`
}
