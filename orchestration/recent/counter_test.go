package recent

import (
	"fmt"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

const (
	completed = enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED
	failed    = enumspb.WORKFLOW_EXECUTION_STATUS_FAILED
	timedOut  = enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestLastHour(t *testing.T) {
	now, bank, other := noon, orchestration.NamespaceID{1}, orchestration.NamespaceID{2}
	c := NewCounter(func() time.Time { return now })
	c.Started(bank)
	c.Started(other)
	c.Closed(bank, "Transfer", completed)
	now = noon.Add(59*time.Minute + 59*time.Second)
	c.Started(bank)
	c.Closed(bank, "Transfer", failed)
	c.Closed(bank, "Refund", timedOut)
	c.Closed(bank, "Refund", enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING) // is no end
	c.Closed(bank, "Refund", 99)
	r := c.Report(bank)
	first, last := r.Minutes[0], r.Minutes[Minutes-1]
	if len(r.Minutes) != Minutes || !r.Since.Equal(noon) || !first.Start.Equal(noon) || !last.Start.Equal(noon.Add(59*time.Minute)) {
		t.Fatalf("%+v", r)
	}
	if first.Started != 1 || first.Closed[completed] != 1 || last.Started != 1 || last.Closed[failed] != 1 || last.Closed[timedOut] != 1 || len(last.Closed) != 2 {
		t.Errorf("%+v, %+v", first, last)
	}
	if r.Types["Transfer"] != (Outcome{2, 1}) || r.Types["Refund"] != (Outcome{1, 1}) {
		t.Errorf("%+v", r.Types)
	}
	now = noon.Add(time.Hour) // the first minute is over an hour ago, and its place is another one's
	if r = c.Report(bank); r.Minutes[0].Started != 0 || r.Types["Transfer"] != (Outcome{1, 1}) {
		t.Errorf("%+v", r)
	}
	c.Started(bank)
	if len(c.of) != 1 {
		t.Errorf("%d namespaces are remembered", len(c.of))
	}
	if r = c.Report(other); len(r.Minutes) != Minutes || len(r.Types) != 0 {
		t.Errorf("%+v", r)
	}
}

func TestTypesAreBounded(t *testing.T) {
	c := NewCounter(func() time.Time { return noon })
	for i := range 3 * maxTypes {
		c.Closed(orchestration.NamespaceID{1}, fmt.Sprint("type ", i), completed)
	}
	if r := c.Report(orchestration.NamespaceID{1}); len(r.Types) != maxTypes+1 || r.Types[Others] != (Outcome{2 * maxTypes, 0}) {
		t.Errorf("%d types, %+v others", len(r.Types), r.Types[Others])
	}
}

// What nodes have counted adds up, though their clocks differ, and changes none of the reports.
func TestMerge(t *testing.T) {
	ns := orchestration.NamespaceID{1}
	report := func(at time.Time) Report {
		c := NewCounter(func() time.Time { return at })
		c.Started(ns)
		c.Closed(ns, "Transfer", failed)
		return c.Report(ns)
	}
	one, two, ahead := report(noon), report(noon.Add(-time.Minute)), report(noon.Add(time.Minute))
	for range 2 {
		sum := Merge(one, two, one, ahead)
		last, before := sum.Minutes[Minutes-1], sum.Minutes[Minutes-2]
		if last.Started != 2 || last.Closed[failed] != 2 || before.Started != 1 || before.Closed[failed] != 1 || sum.Types["Transfer"] != (Outcome{4, 4}) {
			t.Errorf("%+v, %+v, %+v", before, last, sum.Types)
		}
		if !sum.Since.Equal(noon.Add(time.Minute)) {
			t.Errorf("since %v", sum.Since)
		}
	}
}

// Percentiles are bounds: within a factor of two, and the last bucket holds whatever is longer.
func TestWaits(t *testing.T) {
	ns := orchestration.NamespaceID{1}
	c := NewCounter(func() time.Time { return noon })
	for _, wait := range []time.Duration{-time.Second, 0, time.Millisecond, 3 * time.Millisecond, 90 * time.Millisecond, time.Second} {
		c.Waited(ns, wait)
	}
	r := c.Report(ns)
	w := Merge(r, r).Minutes[Minutes-1].Waits
	if w.Total() != 12 {
		t.Errorf("%d tasks", w.Total())
	}
	for percent, want := range map[int64]time.Duration{1: time.Millisecond, 33: time.Millisecond, 50: 2 * time.Millisecond, 66: 4 * time.Millisecond, 80: 128 * time.Millisecond, 95: 1024 * time.Millisecond, 100: 1024 * time.Millisecond} {
		if got := w.Percentile(percent); got != want {
			t.Errorf("%d %%: %v, want %v", percent, got, want)
		}
	}
	if (Waits{}).Percentile(95) != 0 || bucketOf(1000*time.Hour) != len(w)-1 {
		t.Error("none, or too long")
	}
}
