package converter

import (
	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
)

const (
	// Source is what failures made by this SDK name as their origin.
	Source = "TenutoGo"
	// encodedMessage stands in for a message that is in the encoded attributes; the text is the protocol's.
	encodedMessage = "Encoded failure"
)

// FailureConverter turns errors into failures and back. It must be safe for concurrent use.
type FailureConverter interface {
	// ErrorToFailure returns nil for nil.
	ErrorToFailure(err error) *failurepb.Failure
	// FailureToError returns nil for nil.
	FailureToError(failure *failurepb.Failure) error
}

// FailureOptions configure [NewFailureConverter].
type FailureOptions struct {
	// DataConverter encodes the details. Default: [Default].
	DataConverter DataConverter
	// EncodeAttributes moves message and stack trace into a payload, so that with a codec none of them is readable on the
	// server. Error types and activity names stay readable: retries depend on them. Default: false.
	EncodeAttributes bool
}

// NewFailureConverter returns the converter that represents errors as every SDK of this protocol does.
func NewFailureConverter(options FailureOptions) FailureConverter {
	if options.DataConverter == nil {
		options.DataConverter = Default()
	}
	return &failureConverter{data: options.DataConverter, encodeAttributes: options.EncodeAttributes}
}

type failureConverter struct {
	data             DataConverter
	encodeAttributes bool
}

// attributes is the content of Failure.encoded_attributes; the names are the protocol's.
type attributes struct {
	Message    string `json:"message"`
	StackTrace string `json:"stack_trace"`
}

// hide moves message and stack into the encoded attributes. If they cannot be encoded they are dropped rather than leaked.
func (c *failureConverter) hide(failure *failurepb.Failure) {
	if !c.encodeAttributes {
		return
	}
	payload, err := c.data.ToPayload(attributes{Message: failure.Message, StackTrace: failure.StackTrace})
	if err == nil {
		failure.EncodedAttributes = payload
	}
	failure.Message, failure.StackTrace = encodedMessage, ""
}

// reveal returns the message and the stack, decoded if they were encoded. An unreadable encoding leaves the stand-in: a
// failure must always become an error.
func (c *failureConverter) reveal(failure *failurepb.Failure) attributes {
	shown := attributes{Message: failure.GetMessage(), StackTrace: failure.GetStackTrace()}
	if failure.GetEncodedAttributes() == nil {
		return shown
	}
	var hidden attributes
	if err := c.data.FromPayload(failure.GetEncodedAttributes(), &hidden); err != nil {
		return shown
	}
	return hidden
}

func payloadsOrNil(payloads *commonpb.Payloads, err error) *commonpb.Payloads {
	if err != nil {
		return nil
	}
	return payloads
}
