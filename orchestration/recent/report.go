package recent

import (
	"maps"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Report is the last hour of a namespace.
type Report struct {
	Since   time.Time // when it began to be counted: minutes before that are empty, whatever happened
	Minutes []Minute  // Minutes of them, the oldest first; the last one goes on
	Types   map[string]Outcome
}

// Minute is what began and ended in a minute.
type Minute struct {
	Start   time.Time // UTC
	Started int64
	Closed  map[enumspb.WorkflowExecutionStatus]int64 // runs by how they ended; not those of no run
	Waits   Waits                                     // of the tasks that workers got, queries and eager activities left out
}

// Outcome is how the runs of a type ended, in the hour.
type Outcome struct{ Closed, Failed int64 }

// Report tells what was counted here of a namespace.
func (c *Counter) Report(ns orchestration.NamespaceID) Report {
	now := minuteOf(c.now())
	c.mu.Lock()
	defer c.mu.Unlock()
	r := Report{Since: c.since, Types: make(map[string]Outcome)}
	h := c.of[ns]
	for number := now - Minutes + 1; number <= now; number++ {
		out := Minute{Start: time.Unix(60*number, 0).UTC(), Closed: make(map[enumspb.WorkflowExecutionStatus]int64)}
		if h != nil && h.minutes[number%Minutes].number == number {
			r.take(&out, &h.minutes[number%Minutes])
		}
		r.Minutes = append(r.Minutes, out)
	}
	return r
}

func (r *Report) take(out *Minute, m *minute) {
	out.Started, out.Waits = m.started, m.waits
	for s, n := range m.closed {
		if n > 0 {
			out.Closed[enumspb.WorkflowExecutionStatus(s)] = n
		}
	}
	for name, o := range m.types {
		sum := r.Types[name]
		r.Types[name] = Outcome{sum.Closed + o.closed, sum.Failed + o.failed}
	}
}

// Merge adds up what nodes have counted. It is complete from the latest of their beginnings on. Clocks may differ by some minutes: each minute is added to the
// one of the same name in the first report, and dropped if that has none.
func Merge(first Report, others ...Report) Report {
	sum := Report{Since: first.Since, Types: maps.Clone(first.Types)}
	place := make(map[int64]int, len(first.Minutes))
	for i, m := range first.Minutes {
		m.Closed = maps.Clone(m.Closed)
		sum.Minutes = append(sum.Minutes, m)
		place[minuteOf(m.Start)] = i
	}
	for _, o := range others {
		if o.Since.After(sum.Since) {
			sum.Since = o.Since
		}
		for _, m := range o.Minutes {
			i, ok := place[minuteOf(m.Start)]
			if !ok {
				continue
			}
			sum.Minutes[i].Started += m.Started
			for b, n := range m.Waits {
				sum.Minutes[i].Waits[b] += n
			}
			for s, n := range m.Closed {
				sum.Minutes[i].Closed[s] += n
			}
		}
		for name, t := range o.Types {
			have := sum.Types[name]
			sum.Types[name] = Outcome{have.Closed + t.Closed, have.Failed + t.Failed}
		}
	}
	return sum
}
