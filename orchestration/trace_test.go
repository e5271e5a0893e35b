package orchestration

import (
	"encoding/hex"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
)

const someParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

func TestTraceparent(t *testing.T) {
	c, ok := parseTraceparent(someParent)
	if !ok || hex.EncodeToString(c.Trace[:]) != someParent[3:35] || hex.EncodeToString(c.Span[:]) != someParent[36:52] || !c.Sampled {
		t.Errorf("got %+v, %v", c, ok)
	}
	if c, ok := parseTraceparent(someParent[:54] + "0"); !ok || c.Sampled {
		t.Errorf("not sampled: %+v, %v", c, ok)
	}
	if later, ok := parseTraceparent("01" + someParent[2:] + "-more"); !ok || later != c {
		t.Errorf("a later version: %+v, %v", later, ok)
	}
	for _, bad := range []string{
		"", "00", someParent[:54], someParent + "-more", "ff" + someParent[2:], "0g" + someParent[2:], "01" + someParent[2:] + "more",
		"00-4BF92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
		"00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
	} {
		if c, ok := parseTraceparent(bad); ok || !c.IsZero() {
			t.Errorf("%q: %+v", bad, c)
		}
	}
}

func TestTraceContextOf(t *testing.T) {
	header := func(data string) *commonpb.Header {
		return &commonpb.Header{Fields: map[string]*commonpb.Payload{TraceHeader: {Data: []byte(data)}}}
	}
	if c, ok := TraceContextOf(header(`{"traceparent":"` + someParent + `","baggage":"a=b"}`)); !ok || c.Span != [8]byte{0, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7} {
		t.Errorf("got %+v, %v", c, ok)
	}
	for _, h := range []*commonpb.Header{nil, {}, header(""), header("{}"), header("\x01\x02"), header(`{"traceparent":7}`)} {
		if c, ok := TraceContextOf(h); ok || !c.IsZero() {
			t.Errorf("%v: %+v", h, c)
		}
	}
}
