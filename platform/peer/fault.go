package peer

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Classes of errors in the body of a refusal: one byte, then what belongs to the class.
const (
	faultOther    = iota + 1 // text
	faultError               // fields of *orchestration.Error
	faultCanceled            // context.Canceled
	faultDeadline            // context.DeadlineExceeded
)

// appendFault encodes what a handler returned. Of an error that wraps an *orchestration.Error only that one travels: it is what callers branch on.
func appendFault(b []byte, err error) []byte {
	var e *orchestration.Error
	switch {
	case errors.As(err, &e):
		return appendError(append(b, faultError), e)
	case errors.Is(err, context.Canceled):
		return append(b, faultCanceled)
	case errors.Is(err, context.DeadlineExceeded):
		return append(b, faultDeadline)
	default:
		return appendBytes(append(b, faultOther), err.Error())
	}
}

func appendError(b []byte, e *orchestration.Error) []byte {
	b = binary.AppendUvarint(b, uint64(e.Code))
	for _, s := range []string{e.Message, e.RunID, e.StartRequestID, e.Namespace} {
		b = appendBytes(b, s)
	}
	b = binary.AppendUvarint(b, uint64(e.Cause))
	b = binary.AppendUvarint(b, uint64(e.Scope))
	if e.Failure == nil {
		return append(b, 0)
	}
	failure, err := proto.Marshal(e.Failure)
	if err != nil { // a text that is not UTF-8: the edge checks what workers send, so only a mistake of ours gets here
		failure = nil
	}
	return appendBytes(append(b, 1), string(failure))
}

func appendBytes(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// decodeFault is the error of a refusal by a node.
func decodeFault(from orchestration.NodeID, b []byte) error {
	r := reader{rest: b}
	switch r.byte() {
	case faultError:
		return decodeError(from, &r)
	case faultCanceled:
		return context.Canceled
	case faultDeadline:
		return context.DeadlineExceeded
	case faultOther:
		if text := string(r.bytes()); !r.short {
			return fmt.Errorf("node %d: %s", from, text)
		}
	}
	return fmt.Errorf("node %d answered with an error that cannot be read", from)
}

func decodeError(from orchestration.NodeID, r *reader) error {
	e := &orchestration.Error{Code: orchestration.Code(r.uvarint())}
	for _, s := range []*string{&e.Message, &e.RunID, &e.StartRequestID, &e.Namespace} {
		*s = string(r.bytes())
	}
	e.Cause = enumspb.ResourceExhaustedCause(r.uvarint())
	e.Scope = enumspb.ResourceExhaustedScope(r.uvarint())
	if r.byte() == 1 {
		e.Failure = &failurepb.Failure{}
		if err := proto.Unmarshal(r.bytes(), e.Failure); err != nil {
			r.fail()
		}
	}
	if r.short {
		return fmt.Errorf("node %d answered with an error that cannot be read", from)
	}
	return e
}
