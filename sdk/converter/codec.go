package converter

import (
	"errors"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
)

// PayloadCodec transforms payloads as bytes: it compresses, encrypts, or moves large ones elsewhere.
type PayloadCodec interface {
	// Encode returns new payloads, one for each; it must not change the given ones.
	Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error)
	// Decode undoes Encode. It returns payloads that Encode did not make as they are, so that a codec can be switched on
	// while old workflows run.
	Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error)
}

var errCodecCount = errors.New("converter: the codec changed the number of payloads")

// NewCodecDataConverter returns parent with codecs between it and the wire. The last codec encodes first and decodes last,
// so the first one is nearest to the wire, as in the other SDKs.
func NewCodecDataConverter(parent DataConverter, codecs ...PayloadCodec) DataConverter {
	return &coded{parent: parent, codecs: codecs}
}

type coded struct {
	parent DataConverter
	codecs []PayloadCodec
}

func (c *coded) ToPayload(value any) (*commonpb.Payload, error) {
	payload, err := c.parent.ToPayload(value)
	if err != nil || payload == nil {
		return payload, err
	}
	return one(c.encode([]*commonpb.Payload{payload}))
}

func (c *coded) FromPayload(payload *commonpb.Payload, target any) error {
	if payload == nil {
		return nil
	}
	decoded, err := one(c.decode([]*commonpb.Payload{payload}))
	if err != nil {
		return err
	}
	return c.parent.FromPayload(decoded, target)
}

func (c *coded) ToPayloads(values ...any) (*commonpb.Payloads, error) {
	payloads, err := c.parent.ToPayloads(values...)
	if err != nil || payloads == nil {
		return payloads, err
	}
	encoded, err := c.encode(payloads.GetPayloads())
	if err != nil {
		return nil, err
	}
	return &commonpb.Payloads{Payloads: encoded}, nil
}

func (c *coded) FromPayloads(payloads *commonpb.Payloads, targets ...any) error {
	if len(payloads.GetPayloads()) == 0 {
		return nil
	}
	decoded, err := c.decode(payloads.GetPayloads())
	if err != nil {
		return err
	}
	return c.parent.FromPayloads(&commonpb.Payloads{Payloads: decoded}, targets...)
}

func (c *coded) encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	for i := len(c.codecs) - 1; i >= 0; i-- {
		encoded, err := apply(c.codecs[i].Encode, payloads)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrEncode, err)
		}
		payloads = encoded
	}
	return payloads, nil
}

func (c *coded) decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	for _, codec := range c.codecs {
		decoded, err := apply(codec.Decode, payloads)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrDecode, err)
		}
		payloads = decoded
	}
	return payloads, nil
}

func apply(
	transform func([]*commonpb.Payload) ([]*commonpb.Payload, error), payloads []*commonpb.Payload,
) ([]*commonpb.Payload, error) {
	out, err := transform(payloads)
	if err == nil && len(out) != len(payloads) {
		err = errCodecCount
	}
	return out, err
}

func one(payloads []*commonpb.Payload, err error) (*commonpb.Payload, error) {
	if err != nil {
		return nil, err
	}
	return payloads[0], nil
}
