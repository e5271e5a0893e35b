package history

import (
	"github.com/fxamacker/cbor/v2"
	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	"google.golang.org/protobuf/proto"
)

// blob keeps a message of the protocol inside stored state: bytes when stored, a shared and never modified message in memory.
type blob[M any, P interface {
	*M
	proto.Message
}] struct{ msg P }

// The messages that state keeps.
type (
	payloads     = blob[commonpb.Payloads, *commonpb.Payloads]
	retryPolicy  = blob[commonpb.RetryPolicy, *commonpb.RetryPolicy]
	priority     = blob[commonpb.Priority, *commonpb.Priority]
	versionStamp = blob[commonpb.WorkerVersionStamp, *commonpb.WorkerVersionStamp]
	memo         = blob[commonpb.Memo, *commonpb.Memo]
	searchAttrs  = blob[commonpb.SearchAttributes, *commonpb.SearchAttributes]
	failure      = blob[failurepb.Failure, *failurepb.Failure]
	historyEvent = blob[historypb.HistoryEvent, *historypb.HistoryEvent]
	userMetadata = blob[sdkpb.UserMetadata, *sdkpb.UserMetadata]
	startedAttrs = blob[historypb.WorkflowExecutionStartedEventAttributes, *historypb.WorkflowExecutionStartedEventAttributes]
)

// Message is the message itself, nil when unset. It must not be modified.
func (b blob[M, P]) Message() P { return b.msg }

// IsZero tells the encoder to leave the field out.
func (b blob[M, P]) IsZero() bool { return b.msg == nil }

// MarshalCBOR encodes the message as a byte string.
func (b blob[M, P]) MarshalCBOR() ([]byte, error) {
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(b.msg)
	if err != nil {
		return nil, err
	}
	return cbor.Marshal(raw)
}

// UnmarshalCBOR decodes what MarshalCBOR wrote.
func (b *blob[M, P]) UnmarshalCBOR(data []byte) error {
	var raw []byte
	if err := cbor.Unmarshal(data, &raw); err != nil {
		return err
	}
	b.msg = P(new(M))
	return proto.Unmarshal(raw, b.msg)
}
