package edge

import (
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/anypb"
)

// redactedEncoding is the encoding of a payload that its reader may not see. Its data is empty.
const redactedEncoding = "binary/redacted"

// redacted is what a call comes to for a principal that may not see payloads: the same with every payload hidden, also in an error's details. What cannot be
// looked through does not leave.
func redacted(method string, resp any, err error) (any, error) {
	if err != nil {
		return nil, redactedError(err)
	}
	switch m := resp.(type) {
	case encoded:
		return redactedAnswer(method, m)
	case proto.Message:
		m = proto.Clone(m) // parts of it may belong to what a run remembers
		redact(m.ProtoReflect())
		return m, nil
	}
	return nil, errInternal
}

// redactedAnswer decodes the answer of another node first.
func redactedAnswer(method string, b encoded) (any, error) {
	m := newAnswer(method)
	if m == nil || proto.Unmarshal(b, m) != nil {
		return nil, errInternal
	}
	redact(m.ProtoReflect())
	return m, nil
}

// newAnswer is an empty response of a method; nil when there is no such method.
func newAnswer(method string) proto.Message {
	name := protoreflect.FullName(pathToName(method))
	d, err := protoregistry.GlobalFiles.FindDescriptorByName(name)
	if err != nil {
		return nil
	}
	m, ok := d.(protoreflect.MethodDescriptor)
	if !ok {
		return nil
	}
	t, err := protoregistry.GlobalTypes.FindMessageByName(m.Output().FullName())
	if err != nil {
		return nil
	}
	return t.New().Interface()
}

// redactedError hides payloads in the details of an error: a failed query has the failure that its worker reported.
func redactedError(err error) error {
	st, known := statusOf(err)
	if !known || len(st.Proto().GetDetails()) == 0 {
		return err
	}
	p := st.Proto()
	for i, detail := range p.GetDetails() {
		p.Details[i] = redactedAny(detail)
	}
	return status.FromProto(p).Err()
}

// redactedAny hides the payloads of a packed message. One of a type that is not known goes.
func redactedAny(a *anypb.Any) *anypb.Any {
	m, err := a.UnmarshalNew()
	if err == nil {
		redact(m.ProtoReflect())
		if out, err := anypb.New(m); err == nil {
			return out
		}
	}
	return &anypb.Any{TypeUrl: a.GetTypeUrl()}
}

var (
	payloadName = (*commonpb.Payload)(nil).ProtoReflect().Descriptor().FullName()
	blobName    = (*commonpb.DataBlob)(nil).ProtoReflect().Descriptor().FullName()
	anyName     = (*anypb.Any)(nil).ProtoReflect().Descriptor().FullName()
)

// redact hides every payload in a message, however deep. A blob may hold a whole encoded history, so it is emptied.
func redact(m protoreflect.Message) {
	switch m.Descriptor().FullName() {
	case payloadName:
		p := m.Interface().(*commonpb.Payload)
		proto.Reset(p)
		p.Metadata = map[string][]byte{"encoding": []byte(redactedEncoding)}
		return
	case blobName:
		m.Interface().(*commonpb.DataBlob).Data = nil
		return
	case anyName:
		a := m.Interface().(*anypb.Any)
		a.Value = redactedAny(a).GetValue()
		return
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		redactField(f, v)
		return true
	})
}

func redactField(f protoreflect.FieldDescriptor, v protoreflect.Value) {
	switch {
	case f.IsMap():
		if f.MapValue().Message() != nil {
			v.Map().Range(func(_ protoreflect.MapKey, e protoreflect.Value) bool {
				redact(e.Message())
				return true
			})
		}
	case f.Message() == nil:
	case f.IsList():
		for i := range v.List().Len() {
			redact(v.List().Get(i).Message())
		}
	default:
		redact(v.Message())
	}
}

// pathToName is the descriptor's name of a method: "/a.Service/Method" is "a.Service.Method".
func pathToName(method string) string {
	return strings.Replace(strings.TrimPrefix(method, "/"), "/", ".", 1)
}
