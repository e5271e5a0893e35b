package view

import (
	"testing"
	"time"
)

func TestGoldenStuck(t *testing.T) {
	var stuck []StuckRun
	for i, run := range hostileRuns()[:3] {
		stuck = append(stuck, StuckRun{Info: run, Kind: "Retrying", Why: "Activity " + []string{script, rtl, emoji}[i] + " has failed 16 times.", Since: noon.Add(-time.Hour)})
	}
	golden(t, "stuck", Stuck(StuckList{Frame: hostile, Query: attr, Attempts: 5, Runs: stuck, Looked: 2000, Unseen: 7, Running: 12345, Page: "bW9yZQ", Next: "bW9yZQ"}))
	golden(t, "stuck_none", Stuck(StuckList{Frame: hostile, Attempts: DefaultAttempts, FirstPage: true}))
	golden(t, "stuck_so_far", Stuck(StuckList{Frame: hostile, Attempts: DefaultAttempts, FirstPage: true, Next: "bW9yZQ"}))
	golden(t, "stuck_refused", Stuck(StuckList{Frame: hostile, Query: script, Refused: "no " + rtl}))
}
