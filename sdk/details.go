package sdk

import (
	"errors"
	"fmt"
	"reflect"

	commonpb "go.temporal.io/api/common/v1"
)

// ErrNoDetails is returned when details are decoded and there are none.
var ErrNoDetails = errors.New("sdk: no details")

// Encoder turns values into payloads. converter.DataConverter is one.
type Encoder interface {
	ToPayloads(values ...any) (*commonpb.Payloads, error)
}

// Decoder turns payloads into values. converter.DataConverter is one.
type Decoder interface {
	FromPayloads(payloads *commonpb.Payloads, targets ...any) error
}

// Details are the values that an error carries. On the side that made the error they are Go values, on the side that
// received it they are payloads, decoded on demand with the receiver's converter.
//
// Invariant: values and payloads are never both set.
type Details struct {
	values   []any
	payloads *commonpb.Payloads
	decoder  Decoder
}

// NewDetails returns details made here.
func NewDetails(values ...any) Details { return Details{values: values} }

// ReceivedDetails returns details that came over the wire.
func ReceivedDetails(payloads *commonpb.Payloads, decoder Decoder) Details {
	return Details{payloads: payloads, decoder: decoder}
}

// Len returns the number of values.
func (d Details) Len() int { return len(d.values) + len(d.payloads.GetPayloads()) }

// Payloads returns the details as the wire has them, nil if there are none. Received payloads are returned untouched.
func (d Details) Payloads(encoder Encoder) (*commonpb.Payloads, error) {
	if d.payloads != nil || len(d.values) == 0 {
		return d.payloads, nil
	}
	return encoder.ToPayloads(d.values...)
}

// Decode stores the details in the targets, which are pointers, in order. Targets beyond the last value are left alone. It
// returns [ErrNoDetails] when there are no details at all.
func (d Details) Decode(targets ...any) error {
	if d.Len() == 0 {
		return ErrNoDetails
	}
	if d.payloads != nil {
		return d.decoder.FromPayloads(d.payloads, targets...)
	}
	for i, target := range targets {
		if i == len(d.values) {
			return nil
		}
		if err := assign(d.values[i], target); err != nil {
			return fmt.Errorf("sdk: detail %d: %w", i, err)
		}
	}
	return nil
}

// DetailAs decodes the first detail as a T.
func DetailAs[T any](d Details) (T, error) {
	var value T
	err := d.Decode(&value)
	return value, err
}

func assign(value, target any) error {
	pointer := reflect.ValueOf(target)
	if pointer.Kind() != reflect.Pointer || pointer.IsNil() {
		return fmt.Errorf("target is %T, not a pointer", target)
	}
	slot := pointer.Elem()
	if value == nil {
		slot.SetZero()
		return nil
	}
	source := reflect.ValueOf(value)
	if !source.Type().AssignableTo(slot.Type()) {
		return fmt.Errorf("value is %T, target is %T", value, target)
	}
	slot.Set(source)
	return nil
}
