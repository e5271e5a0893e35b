package edge

import (
	"bytes"
	"errors"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/tenuto-io/tenuto/orchestration"
)

// canary is what must not leave.
var (
	payloadName = (*commonpb.Payload)(nil).ProtoReflect().Descriptor().FullName()
	blobName    = (*commonpb.DataBlob)(nil).ProtoReflect().Descriptor().FullName()
	anyName     = (*anypb.Any)(nil).ProtoReflect().Descriptor().FullName()
)

const canary = "c4n4ry-0f-4-p4yl04d"

// filled is a message with everything set that its type allows down to a depth, canaries in its payloads and blobs. Of a choice it takes the n-th.
func filled(m protoreflect.Message, depth, n int) {
	switch m.Descriptor().FullName() {
	case payloadName:
		p := m.Interface().(*commonpb.Payload)
		p.Metadata = map[string][]byte{"encoding": []byte("json/plain"), "key": []byte(canary)}
		p.Data = []byte(canary)
		return
	case blobName:
		m.Interface().(*commonpb.DataBlob).Data = []byte(canary)
		return
	case anyName:
		return
	}
	if depth == 0 {
		return
	}
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if o := f.ContainingOneof(); o != nil && o.Fields().Get(n%o.Fields().Len()) != f {
			continue
		}
		switch {
		case f.IsMap():
			if f.MapValue().Message() != nil && f.MapKey().Kind() == protoreflect.StringKind {
				v := m.Mutable(f).Map().NewValue()
				filled(v.Message(), depth-1, n)
				m.Mutable(f).Map().Set(protoreflect.ValueOfString("k").MapKey(), v)
			}
		case f.Message() == nil:
		case f.IsList():
			filled(m.Mutable(f).List().AppendMutable().Message(), depth-1, n)
		default:
			filled(m.Mutable(f).Message(), depth-1, n)
		}
	}
}

// carries tells whether a message holds the canary.
func carries(t *testing.T, m proto.Message) bool {
	t.Helper()
	b, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(b, []byte(canary))
}

// TestPayloadsDoNotLeave fills every response of the protocol with payloads wherever its type has room for one, in each of its choices, and looks for their
// bytes in what is sent to a principal that may not see them: from this node, and from another one.
func TestPayloadsDoNotLeave(t *testing.T) {
	const depth, choices = 7, 64 // there are fewer kinds of events
	carried := 0
	for method := range servedMethods(t) {
		for n := range choices {
			resp := newAnswer(method)
			filled(resp.ProtoReflect(), depth, n)
			if !carries(t, resp) {
				continue
			}
			carried++
			local, err := redacted(method, resp, nil)
			if err != nil || carries(t, local.(proto.Message)) {
				t.Fatalf("%s: %v, %v", method, local, err)
			}
			if !carries(t, resp) {
				t.Fatalf("%s: what the server remembers was changed", method)
			}
			b, err := proto.Marshal(resp)
			if err != nil {
				t.Fatal(err)
			}
			forwarded, err := redacted(method, encoded(b), nil)
			if err != nil || !proto.Equal(forwarded.(proto.Message), local.(proto.Message)) {
				t.Fatalf("%s: from another node: %v, %v", method, forwarded, err)
			}
		}
	}
	if carried < 500 {
		t.Errorf("only %d messages had payloads", carried)
	}
}

func TestRedactedPayloadSaysSo(t *testing.T) {
	resp := &workflowservice.QueryWorkflowResponse{QueryResult: &commonpb.Payloads{Payloads: []*commonpb.Payload{{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(canary)}}}}
	got, err := redacted(workflowservice.WorkflowService_QueryWorkflow_FullMethodName, resp, nil)
	want := &workflowservice.QueryWorkflowResponse{QueryResult: &commonpb.Payloads{Payloads: []*commonpb.Payload{{Metadata: map[string][]byte{"encoding": []byte("binary/redacted")}}}}}
	if err != nil || !proto.Equal(got.(proto.Message), want) {
		t.Errorf("%v, %v", got, err)
	}
}

// TestPayloadsDoNotLeaveInErrors: the failure of a query carries what its worker put into it.
func TestPayloadsDoNotLeaveInErrors(t *testing.T) {
	failed := &orchestration.Error{Code: orchestration.QueryFailed, Message: "unknown query", Failure: &failurepb.Failure{
		Message: "unknown query", EncodedAttributes: &commonpb.Payload{Data: []byte(canary)},
	}}
	_, err := redacted("m", nil, failed)
	st := status.Convert(err)
	if carries(t, st.Proto()) {
		t.Errorf("%v", st.Proto())
	}
	var public *serviceerror.QueryFailed
	if !errors.As(serviceerror.FromStatus(st), &public) || public.Error() != "unknown query" {
		t.Errorf("%v is not the error that it was", err)
	}
	plain := invalid("no")
	if _, err := redacted("m", nil, plain); !errors.Is(err, plain) {
		t.Errorf("%v", err)
	}
}

func TestWhatCannotBeLookedThroughDoesNotLeave(t *testing.T) {
	for name, resp := range map[string]any{"no message": 5, "nonsense": encoded("\xff\xff")} {
		if got, err := redacted(workflowservice.WorkflowService_QueryWorkflow_FullMethodName, resp, nil); got != nil || err == nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if got, err := redacted("/no/Method", encoded(""), nil); got != nil || err == nil {
		t.Errorf("%v, %v", got, err)
	}
}
