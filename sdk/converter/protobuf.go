package converter

import (
	"errors"
	"reflect"

	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

var errNotProto = errors.New("the target is not a protobuf message")

// ProtoJSON handles protobuf messages in their JSON form, as json/protobuf.
type ProtoJSON struct{}

// Encoding returns "json/protobuf".
func (ProtoJSON) Encoding() string { return encodingProtoJSON }

// ToPayload takes proto.Message.
func (ProtoJSON) ToPayload(value any) (*commonpb.Payload, error) {
	return messageToPayload(value, encodingProtoJSON, protojson.Marshal)
}

// FromPayload stores the message in a message pointer, or allocates it behind a pointer to one. Unknown fields are ignored,
// so that a newer sender does not break an older receiver.
func (ProtoJSON) FromPayload(payload *commonpb.Payload, target any) error {
	return messageFromPayload(payload, target, protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal)
}

// Proto handles protobuf messages in their binary form, as binary/protobuf. In the default chain it stands behind
// [ProtoJSON], so there it only decodes.
type Proto struct{}

// Encoding returns "binary/protobuf".
func (Proto) Encoding() string { return encodingProto }

// ToPayload takes proto.Message.
func (Proto) ToPayload(value any) (*commonpb.Payload, error) {
	return messageToPayload(value, encodingProto, proto.Marshal)
}

// FromPayload stores the message in a message pointer, or allocates it behind a pointer to one.
func (Proto) FromPayload(payload *commonpb.Payload, target any) error {
	return messageFromPayload(payload, target, proto.Unmarshal)
}

func messageToPayload(value any, encoding string, marshal func(proto.Message) ([]byte, error)) (*commonpb.Payload, error) {
	message, ok := value.(proto.Message)
	if !ok {
		return nil, nil
	}
	data, err := marshal(message)
	if err != nil {
		return nil, encodeError(value, err)
	}
	payload := newPayload(encoding, data)
	payload.Metadata[metadataMessageType] = []byte(message.ProtoReflect().Descriptor().FullName())
	return payload, nil
}

func messageFromPayload(payload *commonpb.Payload, target any, unmarshal func([]byte, proto.Message) error) error {
	message, err := messageIn(target)
	if err == nil {
		err = unmarshal(payload.GetData(), message)
	}
	if err != nil {
		return decodeError(payload, target, err)
	}
	return nil
}

// messageIn finds the message to fill: the target itself, or what it points to, allocated if nil.
func messageIn(target any) (proto.Message, error) {
	slot, err := slotOf(target)
	if err != nil {
		return nil, err
	}
	if message, ok := target.(proto.Message); ok {
		return message, nil
	}
	if slot.Kind() != reflect.Pointer {
		return nil, errNotProto
	}
	if _, ok := slot.Interface().(proto.Message); !ok {
		return nil, errNotProto
	}
	slot.Set(reflect.New(slot.Type().Elem()))
	return slot.Interface().(proto.Message), nil
}
