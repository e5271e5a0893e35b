package redact_test

import (
	"bytes"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/tenuto-io/tenuto/tenants/redact"
)

const secret = "4 711 euros"

func payload() *commonpb.Payload {
	return &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain"), "note": []byte(secret)}, Data: []byte(secret)}
}

// Wherever a payload is, nothing of it is left, and what is beside it stays.
func TestMessage(t *testing.T) {
	packed, err := anypb.New(&commonpb.Payloads{Payloads: []*commonpb.Payload{payload()}})
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]proto.Message{
		"itself":  payload(),
		"in maps": &commonpb.Memo{Fields: map[string]*commonpb.Payload{"kept": payload()}},
		"deep": &failurepb.Failure{Message: "kept", Cause: &failurepb.Failure{FailureInfo: &failurepb.Failure_ApplicationFailureInfo{
			ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{Type: "kept", Details: &commonpb.Payloads{Payloads: []*commonpb.Payload{payload()}}},
		}}},
		"in events": &historypb.History{Events: []*historypb.HistoryEvent{{EventId: 1, Attributes: &historypb.HistoryEvent_WorkflowExecutionSignaledEventAttributes{
			WorkflowExecutionSignaledEventAttributes: &historypb.WorkflowExecutionSignaledEventAttributes{SignalName: "kept", Input: &commonpb.Payloads{Payloads: []*commonpb.Payload{payload()}}},
		}}}},
		"packed":          packed,
		"packed, unknown": &anypb.Any{TypeUrl: "type.googleapis.com/nobody.Knows", Value: []byte(secret)},
		"encoded":         &commonpb.DataBlob{Data: []byte(secret)},
	} {
		redact.Message(m)
		wire, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(wire, []byte(secret)) {
			t.Errorf("%s: the payload is still there", name)
		}
		if name == "deep" && bytes.Count(wire, []byte("kept")) != 2 || name == "in events" && !bytes.Contains(wire, []byte("kept")) {
			t.Errorf("%s: more than the payload is gone", name)
		}
	}
}
