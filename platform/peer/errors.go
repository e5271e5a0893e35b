package peer

import (
	"context"
	"errors"

	"github.com/fxamacker/cbor/v2"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
)

// sentError is an error on its way.
type sentError struct {
	Code           int    `cbor:"1,keyasint"`
	Message        string `cbor:"2,keyasint"`
	RunID          string `cbor:"3,keyasint,omitempty"`
	StartRequestID string `cbor:"4,keyasint,omitempty"`
	Failure        []byte `cbor:"5,keyasint,omitempty"` // failurepb.Failure
	Cause          int32  `cbor:"6,keyasint,omitempty"`
	Scope          int32  `cbor:"7,keyasint,omitempty"`
	Namespace      string `cbor:"8,keyasint,omitempty"`
}

// encodeError makes the body of a failure. Of an error that is not the engine's own, nothing but its kind travels.
func encodeError(err error) []byte {
	var e *orchestration.Error
	switch {
	case errors.As(err, &e):
	case errors.Is(err, context.DeadlineExceeded):
		e = orchestration.Errorf(orchestration.DeadlineExceeded, "the other server did not answer in time")
	case errors.Is(err, context.Canceled):
		e = orchestration.Errorf(orchestration.Canceled, "the call was cancelled")
	default:
		e = orchestration.Errorf(orchestration.Unavailable, "the other server could not answer; try again")
	}
	s := sentError{
		Code: int(e.Code), Message: e.Message, RunID: e.RunID, StartRequestID: e.StartRequestID,
		Cause: int32(e.Cause), Scope: int32(e.Scope), Namespace: e.Namespace,
	}
	if e.Failure != nil {
		s.Failure, _ = proto.Marshal(e.Failure) // one that cannot be encoded is left out: the message says what failed
	}
	b, err := cbor.Marshal(s)
	if err != nil {
		panic(err) // a struct of plain fields always encodes
	}
	return b
}

// decodeError reads the body of a failure.
func decodeError(b []byte) error {
	var s sentError
	if cbor.Unmarshal(b, &s) != nil || s.Code == 0 {
		return unavailable("the other server answered with an error that cannot be read")
	}
	e := &orchestration.Error{
		Code: orchestration.Code(s.Code), Message: s.Message, RunID: s.RunID, StartRequestID: s.StartRequestID,
		Cause: enumspb.ResourceExhaustedCause(s.Cause), Scope: enumspb.ResourceExhaustedScope(s.Scope), Namespace: s.Namespace,
	}
	if len(s.Failure) > 0 {
		e.Failure = &failurepb.Failure{}
		if proto.Unmarshal(s.Failure, e.Failure) != nil {
			e.Failure = nil
		}
	}
	return e
}

func unavailable(message string) error {
	return orchestration.Errorf(orchestration.Unavailable, "%s", message)
}
