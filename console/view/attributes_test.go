package view

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
)

func signalled(p *commonpb.Payload) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{Attributes: &historypb.HistoryEvent_WorkflowExecutionSignaledEventAttributes{
		WorkflowExecutionSignaledEventAttributes: &historypb.WorkflowExecutionSignaledEventAttributes{
			SignalName: "go", Input: &commonpb.Payloads{Payloads: []*commonpb.Payload{p}},
			Header: &commonpb.Header{Fields: map[string]*commonpb.Payload{"b": p, "a": p, "c": p}},
		},
	}}
}

func payload(encoding string, data []byte) *commonpb.Payload {
	return &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte(encoding)}, Data: data}
}

func TestPayloads(t *testing.T) {
	for _, c := range []struct {
		name string
		p    *commonpb.Payload
		want string
	}{
		{"plain JSON keeps its numbers", payload("json/plain", []byte(`{"n": 12345678901234567890}`)), `"n": 12345678901234567890`},
		{"plain JSON keeps its order", payload("json/plain", []byte(`{"z":1,"a":2}`)), "\"z\": 1,\n"},
		{"null", payload("binary/null", nil), "null"},
		{"encrypted", payload("binary/encrypted", []byte("Account Alice")), `"13 bytes, encoding binary/encrypted"`},
		{"protobuf as JSON is not plain", payload("json/protobuf", []byte(`{"a":1}`)), `"7 bytes, encoding json/protobuf"`},
		{"bytes", payload("binary/plain", []byte("Alice")), `"5 bytes, encoding binary/plain"`},
		{"no encoding", &commonpb.Payload{Data: []byte("Alice")}, `"5 bytes, encoding unknown"`},
		{"broken JSON", payload("json/plain", []byte(`{"Alice`)), `"7 bytes, encoding json/plain, but not JSON"`},
		{"large", payload("json/plain", []byte(`"`+strings.Repeat("Alice", maxShown)+`"`)), `"81922 bytes, encoding json/plain, too large to show here"`},
		{"none", nil, `"0 bytes, encoding unknown"`},
	} {
		got := attributes(signalled(c.p)).String()
		if !strings.Contains(got, c.want) || strings.Contains(got, "Alice") {
			t.Errorf("%s:\n%s\nlacks %s", c.name, got, c.want)
		}
		if !json.Valid([]byte(got)) {
			t.Errorf("%s: not JSON:\n%s", c.name, got)
		}
	}
}

func TestAttributesAreDeterministic(t *testing.T) {
	first := attributes(signalled(payload("binary/null", nil))).String()
	for range 20 {
		if got := attributes(signalled(payload("binary/null", nil))).String(); got != first {
			t.Fatalf("a map's order changes the page:\n%s\n%s", first, got)
		}
	}
	if a, b := strings.Index(first, `"a"`), strings.Index(first, `"b"`); a < 0 || a > b {
		t.Fatalf("keys are not in order:\n%s", first)
	}
}

func TestDeceptiveMarksStayJSON(t *testing.T) {
	got := attributes(signalled(payload("json/plain", []byte("{\"to\":\"\u202Eexe\u0085\",\"line\":\"a\u2028b\"}")))).String()
	if !json.Valid([]byte(got)) || strings.ContainsAny(got, "\u202E\u0085\u2028") || !strings.Contains(got, `\u202eexe\u0085`) {
		t.Fatalf("%s", got)
	}
	var round struct{ Input [1]struct{ To string } }
	var inner struct {
		Input struct{ Payloads []struct{ To string } }
	}
	if err := json.Unmarshal([]byte(got), &inner); err != nil || inner.Input.Payloads[0].To != "\u202Eexe\u0085" {
		t.Fatalf("the value changed: %v %v %v", err, inner, round)
	}
}

func TestEventWithoutAttributes(t *testing.T) {
	if got := attributes(&historypb.HistoryEvent{EventId: 1}).String(); got != "" {
		t.Fatalf("%q", got)
	}
}

func TestDeepFailures(t *testing.T) {
	f := &failurepb.Failure{Message: "root"}
	for range 1000 {
		f = &failurepb.Failure{Message: "outer", Cause: f}
	}
	if got := message(f); got != "outer · root" {
		t.Fatalf("%q", got)
	}
	event := &historypb.HistoryEvent{Attributes: &historypb.HistoryEvent_WorkflowExecutionFailedEventAttributes{
		WorkflowExecutionFailedEventAttributes: &historypb.WorkflowExecutionFailedEventAttributes{Failure: f},
	}}
	if got := attributes(event).String(); !json.Valid([]byte(got)) || !bytes.Contains([]byte(got), []byte(`"root"`)) {
		t.Fatal("the root cause is not shown")
	}
}
