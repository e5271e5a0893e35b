package edge

import (
	"bytes"
	"testing"
	"unicode/utf8"

	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// nested is a failure with depth causes, the last of which has this message.
func nested(depth int, message string) []byte {
	b := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), message)
	for range depth {
		b = protowire.AppendBytes(protowire.AppendTag(nil, 4, protowire.BytesType), b)
	}
	return b
}

func TestBadStringIsFoundWhereItIs(t *testing.T) {
	desc := (&failurepb.Failure{}).ProtoReflect().Descriptor()
	for want, data := range map[string][]byte{
		"message":             nested(0, "\xff"),
		"cause.cause.message": nested(2, "\xff"),
		"":                    nested(searchDepth, "\xff"), // too deep to look
	} {
		if got := badString(desc, data, 0); got != want {
			t.Errorf("found %q, want %q", got, want)
		}
	}
	if got := badString(desc, nested(3, "fine"), 0); got != "" {
		t.Errorf("found %q in a good message", got)
	}
}

func TestBadStringOfAnotherShape(t *testing.T) {
	desc := (&commonpb.Payload{}).ProtoReflect().Descriptor()
	for name, data := range map[string][]byte{
		"unknown field": protowire.AppendString(protowire.AppendTag(nil, 99, protowire.BytesType), "\xff"),
		"bytes field":   protowire.AppendString(protowire.AppendTag(nil, 2, protowire.BytesType), "\xff"),
		"other wire":    protowire.AppendVarint(protowire.AppendTag(nil, 2, protowire.VarintType), 255),
		"cut":           {0x12, 0x05, 0xff},
		"no tag":        {0xff},
	} {
		if got := badString(desc, data, 0); got != "" {
			t.Errorf("%s: found %q", name, got)
		}
	}
}

// FuzzBadString: the search ends on any bytes, and what it finds is a reason to refuse them.
func FuzzBadString(f *testing.F) {
	f.Add([]byte("\x12\x02\xff\xfe"))
	f.Add([]byte("\x1a\x03\x0a\x01\xff"))
	f.Add(nested(100, "\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var r workflowservice.StartWorkflowExecutionRequest
		if badString(r.ProtoReflect().Descriptor(), data, 0) != "" && proto.Unmarshal(data, &r) == nil {
			t.Error("found a bad string in a good message")
		}
	})
}

func TestPrefixCutsBetweenCharacters(t *testing.T) {
	for _, c := range []struct {
		s    string
		n    int
		want string
	}{{"abc", 5, "abc"}, {"abc", 3, "abc"}, {"abc", 2, "ab"}, {"aä", 2, "a"}, {"ää", 3, "ä"}, {"€", 2, ""}, {"", 0, ""}} {
		if got := prefix(c.s, c.n); got != c.want || !utf8.ValidString(got) {
			t.Errorf("%d bytes of %q are %q, want %q", c.n, c.s, got, c.want)
		}
	}
	if got := prefix(string(bytes.Repeat([]byte{0x80}, 9)), 4); got != "" {
		t.Errorf("bytes that are no text became %q", got)
	}
}
