package edge

import (
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// searchDepth bounds the search for a bad string: whoever nests deeper has to find it alone.
const searchDepth = 64

// badString is the path of the first string of an encoded message that is not UTF-8, as "workflow_type.name", or "" when none is found. The
// protobuf library refuses such messages without saying where.
func badString(desc protoreflect.MessageDescriptor, data []byte, depth int) string {
	for len(data) > 0 && depth < searchDepth {
		number, wire, n := protowire.ConsumeTag(data)
		if n < 0 {
			return ""
		}
		data = data[n:]
		if n = protowire.ConsumeFieldValue(number, wire, data); n < 0 {
			return ""
		}
		value := data[:n]
		data = data[n:]
		field := desc.Fields().ByNumber(number)
		if field == nil || wire != protowire.BytesType {
			continue
		}
		content, _ := protowire.ConsumeBytes(value)
		if path := badField(field, content, depth); path != "" {
			return path
		}
	}
	return ""
}

// badField is badString of one field's content, its name included.
func badField(field protoreflect.FieldDescriptor, content []byte, depth int) string {
	name := string(field.Name())
	switch field.Kind() {
	case protoreflect.StringKind:
		if !utf8.Valid(content) {
			return name
		}
	case protoreflect.MessageKind:
		if path := badString(field.Message(), content, depth+1); path != "" {
			return name + "." + path
		}
	}
	return ""
}
