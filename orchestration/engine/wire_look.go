package engine

import (
	"errors"

	historypb "go.temporal.io/api/history/v1"
	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// lookMessage asks what runs wait for.
type lookMessage struct {
	Runs []orderedRun `cbor:"1,keyasint"`
}

// lookAnswer tells it, in the order of the message.
type lookAnswer struct {
	Looks []lookOf `cbor:"1,keyasint,omitempty"`
}

type lookOf struct {
	Queue    string                     `cbor:"1,keyasint,omitempty"`
	Task     []byte                     `cbor:"2,keyasint,omitempty"` // workflowpb.PendingWorkflowTaskInfo
	Failed   []byte                     `cbor:"3,keyasint,omitempty"` // historypb.HistoryEvent
	Activity []byte                     `cbor:"4,keyasint,omitempty"` // workflowpb.PendingActivityInfo
	Pending  int                        `cbor:"5,keyasint,omitempty"`
	Code     orchestration.Code         `cbor:"6,keyasint,omitempty"` // 0: the run was seen
	Message  string                     `cbor:"7,keyasint,omitempty"`
	Trace    orchestration.TraceContext `cbor:"8,keyasint,omitzero"`
}

func encodeLook(runs []orchestration.RunKey) []byte {
	var m lookMessage
	for _, r := range runs {
		m.Runs = append(m.Runs, orderedRun{Namespace: r.Namespace, WorkflowID: r.WorkflowID, RunID: r.RunID})
	}
	return encode(m)
}

// decodeLook reads a lookMessage. Errors: InvalidArgument.
func decodeLook(b []byte) (runs []orchestration.RunKey, err error) {
	var m lookMessage
	if err := decode(b, &m); err != nil {
		return nil, err
	}
	for _, r := range m.Runs {
		if r.WorkflowID == "" {
			return nil, malformed
		}
		runs = append(runs, orchestration.WorkflowKey{Namespace: r.Namespace, WorkflowID: r.WorkflowID}.Run(r.RunID))
	}
	return runs, nil
}

func encodeLooks(looks []Look) []byte {
	var a lookAnswer
	for _, l := range looks {
		o := lookOf{Queue: l.Queue, Pending: l.Pending, Trace: l.Trace}
		if l.Task != nil {
			o.Task = pack(l.Task)
		}
		if l.Failed != nil {
			o.Failed = pack(l.Failed)
		}
		if l.Activity != nil {
			o.Activity = pack(l.Activity)
		}
		if l.Err != nil {
			o.Code, o.Message = orchestration.Unavailable, l.Err.Error()
			var e *orchestration.Error
			if errors.As(l.Err, &e) {
				o.Code, o.Message = e.Code, e.Message
			}
		}
		a.Looks = append(a.Looks, o)
	}
	return encode(a)
}

// decodeLooks reads a lookAnswer about n runs. Errors: InvalidArgument.
func decodeLooks(b []byte, n int) (looks []Look, err error) {
	var a lookAnswer
	if err := decode(b, &a); err != nil {
		return nil, err
	}
	if len(a.Looks) != n {
		return nil, malformed
	}
	for _, o := range a.Looks {
		l := Look{Queue: o.Queue, Pending: o.Pending, Trace: o.Trace}
		var errs [3]error
		l.Task, errs[0] = unpack(o.Task, new(workflowpb.PendingWorkflowTaskInfo))
		l.Failed, errs[1] = unpack(o.Failed, new(historypb.HistoryEvent))
		l.Activity, errs[2] = unpack(o.Activity, new(workflowpb.PendingActivityInfo))
		if err := errors.Join(errs[:]...); err != nil {
			return nil, malformed
		}
		if o.Code != 0 {
			l.Err = &orchestration.Error{Code: o.Code, Message: o.Message}
		}
		looks = append(looks, l)
	}
	return looks, nil
}
