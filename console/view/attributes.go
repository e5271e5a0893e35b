package view

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// maxShown is the largest payload shown, in bytes; a page holds hundreds of events, and a payload may have 2 MiB.
const maxShown = 16 << 10

// attributes is an event's attributes as indented JSON, fields in the order of the protocol. Payloads are shown decoded if they are plain
// JSON, and else described by size and encoding: an encrypted one stays what it is.
func attributes(event *historypb.HistoryEvent) jsonText {
	m := event.ProtoReflect()
	field := m.WhichOneof(m.Descriptor().Oneofs().ByName("attributes"))
	if field == nil {
		return nil
	}
	var b jsonWriter
	writeMessage(&b, m.Get(field).Message())
	return b.text("")
}

// escapeMarks writes what would deceive as JSON escapes. In valid JSON it can only occur inside strings.
func escapeMarks(jsonText string) string {
	var b strings.Builder
	for _, r := range jsonText {
		if r != '\n' && deceptive(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func writeMessage(b *jsonWriter, m protoreflect.Message) {
	switch v := m.Interface().(type) {
	case *commonpb.Payload:
		writePayload(b, v)
		return
	case *timestamppb.Timestamp:
		writeString(b, machine(at(v)))
		return
	case *durationpb.Duration:
		writeString(b, v.AsDuration().String())
		return
	}
	b.WriteByte('{')
	first := true
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if !m.Has(f) {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		writeString(b, f.JSONName())
		b.WriteByte(':')
		writeField(b, f, m.Get(f))
	}
	b.WriteByte('}')
}

func writeField(b *jsonWriter, f protoreflect.FieldDescriptor, v protoreflect.Value) {
	switch {
	case f.IsList():
		b.WriteByte('[')
		for i := range v.List().Len() {
			if i > 0 {
				b.WriteByte(',')
			}
			writeValue(b, f, v.List().Get(i))
		}
		b.WriteByte(']')
	case f.IsMap():
		writeMap(b, f, v.Map())
	default:
		writeValue(b, f, v)
	}
}

func writeMap(b *jsonWriter, f protoreflect.FieldDescriptor, m protoreflect.Map) {
	b.WriteByte('{')
	first := true
	for _, k := range sortedKeys(m) {
		if !first {
			b.WriteByte(',')
		}
		first = false
		writeString(b, k.String())
		b.WriteByte(':')
		writeValue(b, f.MapValue(), m.Get(k))
	}
	b.WriteByte('}')
}

func writeValue(b *jsonWriter, f protoreflect.FieldDescriptor, v protoreflect.Value) {
	switch f.Kind() {
	case protoreflect.MessageKind, protoreflect.GroupKind:
		writeMessage(b, v.Message())
	case protoreflect.EnumKind:
		writeString(b, enumWord(f.Enum(), v.Enum()))
	case protoreflect.BytesKind:
		writeString(b, fmt.Sprintf("%d bytes", len(v.Bytes())))
	case protoreflect.StringKind:
		writeString(b, v.String())
	case protoreflect.BoolKind:
		b.WriteString(strconv.FormatBool(v.Bool()))
	case protoreflect.FloatKind, protoreflect.DoubleKind: // quoted: JSON has no infinity
		writeString(b, strconv.FormatFloat(v.Float(), 'g', -1, 64))
	default: // integers
		b.WriteString(v.String())
	}
}

func enumWord(e protoreflect.EnumDescriptor, n protoreflect.EnumNumber) string {
	if value := e.Values().ByNumber(n); value != nil {
		return string(value.Name())
	}
	return strconv.Itoa(int(n))
}

// payloadText is a payload in one line, as pages show it.
func payloadText(p *commonpb.Payload) string {
	var b jsonWriter
	writePayload(&b, p)
	var text string
	if json.Unmarshal(b.Bytes(), &text) == nil {
		return Visible(text)
	}
	return escapeMarks(b.String())
}

// writePayload writes plain JSON as it is, and a description of anything else.
func writePayload(b *jsonWriter, p *commonpb.Payload) {
	encoding := string(p.GetMetadata()["encoding"])
	switch {
	case encoding == "binary/null":
		b.WriteString("null")
	case encoding == "binary/redacted":
		b.WriteString(`"payload hidden"`)
	case encoding != "json/plain":
		writeEncoded(b, p, fmt.Sprintf("%d bytes, encoding %s", len(p.GetData()), orNone(encoding)))
	case len(p.GetData()) > maxShown:
		writeString(b, fmt.Sprintf("%d bytes, encoding %s, too large to show here", len(p.GetData()), encoding))
	case !json.Valid(p.GetData()):
		writeString(b, fmt.Sprintf("%d bytes, encoding %s, but not JSON", len(p.GetData()), encoding))
	default:
		var compact bytes.Buffer
		_ = json.Compact(&compact, p.GetData()) // it is valid
		b.Write(bytes.ReplaceAll(compact.Bytes(), []byte(fence), []byte(`\u007f`)))
	}
}

func orNone(encoding string) string {
	if encoding == "" {
		return "unknown"
	}
	return encoding
}

// writeEncoded writes a description of a payload that a codec may be able to read, and notes where.
func writeEncoded(b *jsonWriter, p *commonpb.Payload, description string) {
	if known := string(p.GetMetadata()["encoding"]); known == "" || known == "json/protobuf" || known == "binary/plain" || len(p.GetData()) > maxShown {
		writeString(b, description)
		return
	}
	b.encoded = append(b.encoded, p)
	from := b.Len()
	writeString(b, description)
	quoted := b.String()[from:]
	b.Truncate(from)
	b.WriteString(`"` + fence + quoted[1:len(quoted)-1] + fence + `"`)
}

// writeString writes a JSON string without HTML escapes: templ escapes for the page.
func writeString(b *jsonWriter, s string) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string into memory cannot fail
	b.Write(bytes.ReplaceAll(text.Bytes()[:text.Len()-1], []byte(fence), []byte(`\u007f`)))
}
