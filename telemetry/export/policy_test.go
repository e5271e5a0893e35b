package export

import (
	"math"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// closedRun is one that took a time.
func closedRun(status enumspb.WorkflowExecutionStatus, took time.Duration) *history.Run {
	r := &history.Run{Key: orchestration.WorkflowKey{}.Run(orchestration.NewRunID(noon))}
	r.Header.Status, r.Header.StartTime, r.Header.CloseTime = status, noon, noon.Add(took)
	return r
}

func TestPolicy(t *testing.T) {
	const completed, failed = enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED, enumspb.WORKFLOW_EXECUTION_STATUS_FAILED
	for _, c := range []struct {
		policy Policy
		run    *history.Run
		want   bool
	}{
		{Policy{}, closedRun(completed, time.Hour), false},
		{Policy{Ratio: 1}, closedRun(completed, 0), true},
		{Policy{Errors: true}, closedRun(failed, 0), true},
		{Policy{Errors: true}, closedRun(enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED, 0), false},
		{Policy{}, closedRun(failed, 0), false},
		{Policy{Slow: time.Minute}, closedRun(completed, time.Minute), true},
		{Policy{Slow: time.Minute}, closedRun(completed, time.Minute-1), false},
	} {
		if got := c.policy.Closed(c.run); got != c.want {
			t.Errorf("%+v of a run that is %v after %v: %v", c.policy, c.run.Header.Status, c.run.Header.CloseTime.Sub(noon), got)
		}
	}
	sampled := closedRun(completed, 0)
	sampled.Header.Trace = orchestration.TraceContext{Trace: [16]byte{1}, Sampled: true}
	if !(Policy{}).Closed(sampled) || !(Policy{}).Open(sampled) {
		t.Error("the caller records the trace, and the run is left out")
	}
}

// TestRatio: about so many traces, and those of a smaller ratio are among those of a larger one.
func TestRatio(t *testing.T) {
	const n = 20_000
	kept := map[float64]int{}
	for range n {
		c := orchestration.TraceContext{Trace: orchestration.NewRunID(noon)}
		before := true
		for _, ratio := range []float64{1, 0.5, 0.1, 0} {
			now := Policy{Ratio: ratio}.traced(c)
			if now && !before {
				t.Fatalf("%x is kept by %v and not by a larger one", c.Trace, ratio)
			}
			if before = now; now {
				kept[ratio]++
			}
		}
	}
	for ratio, got := range map[float64]int{1: kept[1], 0.5: kept[0.5], 0.1: kept[0.1], 0: kept[0]} {
		if want := ratio * n; math.Abs(float64(got)-want) > 5*math.Sqrt(n*ratio*(1-ratio)) {
			t.Errorf("ratio %v keeps %d of %d", ratio, got, n)
		}
	}
}
