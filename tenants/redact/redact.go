// Package redact hides payloads from whoever may see what happens, but not with what.
package redact

import (
	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/anypb"
)

// Encoding is the encoding of a payload that its reader may not see. Its data is empty.
const Encoding = "binary/redacted"

var (
	payloadName = (*commonpb.Payload)(nil).ProtoReflect().Descriptor().FullName()
	blobName    = (*commonpb.DataBlob)(nil).ProtoReflect().Descriptor().FullName()
	anyName     = (*anypb.Any)(nil).ProtoReflect().Descriptor().FullName()
)

// Message hides every payload in a message, however deep. A blob may hold a whole encoded history, so it is emptied. The message itself is changed: whoever
// shares parts of it with others makes a copy first.
func Message(m proto.Message) { message(m.ProtoReflect()) }

// Any is a packed message with its payloads hidden. One of a type that is not known goes.
func Any(a *anypb.Any) *anypb.Any {
	m, err := a.UnmarshalNew()
	if err == nil {
		Message(m)
		if out, err := anypb.New(m); err == nil {
			return out
		}
	}
	return &anypb.Any{TypeUrl: a.GetTypeUrl()}
}

func message(m protoreflect.Message) {
	switch m.Descriptor().FullName() {
	case payloadName:
		p := m.Interface().(*commonpb.Payload)
		proto.Reset(p)
		p.Metadata = map[string][]byte{"encoding": []byte(Encoding)}
		return
	case blobName:
		m.Interface().(*commonpb.DataBlob).Data = nil
		return
	case anyName:
		a := m.Interface().(*anypb.Any)
		a.Value = Any(a).GetValue()
		return
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		field(f, v)
		return true
	})
}

func field(f protoreflect.FieldDescriptor, v protoreflect.Value) {
	switch {
	case f.IsMap():
		if f.MapValue().Message() != nil {
			v.Map().Range(func(_ protoreflect.MapKey, e protoreflect.Value) bool {
				message(e.Message())
				return true
			})
		}
	case f.Message() == nil:
	case f.IsList():
		for i := range v.List().Len() {
			message(v.List().Get(i).Message())
		}
	default:
		message(v.Message())
	}
}
