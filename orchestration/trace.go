package orchestration

import (
	"encoding/hex"
	"encoding/json"

	commonpb "go.temporal.io/api/common/v1"
)

// TraceHeader is the field of a header in which the tracing interceptors of official SDKs carry their context: a JSON object of strings, of which
// "traceparent" is that of W3C Trace Context.
const TraceHeader = "_tracer-data"

// TraceContext is a place in a trace of OpenTelemetry. The zero one is nowhere.
type TraceContext struct {
	Trace [16]byte `cbor:"1,keyasint"`
	Span  [8]byte  `cbor:"2,keyasint,omitzero"` // zero: the trace as a whole
	// Sampled tells that whoever made the context records the trace.
	Sampled bool `cbor:"3,keyasint,omitempty"`
}

// IsZero tells whether the context is nowhere.
func (c TraceContext) IsZero() bool { return c.Trace == [16]byte{} }

// TraceContextOf reads the context that a header carries; ok is false when it carries none that can be read.
func TraceContextOf(h *commonpb.Header) (c TraceContext, ok bool) {
	p := h.GetFields()[TraceHeader]
	if p == nil {
		return c, false
	}
	var data struct {
		Parent string `json:"traceparent"`
	}
	if json.Unmarshal(p.Data, &data) != nil {
		return c, false
	}
	return parseTraceparent(data.Parent)
}

// parseTraceparent reads version 00 of a traceparent, and of later versions what 00 has, as the recommendation demands:
//
//	00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
func parseTraceparent(s string) (c TraceContext, ok bool) {
	const length = 55
	if len(s) < length || s[2] != '-' || s[35] != '-' || s[52] != '-' || s[:2] == "ff" || s[:2] == "00" && len(s) != length || len(s) > length && s[length] != '-' {
		return c, false
	}
	var version, flags [1]byte
	for _, part := range []struct {
		into []byte
		text string
	}{{version[:], s[:2]}, {c.Trace[:], s[3:35]}, {c.Span[:], s[36:52]}, {flags[:], s[53:55]}} {
		if !lowerHex(part.text) {
			return TraceContext{}, false
		}
		_, _ = hex.Decode(part.into, []byte(part.text)) // of digits that were looked at
	}
	if c.IsZero() || c.Span == [8]byte{} {
		return TraceContext{}, false
	}
	c.Sampled = flags[0]&1 != 0
	return c, true
}

// lowerHex tells whether a text is hexadecimal digits, of which letters are small: others are invalid in a traceparent.
func lowerHex(s string) bool {
	for _, r := range []byte(s) {
		if (r < '0' || r > '9') && (r < 'a' || r > 'f') {
			return false
		}
	}
	return true
}
