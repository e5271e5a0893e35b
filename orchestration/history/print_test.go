package history

import (
	"fmt"
	"slices"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// unprinted are fields that say nothing in a script.
var unprinted = map[protoreflect.Name]bool{
	"original_execution_run_id": true, "first_execution_run_id": true, "workflow_id": true, "history_size_bytes": true, "kind": true,
	"activity_options": true, // update-activity prints them
}

// printEvent is an event in one line: id, type and, in full, its attributes.
func printEvent(ev *historypb.HistoryEvent, full bool) string {
	text := fmt.Sprintf("%d %v %s", ev.EventId, ev.EventType, offset(ev.EventTime.AsTime()))
	if !full {
		return text
	}
	m := ev.ProtoReflect()
	attributes := m.WhichOneof(m.Descriptor().Oneofs().ByName("attributes"))
	if fields := printMessage(m.Get(attributes).Message()); fields != "" {
		text += " " + fields
	}
	for _, name := range []protoreflect.Name{"user_metadata", "links"} {
		if f := m.Descriptor().Fields().ByName(name); m.Has(f) {
			text += " " + printField(f, m.Get(f))
		}
	}
	return text
}

// printMessage lists the set fields of a message.
func printMessage(m protoreflect.Message) string {
	switch v := m.Interface().(type) {
	case *durationpb.Duration:
		return v.AsDuration().String()
	case *timestamppb.Timestamp:
		return offset(v.AsTime())
	case *commonpb.Payload:
		return fmt.Sprintf("%q", v.Data)
	case *commonpb.Payloads:
		var all []string
		for _, p := range v.GetPayloads() {
			all = append(all, fmt.Sprintf("%q", p.Data))
		}
		return strings.Join(all, ",")
	}
	var fields []string
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if d, ok := message(f, v).(*durationpb.Duration); unprinted[f.Name()] || ok && d.AsDuration() == 0 {
			return true
		}
		fields = append(fields, printField(f, v))
		return true
	})
	slices.Sort(fields) // Range has no order
	return strings.Join(fields, " ")
}

// message is the value of a singular message field, or nil.
func message(f protoreflect.FieldDescriptor, v protoreflect.Value) proto.Message {
	if f.Kind() != protoreflect.MessageKind || f.IsList() || f.IsMap() {
		return nil
	}
	return v.Message().Interface()
}

func printField(f protoreflect.FieldDescriptor, v protoreflect.Value) string {
	name := string(f.Name())
	switch {
	case f.IsMap():
		var entries []string
		v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
			entries = append(entries, k.String()+":"+printMessage(v.Message()))
			return true
		})
		slices.Sort(entries)
		return name + "={" + strings.Join(entries, " ") + "}"
	case f.IsList():
		var all []string
		for i := range v.List().Len() {
			all = append(all, printScalar(f, v.List().Get(i)))
		}
		return name + "=[" + strings.Join(all, " ") + "]"
	}
	return name + "=" + printScalar(f, v)
}

func printScalar(f protoreflect.FieldDescriptor, v protoreflect.Value) string {
	switch f.Kind() {
	case protoreflect.MessageKind:
		text := printMessage(v.Message())
		if strings.Contains(text, "=") || text == "" {
			text = "{" + text + "}"
		}
		return text
	case protoreflect.EnumKind:
		return strings.ToLower(string(f.Enum().Values().ByNumber(v.Enum()).Name()))
	case protoreflect.StringKind:
		if strings.Contains(v.String(), " ") {
			return fmt.Sprintf("%q", v.String())
		}
	}
	return v.String()
}
