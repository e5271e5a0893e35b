package view

import (
	"testing"
	"time"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

func TestGoldenOverview(t *testing.T) {
	page := OverviewPage{Frame: hostile, Held: &adminv1.Held{OpenRuns: 12345, RetainedBytes: 4711}, Quota: &adminv1.Quota{OpenRuns: 20000}, Since: noon.Add(-10 * time.Minute), Queues: hostileQueues(), MoreQueues: true}
	for i := range 60 {
		m := Minute{Start: noon.Add(time.Duration(i-59) * time.Minute)}
		if i > 50 {
			m = Minute{Start: m.Start, Started: int64(i * 1000), Completed: int64(i * 900), Failed: int64(i % 2), Stopped: int64(i % 3 * 1000), P50: time.Duration(i%4) * time.Second, P95: time.Duration(i%4) * time.Minute}
		}
		page.Minutes = append(page.Minutes, m)
	}
	page.Types = []TypeOutcome{{script, 10, 3}, {rtl, 100000, 1}, {"", 5, 0}}
	golden(t, "overview", Overview(page))
	golden(t, "overview_empty", Overview(OverviewPage{Frame: hostile, Since: noon}))
}

// A part is never shown as nothing, and a chart of nothing has a scale.
func TestShares(t *testing.T) {
	for want, c := range map[string][2]int64{"0 %": {0, 7}, "100 %": {7, 7}, "< 0.1 %": {1, 100_000}, "0.5 %": {1, 200}, "33 %": {1, 3}} {
		if got := partOf(c[0], c[1]); got != want {
			t.Errorf("%v: %s, want %s", c, got, want)
		}
	}
	if p := (OverviewPage{Minutes: make([]Minute, 2)}); p.most() != 1 || p.line() != "M3 160.0H17L23 160.0H37" || len(p.bars()) != 0 {
		t.Errorf("%d, %s", p.most(), p.line())
	}
	p := OverviewPage{Minutes: []Minute{{P95: time.Millisecond}, {}, {P95: 1024 * time.Millisecond}, {P95: 32 * time.Millisecond}}}
	if got, want := p.waitLine(slow), "M3 160.0H17M43 0.0H57L63 80.0H77"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if m := p.waited(); m.P95 != 32*time.Millisecond || within(m.P50) != "" || within(m.P95) != "≤ 32 ms" {
		t.Errorf("%+v", m)
	}
}
