package engine

import (
	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// runMessage names a run.
type runMessage struct {
	Namespace  orchestration.NamespaceID `cbor:"1,keyasint"`
	WorkflowID string                    `cbor:"2,keyasint"`
	RunID      orchestration.RunID       `cbor:"3,keyasint,omitzero"`
}

func runMessageOf(k orchestration.RunKey) runMessage {
	return runMessage{k.Namespace, k.WorkflowID, k.RunID}
}

func (m runMessage) key() orchestration.RunKey {
	return orchestration.WorkflowKey{Namespace: m.Namespace, WorkflowID: m.WorkflowID}.Run(m.RunID)
}

// reachMessage is an effect.
type reachMessage struct {
	Kind     history.EffectKind         `cbor:"1,keyasint"`
	Source   runMessage                 `cbor:"2,keyasint"`
	ID       orchestration.EventID      `cbor:"3,keyasint"`
	Target   runMessage                 `cbor:"4,keyasint"`
	Event    []byte                     `cbor:"5,keyasint"` // historypb.HistoryEvent
	Parent   history.Parent             `cbor:"6,keyasint,omitzero"`
	Priority []byte                     `cbor:"7,keyasint"` // commonpb.Priority
	First    orchestration.RunID        `cbor:"8,keyasint,omitzero"`
	Reported orchestration.EventID      `cbor:"9,keyasint,omitempty"`
	Origin   orchestration.RunID        `cbor:"10,keyasint,omitzero"` // zero: the source
	Reset    orchestration.EventID      `cbor:"11,keyasint,omitempty"`
	Trace    orchestration.TraceContext `cbor:"12,keyasint,omitzero"`
}

func encodeReach(m reach) []byte {
	w := reachMessage{
		Kind: m.kind, Source: runMessageOf(m.source), ID: m.id, Target: runMessageOf(m.target), Parent: m.parent, First: m.first, Reported: m.reported, Origin: m.origin, Reset: m.reset,
		Trace: m.trace,
	}
	if m.event != nil {
		w.Event = pack(m.event)
	}
	if m.priority != nil {
		w.Priority = pack(m.priority)
	}
	return encode(w)
}

// decodeReach reads a reachMessage. Errors: InvalidArgument.
func decodeReach(b []byte) (m reach, err error) {
	var w reachMessage
	if err := decode(b, &w); err != nil {
		return m, err
	}
	m = reach{
		kind: w.Kind, source: w.Source.key(), id: w.ID, target: w.Target.key(), parent: w.Parent, first: w.First, reported: w.Reported, origin: w.Origin, reset: w.Reset,
		trace: w.Trace,
	}
	if m.origin.IsZero() {
		m.origin = m.source.RunID
	}
	if m.source.WorkflowID == "" || m.source.RunID.IsZero() || m.target.WorkflowID == "" || m.id == 0 || (m.id > 0) != (w.Event != nil) {
		return m, malformed
	}
	if m.event, err = unpack(w.Event, new(historypb.HistoryEvent)); err != nil {
		return m, err
	}
	m.priority, err = unpack(w.Priority, new(commonpb.Priority))
	return m, err
}

// outcomeMessage is the final answer to an effect.
type outcomeMessage struct {
	Outcome history.Outcome `cbor:"1,keyasint"`
}

func encodeOutcome(out history.Outcome) []byte { return encode(outcomeMessage{out}) }

// decodeOutcome reads an outcomeMessage. Errors: InvalidArgument.
func decodeOutcome(b []byte) (history.Outcome, error) {
	var w outcomeMessage
	if err := decode(b, &w); err != nil {
		return 0, err
	}
	if w.Outcome == 0 {
		return 0, malformed
	}
	return w.Outcome, nil
}
