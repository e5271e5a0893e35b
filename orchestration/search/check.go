package search

import (
	"bytes"
	"maps"
	"slices"

	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Check says what is wrong with values that somebody wants to set in a namespace whose custom attributes are a.
// Errors: InvalidArgument that names the first attribute, in the order of names, that is not known or not of its type.
func (a Attributes) Check(fields map[string]*commonpb.Payload) error {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if err := a.check(name, fields[name]); err != nil {
			return err
		}
	}
	return nil
}

func (a Attributes) check(name string, p *commonpb.Payload) error {
	if _, ok := system[name]; ok {
		return refused("%s is an attribute of the system: it cannot be set in SearchAttributes.", name)
	}
	t, ok := a.settable(name)
	if !ok {
		return refused("Search attribute %s is not defined in the namespace.", name)
	}
	if n := len(p.GetData()); n > orchestration.MaxSearchAttributeValue {
		return refused("Search attribute %s size exceeds limit: its value has %d bytes, at most %d are allowed.", name, n, orchestration.MaxSearchAttributeValue)
	}
	if _, _, err := Decode(p, t); err != nil {
		return refused("Search attribute %s is no %s: %s.", name, t, err)
	}
	return nil
}

// Knows tells whether every name is one that can be set.
func (a Attributes) Knows(fields map[string]*commonpb.Payload) bool {
	for name := range fields {
		if _, ok := a.settable(name); !ok {
			return false
		}
	}
	return true
}

// Typed is in with the type of each attribute written into its payload, where SDKs look for it; what is not known stays as it is. It is in itself when
// nothing changes.
func (a Attributes) Typed(in *commonpb.SearchAttributes) *commonpb.SearchAttributes {
	out := in
	for name, p := range in.GetIndexedFields() {
		t, ok := a.settable(name)
		if !ok || p == nil || bytes.Equal(p.Metadata[typeKey], []byte(t.String())) {
			continue
		}
		if out == in {
			out = &commonpb.SearchAttributes{IndexedFields: maps.Clone(in.IndexedFields)}
		}
		typed := proto.Clone(p).(*commonpb.Payload)
		if typed.Metadata == nil {
			typed.Metadata = map[string][]byte{}
		}
		typed.Metadata[typeKey] = []byte(t.String())
		out.IndexedFields[name] = typed
	}
	return out
}

func refused(format string, args ...any) error {
	return orchestration.Errorf(orchestration.InvalidArgument, format, args...)
}
