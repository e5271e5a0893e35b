package edge

import (
	"strings"

	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/tenuto-io/tenuto/tenants/redact"
)

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
		redact.Message(m)
		return m, nil
	}
	return nil, errInternal
}

// redactedAnswer decodes the answer of another node first.
func redactedAnswer(method string, b encoded) (any, error) {
	m, ok := opened(method, b).(proto.Message)
	if !ok {
		return nil, errInternal
	}
	redact.Message(m)
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
		p.Details[i] = redact.Any(detail)
	}
	return status.FromProto(p).Err()
}

// pathToName is the descriptor's name of a method: "/a.Service/Method" is "a.Service.Method".
func pathToName(method string) string {
	return strings.Replace(strings.TrimPrefix(method, "/"), "/", ".", 1)
}
