package transcode

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// readQuery reads the fields of a message from a query: texts, numbers, booleans and times, by their names in the protocol or in JSON. A field of a message
// in a field is named by both: filter.action.
func readQuery(query url.Values, m protoreflect.Message) error {
	for name, values := range query {
		m, f := fieldNamed(m, name)
		if f == nil {
			return invalid("The query has %q, which this method does not take.", name)
		}
		if len(values) != 1 || f.Cardinality() == protoreflect.Repeated {
			return invalid("The query has %q %d times; it may be there once.", name, len(values))
		}
		v, err := queryValue(f, values[0])
		if err != nil {
			return invalid("The query has %s=%q, which is no %s.", name, values[0], kindOf(f))
		}
		m.Set(f, v)
	}
	return nil
}

// fieldNamed finds a field by its path, and the message that has it; nil for none.
func fieldNamed(m protoreflect.Message, path string) (protoreflect.Message, protoreflect.FieldDescriptor) {
	name, rest, inner := strings.Cut(path, ".")
	f := m.Descriptor().Fields().ByName(protoreflect.Name(name))
	if f == nil {
		f = m.Descriptor().Fields().ByJSONName(name)
	}
	switch {
	case f == nil || !inner:
		return m, f
	case f.Message() == nil || f.Cardinality() == protoreflect.Repeated || kindOf(f) == timeKind:
		return m, nil
	}
	return fieldNamed(m.Mutable(f).Message(), rest)
}

func queryValue(f protoreflect.FieldDescriptor, text string) (protoreflect.Value, error) {
	switch f.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(text), nil
	case protoreflect.Int32Kind:
		n, err := strconv.ParseInt(text, 10, 32)
		return protoreflect.ValueOfInt32(int32(n)), err
	case protoreflect.Int64Kind:
		n, err := strconv.ParseInt(text, 10, 64)
		return protoreflect.ValueOfInt64(n), err
	case protoreflect.BoolKind:
		b, err := strconv.ParseBool(text)
		return protoreflect.ValueOfBool(b), err
	}
	if kindOf(f) == timeKind {
		t, err := time.Parse(time.RFC3339, text)
		return protoreflect.ValueOfMessage(timestamppb.New(t).ProtoReflect()), err
	}
	return protoreflect.Value{}, strconv.ErrSyntax
}

const timeKind = "time like 2006-01-02T15:04:05Z"

// kindOf is what a field takes, in words.
func kindOf(f protoreflect.FieldDescriptor) string {
	if f.Message() != nil && f.Message().FullName() == (*timestamppb.Timestamp)(nil).ProtoReflect().Descriptor().FullName() {
		return timeKind
	}
	return f.Kind().String()
}
