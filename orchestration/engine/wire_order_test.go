package engine

import (
	"errors"
	"testing"

	batchpb "go.temporal.io/api/batch/v1"
	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/tenuto-io/tenuto/orchestration"
)

func TestOrderTravels(t *testing.T) {
	sent := Order{Operation: &batchpb.BatchOperationSignal{Signal: "s", Input: some}, Request: "r", Reason: "why", By: &commonpb.Principal{Type: "key", Name: "ada"}}
	runs := []orchestration.RunKey{sentRun, {WorkflowKey: sentRun.WorkflowKey}}
	got, gotRuns, err := decodeOrder(encodeOrder(sent, runs))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, gotRuns, runs)
	if !proto.Equal(got.Operation, sent.Operation) || got.Request != "r" || got.Reason != "why" || !proto.Equal(got.By, sent.By) {
		t.Errorf("arrived as %+v", got)
	}
	operation, err := anypb.New(sent.Operation)
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string][]byte{
		"nothing":      nil,
		"no order":     []byte("x"),
		"no operation": encode(orderMessage{Request: "r"}),
		"no request":   encodeOrder(Order{Operation: sent.Operation}, runs),
		"no principal": encode(orderMessage{Operation: pack(operation), Request: "r", By: []byte("x")}),
		"no workflow":  encodeOrder(sent, []orchestration.RunKey{{}}),
	} {
		if _, _, err := decodeOrder(body); orchestration.CodeOf(err) != orchestration.InvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOrderAnswerTravels(t *testing.T) {
	sent := []error{nil, orchestration.Errorf(orchestration.NotFound, "gone"), errors.New("a plain one")}
	got, err := decodeOrderAnswer(encodeOrderAnswer(sent), 3)
	if err != nil || got[0] != nil || orchestration.CodeOf(got[1]) != orchestration.NotFound || got[1].Error() != "gone" ||
		orchestration.CodeOf(got[2]) != orchestration.Unavailable {
		t.Errorf("%v, %v", got, err)
	}
	for name, body := range map[string][]byte{
		"nothing":    nil,
		"fewer runs": encodeOrderAnswer(sent[:2]),
		"more runs":  encodeOrderAnswer(append(sent, nil)),
		"no such":    encode(orderAnswer{Runs: 3, Failed: []failedOrder{{Run: 3}}}),
	} {
		if _, err := decodeOrderAnswer(body, 3); orchestration.CodeOf(err) != orchestration.InvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
}
