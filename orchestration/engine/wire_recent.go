package engine

import (
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/recent"
)

// recentMessage asks what a namespace did lately.
type recentMessage struct {
	Namespace orchestration.NamespaceID `cbor:"1,keyasint"`
}

// recentAnswer is a recent.Report. Minutes in which nothing happened are left out.
type recentAnswer struct {
	Since   int64                    `cbor:"1,keyasint"` // Unix nanoseconds
	Minutes []recentMinute           `cbor:"2,keyasint,omitempty"`
	Types   map[string]recentOutcome `cbor:"3,keyasint,omitempty"`
}

type recentMinute struct {
	Start   int64           `cbor:"1,keyasint"` // Unix nanoseconds
	Started int64           `cbor:"2,keyasint,omitempty"`
	Closed  map[int32]int64 `cbor:"3,keyasint,omitempty"` // by WorkflowExecutionStatus
	Waits   []int64         `cbor:"4,keyasint,omitempty"` // of recent.Waits, the first ones
}

type recentOutcome struct {
	_              struct{} `cbor:",toarray"`
	Closed, Failed int64
}

func encodeRecent(r recent.Report) []byte {
	a := recentAnswer{Since: nanos(r.Since), Types: make(map[string]recentOutcome, len(r.Types))}
	for _, m := range r.Minutes {
		if m.Started == 0 && len(m.Closed) == 0 && m.Waits.Total() == 0 {
			continue
		}
		out := recentMinute{Start: nanos(m.Start), Started: m.Started, Closed: make(map[int32]int64, len(m.Closed)), Waits: m.Waits[:]}
		for s, n := range m.Closed {
			out.Closed[int32(s)] = n
		}
		a.Minutes = append(a.Minutes, out)
	}
	for name, t := range r.Types {
		a.Types[name] = recentOutcome{Closed: t.Closed, Failed: t.Failed}
	}
	return encode(a)
}

// decodeRecent reads a recentAnswer. Errors: InvalidArgument.
func decodeRecent(b []byte) (r recent.Report, err error) {
	var a recentAnswer
	if err := decode(b, &a); err != nil {
		return r, err
	}
	r.Since, r.Types = instant(a.Since), make(map[string]recent.Outcome, len(a.Types))
	for _, m := range a.Minutes {
		out := recent.Minute{Start: instant(m.Start), Started: m.Started, Closed: make(map[enumspb.WorkflowExecutionStatus]int64, len(m.Closed))}
		for s, n := range m.Closed {
			out.Closed[enumspb.WorkflowExecutionStatus(s)] = n
		}
		copy(out.Waits[:], m.Waits)
		r.Minutes = append(r.Minutes, out)
	}
	for name, t := range a.Types {
		r.Types[name] = recent.Outcome{Closed: t.Closed, Failed: t.Failed}
	}
	return r, nil
}
