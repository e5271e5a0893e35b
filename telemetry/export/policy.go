package export

import (
	"encoding/binary"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// Policy says which runs of a namespace are sent. The zero one sends none but those whose caller records its own trace.
type Policy struct {
	// Ratio is which part of the traces is sent, 0 to 1, by their ids: all runs of a trace or none, on every node.
	Ratio float64
	// Errors sends all runs that failed, timed out or were terminated.
	Errors bool
	// Slow sends all runs that took at least so long; 0: none for that.
	Slow time.Duration
}

// Closed tells whether a run that has closed is sent.
func (p Policy) Closed(r *history.Run) bool {
	h := &r.Header
	switch h.Status {
	case enumspb.WORKFLOW_EXECUTION_STATUS_FAILED, enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT, enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED:
		if p.Errors {
			return true
		}
	}
	return p.Slow > 0 && h.CloseTime.Sub(h.StartTime) >= p.Slow || p.traced(r.Trace())
}

// traced tells whether a trace is sent: its caller records it, or its id is in the ratio. As OpenTelemetry has it, those are the ids whose last 56 bits are
// at least a threshold, so that who samples by the same ratio elsewhere chooses the same traces.
func (p Policy) traced(c orchestration.TraceContext) bool {
	if c.Sampled {
		return true
	}
	const space = 1 << 56
	threshold := uint64((1 - min(1, max(0, p.Ratio))) * space)
	return binary.BigEndian.Uint64(c.Trace[8:])%space >= threshold
}

// Open tells whether an open run is sent as it goes. How it will end is not known: only its trace decides.
func (p Policy) Open(r *history.Run) bool { return p.traced(r.Trace()) }
