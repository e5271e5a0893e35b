package engine

import (
	"errors"

	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/tenuto-io/tenuto/orchestration"
)

// orderMessage has another node carry an order out on some of its runs.
type orderMessage struct {
	Operation []byte       `cbor:"1,keyasint"` // anypb.Any
	Request   string       `cbor:"2,keyasint"`
	Reason    string       `cbor:"3,keyasint,omitempty"`
	Runs      []orderedRun `cbor:"4,keyasint"`
	By        []byte       `cbor:"5,keyasint,omitempty"` // commonpb.Principal
}

// orderedRun names a run.
type orderedRun struct {
	_          struct{} `cbor:",toarray"`
	Namespace  orchestration.NamespaceID
	WorkflowID string
	RunID      orchestration.RunID
}

// orderAnswer tells what became of those that did not go well.
type orderAnswer struct {
	Runs   int           `cbor:"1,keyasint"`
	Failed []failedOrder `cbor:"2,keyasint,omitempty"`
}

type failedOrder struct {
	_       struct{} `cbor:",toarray"`
	Run     int      // its place in the message
	Code    orchestration.Code
	Message string
}

func encodeOrder(o Order, runs []orchestration.RunKey) []byte {
	operation, err := anypb.New(o.Operation)
	if err != nil {
		panic(err) // it was decoded before: its strings are UTF-8
	}
	m := orderMessage{Operation: pack(operation), Request: o.Request, Reason: o.Reason, By: pack(o.By), Runs: make([]orderedRun, len(runs))}
	for i, run := range runs {
		m.Runs[i] = orderedRun{Namespace: run.Namespace, WorkflowID: run.WorkflowID, RunID: run.RunID}
	}
	return encode(m)
}

// decodeOrder reads an orderMessage. Errors: InvalidArgument.
func decodeOrder(b []byte) (o Order, runs []orchestration.RunKey, err error) {
	var m orderMessage
	if err := decode(b, &m); err != nil {
		return o, nil, err
	}
	operation, err := unpack(m.Operation, new(anypb.Any))
	if err != nil || operation == nil || m.Request == "" {
		return o, nil, malformed
	}
	if o.Operation, err = operation.UnmarshalNew(); err != nil {
		return o, nil, malformed
	}
	if o.By, err = unpack(m.By, new(commonpb.Principal)); err != nil {
		return o, nil, malformed
	}
	o.Request, o.Reason = m.Request, m.Reason
	for _, r := range m.Runs {
		if r.WorkflowID == "" {
			return o, nil, malformed
		}
		runs = append(runs, orchestration.WorkflowKey{Namespace: r.Namespace, WorkflowID: r.WorkflowID}.Run(r.RunID))
	}
	return o, runs, nil
}

func encodeOrderAnswer(errs []error) []byte {
	m := orderAnswer{Runs: len(errs)}
	for i, err := range errs {
		if err == nil {
			continue
		}
		f := failedOrder{Run: i, Code: orchestration.Unavailable, Message: err.Error()}
		var e *orchestration.Error
		if errors.As(err, &e) {
			f.Code, f.Message = e.Code, e.Message
		}
		m.Failed = append(m.Failed, f)
	}
	return encode(m)
}

// decodeOrderAnswer reads an orderAnswer about n runs. Errors: InvalidArgument.
func decodeOrderAnswer(b []byte, n int) ([]error, error) {
	var m orderAnswer
	if err := decode(b, &m); err != nil {
		return nil, err
	}
	errs := make([]error, n)
	for _, f := range m.Failed {
		if f.Run < 0 || f.Run >= n {
			return nil, malformed
		}
		errs[f.Run] = &orchestration.Error{Code: f.Code, Message: f.Message}
	}
	if m.Runs != n {
		return nil, malformed
	}
	return errs, nil
}
