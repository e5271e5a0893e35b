package converter_test

import (
	"errors"
	"reflect"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	official "go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/sdk/converter"
)

type account struct {
	Name    string
	Balance int64 `json:"balance"`
	Tags    []string
}

type blob []byte

// values are one of each kind that a converter tells apart.
func values() map[string]any {
	var nilAccount *account
	var nilMessage *commonpb.WorkflowType
	return map[string]any{
		"nil":           nil,
		"nil pointer":   nilAccount,
		"nil message":   nilMessage,
		"nil slice":     []string(nil),
		"nil map":       map[string]int(nil),
		"nil bytes":     []byte(nil),
		"bytes":         []byte{0, 1, 0xff},
		"named bytes":   blob{1, 2},
		"bytes pointer": &[]byte{7},
		"string":        "grüße <&>",
		"int":           -5,
		"float":         2.5,
		"bool":          true,
		"struct":        account{Name: "a", Balance: 3},
		"pointer":       &account{Name: "b", Tags: []string{"x"}},
		"map":           map[string]any{"a": 1.0, "b": nil},
		"message":       &commonpb.WorkflowType{Name: "t"},
	}
}

func TestPayloadsEqualThoseOfTheOfficialConverter(t *testing.T) {
	for name, value := range values() {
		t.Run(name, func(t *testing.T) {
			ours, err := converter.Default().ToPayload(value)
			if err != nil {
				t.Fatal(err)
			}
			theirs, err := official.GetDefaultDataConverter().ToPayload(value)
			if err != nil {
				t.Fatal(err)
			}
			if !proto.Equal(ours, theirs) {
				t.Errorf("ours %v\ntheirs %v", ours, theirs)
			}
		})
	}
}

func TestValuesCrossBetweenTheConverters(t *testing.T) {
	type codec interface {
		ToPayload(any) (*commonpb.Payload, error)
		FromPayload(*commonpb.Payload, any) error
	}
	ours, theirs := converter.Default(), official.GetDefaultDataConverter()
	for name, pair := range map[string]struct{ from, to codec }{
		"ours to theirs": {ours, theirs}, "theirs to ours": {theirs, ours}, "ours to ours": {ours, ours},
	} {
		for kind, value := range values() {
			if value == nil {
				continue
			}
			t.Run(name+"/"+kind, func(t *testing.T) {
				payload, err := pair.from.ToPayload(value)
				if err != nil {
					t.Fatal(err)
				}
				target := reflect.New(reflect.TypeOf(value))
				if err := pair.to.FromPayload(payload, target.Interface()); err != nil {
					t.Fatal(err)
				}
				assertSame(t, target.Elem().Interface(), value)
			})
		}
	}
}

func assertSame(t *testing.T, got, want any) {
	t.Helper()
	if message, ok := want.(proto.Message); ok {
		if !proto.Equal(got.(proto.Message), message) && message.ProtoReflect().IsValid() {
			t.Errorf("got %v, want %v", got, want)
		}
		return
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v, want %#v", got, want)
	}
}

func TestBinaryProtobufIsRead(t *testing.T) {
	payload, err := official.NewProtoPayloadConverter().ToPayload(&commonpb.WorkflowType{Name: "t"})
	if err != nil {
		t.Fatal(err)
	}
	var into *commonpb.WorkflowType
	if err := converter.Default().FromPayload(payload, &into); err != nil || into.GetName() != "t" {
		t.Errorf("into a pointer: %v, %v", into, err)
	}
	filled := &commonpb.WorkflowType{}
	if err := converter.Default().FromPayload(payload, filled); err != nil || filled.GetName() != "t" {
		t.Errorf("into a message: %v, %v", filled, err)
	}
}

func TestUnknownFieldsOfAMessageAreIgnored(t *testing.T) {
	payload := &commonpb.Payload{
		Metadata: map[string][]byte{"encoding": []byte("json/protobuf")},
		Data:     []byte(`{"name":"t","addedLater":1}`),
	}
	var message *commonpb.WorkflowType
	if err := converter.Default().FromPayload(payload, &message); err != nil || message.GetName() != "t" {
		t.Errorf("got %v, %v", message, err)
	}
}

func TestNullResetsTheTarget(t *testing.T) {
	payload, err := converter.Default().ToPayload(nil)
	if err != nil {
		t.Fatal(err)
	}
	value := account{Name: "old"}
	if err := converter.Default().FromPayload(payload, &value); err != nil || value.Name != "" {
		t.Errorf("got %v, %v", value, err)
	}
}

func TestListsMayDifferInLength(t *testing.T) {
	payloads, err := converter.Default().ToPayloads("a", 2)
	if err != nil {
		t.Fatal(err)
	}
	var s string
	if err := converter.Default().FromPayloads(payloads, &s); err != nil || s != "a" {
		t.Errorf("fewer targets: %q, %v", s, err)
	}
	var n, extra int
	extra = 9
	if err := converter.Default().FromPayloads(payloads, &s, &n, &extra); err != nil || n != 2 || extra != 9 {
		t.Errorf("more targets: %d %d, %v", n, extra, err)
	}
	if none, err := converter.Default().ToPayloads(); none != nil || err != nil {
		t.Errorf("no values: %v, %v", none, err)
	}
	if err := converter.Default().FromPayloads(nil, &s); err != nil {
		t.Errorf("no payloads: %v", err)
	}
}

func TestRawPassesThrough(t *testing.T) {
	payload := &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("custom/x")}, Data: []byte("?")}
	sent, err := converter.Default().ToPayload(converter.Raw{Payload: payload})
	if err != nil || !proto.Equal(sent, payload) {
		t.Fatalf("sent %v, %v", sent, err)
	}
	var got converter.Raw
	if err := converter.Default().FromPayload(sent, &got); err != nil || !proto.Equal(got.Payload, payload) {
		t.Errorf("got %v, %v", got.Payload, err)
	}
}

func TestErrorsNameTheirKind(t *testing.T) {
	text, err := converter.Default().ToPayload("text")
	if err != nil {
		t.Fatal(err)
	}
	bytes, err := converter.Default().ToPayload([]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	message, err := converter.Default().ToPayload(&commonpb.WorkflowType{Name: "t"})
	if err != nil {
		t.Fatal(err)
	}
	var n int
	var s string
	for name, test := range map[string]struct {
		payload *commonpb.Payload
		target  any
		want    error
	}{
		"wrong json":        {text, &n, converter.ErrDecode},
		"bytes into string": {bytes, &s, converter.ErrDecode},
		"bytes into value":  {bytes, n, converter.ErrDecode},
		"message into int":  {message, &n, converter.ErrDecode},
		"message into ptr":  {message, new(*int), converter.ErrDecode},
		"message into nil":  {message, nil, converter.ErrDecode},
		"unknown encoding":  {&commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("x")}}, &s, converter.ErrEncoding},
		"no encoding":       {&commonpb.Payload{}, &s, converter.ErrEncoding},
	} {
		t.Run(name, func(t *testing.T) {
			if err := converter.Default().FromPayload(test.payload, test.target); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
	if _, err := converter.Default().ToPayloads(1, make(chan int)); !errors.Is(err, converter.ErrEncode) {
		t.Errorf("a channel: %v", err)
	}
	if _, err := converter.NewDataConverter(converter.Null{}).ToPayload(1); !errors.Is(err, converter.ErrEncode) {
		t.Errorf("a value that no converter takes: %v", err)
	}
}

func TestTwoConvertersForOneEncodingPanic(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	converter.NewDataConverter(converter.JSON{}, converter.JSON{})
}
