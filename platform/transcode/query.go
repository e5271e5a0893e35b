package transcode

import (
	"net/url"
	"strconv"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// readQuery reads the fields of a message from a query: texts, numbers and booleans, by their names in the protocol or in JSON.
func readQuery(query url.Values, m protoreflect.Message) error {
	for name, values := range query {
		f := m.Descriptor().Fields().ByName(protoreflect.Name(name))
		if f == nil {
			f = m.Descriptor().Fields().ByJSONName(name)
		}
		if f == nil {
			return invalid("The query has %q, which this method does not take.", name)
		}
		if len(values) != 1 || f.Cardinality() == protoreflect.Repeated {
			return invalid("The query has %q %d times; it may be there once.", name, len(values))
		}
		v, err := queryValue(f, values[0])
		if err != nil {
			return invalid("The query has %s=%q, which is no %s.", name, values[0], f.Kind())
		}
		m.Set(f, v)
	}
	return nil
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
	return protoreflect.Value{}, strconv.ErrSyntax
}
