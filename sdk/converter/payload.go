package converter

import (
	"errors"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
)

// Metadata keys of a payload.
const (
	metadataEncoding    = "encoding"
	metadataMessageType = "messageType"
)

// Encodings of a payload.
const (
	encodingNull      = "binary/null"
	encodingBytes     = "binary/plain"
	encodingProtoJSON = "json/protobuf"
	encodingProto     = "binary/protobuf"
	encodingJSON      = "json/plain"
)

var (
	// ErrEncoding is returned for a payload whose encoding is missing or that no converter of the chain knows.
	ErrEncoding = errors.New("converter: unknown payload encoding")
	// ErrEncode is returned for a value that cannot be encoded.
	ErrEncode = errors.New("converter: cannot encode value")
	// ErrDecode is returned for a payload that does not fit its target.
	ErrDecode = errors.New("converter: cannot decode payload")
)

// PayloadConverter handles one encoding.
type PayloadConverter interface {
	// Encoding names the encoding, as in the payload's metadata.
	Encoding() string
	// ToPayload returns nil, nil for a value that another converter should take.
	ToPayload(value any) (*commonpb.Payload, error)
	// FromPayload stores the value in target, a non-nil pointer.
	FromPayload(payload *commonpb.Payload, target any) error
}

// Raw is a payload that is passed through: as an argument it is sent as it is, as a target it receives the payload. A
// codec still applies.
type Raw struct {
	Payload *commonpb.Payload
}

func newPayload(encoding string, data []byte) *commonpb.Payload {
	return &commonpb.Payload{Metadata: map[string][]byte{metadataEncoding: []byte(encoding)}, Data: data}
}

func encodingOf(payload *commonpb.Payload) string {
	return string(payload.GetMetadata()[metadataEncoding])
}

func encodeError(value any, cause error) error {
	return fmt.Errorf("%w %T: %w", ErrEncode, value, cause)
}

func decodeError(payload *commonpb.Payload, target any, cause error) error {
	return fmt.Errorf("%w: %s into %T: %w", ErrDecode, encodingOf(payload), target, cause)
}
