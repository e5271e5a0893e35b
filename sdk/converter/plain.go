package converter

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	commonpb "go.temporal.io/api/common/v1"
)

// Null handles nil and nil pointers, as binary/null.
type Null struct{}

// Encoding returns "binary/null".
func (Null) Encoding() string { return encodingNull }

// ToPayload takes nil and nil pointers. Nil slices and maps are left to JSON, as in every SDK.
func (Null) ToPayload(value any) (*commonpb.Payload, error) {
	if value != nil {
		if v := reflect.ValueOf(value); v.Kind() != reflect.Pointer || !v.IsNil() {
			return nil, nil
		}
	}
	return newPayload(encodingNull, nil), nil
}

// FromPayload sets the target to its zero value.
func (Null) FromPayload(payload *commonpb.Payload, target any) error {
	slot, err := slotOf(target)
	if err != nil {
		return decodeError(payload, target, err)
	}
	slot.SetZero()
	return nil
}

// Bytes handles []byte, as binary/plain.
type Bytes struct{}

// Encoding returns "binary/plain".
func (Bytes) Encoding() string { return encodingBytes }

// ToPayload takes []byte.
func (Bytes) ToPayload(value any) (*commonpb.Payload, error) {
	data, ok := value.([]byte)
	if !ok {
		return nil, nil
	}
	return newPayload(encodingBytes, data), nil
}

// FromPayload stores the bytes in a *[]byte, a pointer to a named byte slice, or an *any.
func (Bytes) FromPayload(payload *commonpb.Payload, target any) error {
	slot, err := slotOf(target)
	if err != nil {
		return decodeError(payload, target, err)
	}
	data := reflect.ValueOf(payload.GetData())
	switch {
	case data.Type().AssignableTo(slot.Type()):
		slot.Set(data)
	case slot.Kind() == reflect.Slice && slot.Type().Elem().Kind() == reflect.Uint8:
		slot.Set(data.Convert(slot.Type()))
	default:
		return decodeError(payload, target, errors.New("the target is not a byte slice"))
	}
	return nil
}

// JSON handles everything encoding/json does, as json/plain.
type JSON struct{}

// Encoding returns "json/plain".
func (JSON) Encoding() string { return encodingJSON }

// ToPayload takes every value.
func (JSON) ToPayload(value any) (*commonpb.Payload, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return nil, encodeError(value, err)
	}
	return newPayload(encodingJSON, data), nil
}

// FromPayload decodes with encoding/json.
func (JSON) FromPayload(payload *commonpb.Payload, target any) error {
	if err := json.Unmarshal(payload.GetData(), target); err != nil {
		return decodeError(payload, target, err)
	}
	return nil
}

func slotOf(target any) (reflect.Value, error) {
	pointer := reflect.ValueOf(target)
	if pointer.Kind() != reflect.Pointer || pointer.IsNil() {
		return reflect.Value{}, fmt.Errorf("the target is %T, not a usable pointer", target)
	}
	return pointer.Elem(), nil
}
