package converter

import (
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
)

// DataConverter turns values into payloads and back. It must be safe for concurrent use and, since workflow code calls it
// during replay, free of surprises: no I/O that may fail one day and not the next.
type DataConverter interface {
	// ToPayload encodes one value.
	ToPayload(value any) (*commonpb.Payload, error)
	// FromPayload decodes one value into target, a non-nil pointer. A nil payload leaves the target alone.
	FromPayload(payload *commonpb.Payload, target any) error
	// ToPayloads encodes a list of arguments or results; no values give nil.
	ToPayloads(values ...any) (*commonpb.Payloads, error)
	// FromPayloads decodes into targets in order. Targets without a payload are left alone, payloads without a target are
	// ignored, so that callers and callees may gain arguments at different times.
	FromPayloads(payloads *commonpb.Payloads, targets ...any) error
}

var defaultConverter = NewDataConverter(Null{}, Bytes{}, ProtoJSON{}, Proto{}, JSON{})

// Default returns the converter that every SDK of this protocol uses: null, bytes, protobuf as JSON, protobuf, JSON.
func Default() DataConverter { return defaultConverter }

// NewDataConverter returns a converter that encodes with the first of the converters that takes the value and decodes with
// the one that has the payload's encoding. It panics if two have the same encoding.
func NewDataConverter(converters ...PayloadConverter) DataConverter {
	c := &chain{order: converters, byEncoding: make(map[string]PayloadConverter, len(converters))}
	for _, converter := range converters {
		if c.byEncoding[converter.Encoding()] != nil {
			panic("converter: two converters for " + converter.Encoding())
		}
		c.byEncoding[converter.Encoding()] = converter
	}
	return c
}

type chain struct {
	order      []PayloadConverter
	byEncoding map[string]PayloadConverter
}

func (c *chain) ToPayload(value any) (*commonpb.Payload, error) {
	if raw, ok := value.(Raw); ok {
		return raw.Payload, nil
	}
	for _, converter := range c.order {
		if payload, err := converter.ToPayload(value); err != nil || payload != nil {
			return payload, err
		}
	}
	return nil, fmt.Errorf("%w %T: no converter takes it", ErrEncode, value)
}

func (c *chain) FromPayload(payload *commonpb.Payload, target any) error {
	if payload == nil {
		return nil
	}
	if raw, ok := target.(*Raw); ok {
		raw.Payload = payload
		return nil
	}
	converter := c.byEncoding[encodingOf(payload)]
	if converter == nil {
		return fmt.Errorf("%w %q", ErrEncoding, encodingOf(payload))
	}
	return converter.FromPayload(payload, target)
}

func (c *chain) ToPayloads(values ...any) (*commonpb.Payloads, error) {
	if len(values) == 0 {
		return nil, nil
	}
	payloads := make([]*commonpb.Payload, len(values))
	for i, value := range values {
		payload, err := c.ToPayload(value)
		if err != nil {
			return nil, fmt.Errorf("value %d: %w", i, err)
		}
		payloads[i] = payload
	}
	return &commonpb.Payloads{Payloads: payloads}, nil
}

func (c *chain) FromPayloads(payloads *commonpb.Payloads, targets ...any) error {
	for i, payload := range payloads.GetPayloads() {
		if i == len(targets) {
			return nil
		}
		if err := c.FromPayload(payload, targets[i]); err != nil {
			return fmt.Errorf("payload %d: %w", i, err)
		}
	}
	return nil
}
