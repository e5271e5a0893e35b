package trace

import (
	"time"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	failurepb "go.temporal.io/api/failure/v1"
)

// text is an attribute; an empty one is left out by attributes.
func text(key, value string) *commonpb.KeyValue {
	if value == "" {
		return nil
	}
	return &commonpb.KeyValue{Key: key, Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: valid(value)}}}
}

// number is an attribute, also when it is 0.
func number(key string, value int64) *commonpb.KeyValue {
	return &commonpb.KeyValue{Key: key, Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_IntValue{IntValue: value}}}
}

// attributes are those that are not empty.
func attributes(all ...*commonpb.KeyValue) []*commonpb.KeyValue {
	kept := all[:0]
	for _, a := range all {
		if a != nil {
			kept = append(kept, a)
		}
	}
	return kept
}

func nanos(t time.Time) uint64 {
	if t.Unix() <= 0 {
		return 0
	}
	return uint64(t.UnixNano())
}

// fail marks a span as failed, with the failure as an exception of it. Details, stacks and whatever else may hold payloads stay out.
func fail(s *tracepb.Span, at uint64, f *failurepb.Failure, otherwise string) {
	kind, message := describe(f, otherwise)
	s.Status = &tracepb.Status{Code: tracepb.Status_STATUS_CODE_ERROR, Message: message}
	s.Attributes = append(s.Attributes, attributes(text(attrErrorType, kind))...)
	if f != nil {
		s.Events = append(s.Events, exception(eventException, at, f))
	}
}

// exception is a failure as an event of a span.
func exception(name string, at uint64, f *failurepb.Failure) *tracepb.Span_Event {
	kind, message := describe(f, "")
	return &tracepb.Span_Event{Name: name, TimeUnixNano: at, Attributes: attributes(text(attrExcType, kind), text(attrExcMessage, message))}
}

// maxMessage bounds the message of a failure in a span, in bytes.
const maxMessage = 1024

// describe is the type and the message of the failure that is the reason of f: of what was thrown, where f only says in which step. Without a failure it is
// what the caller knows of it.
func describe(f *failurepb.Failure, otherwise string) (kind, message string) {
	if f == nil {
		return otherwise, otherwise
	}
	for f.GetCause() != nil && (f.GetActivityFailureInfo() != nil || f.GetChildWorkflowExecutionFailureInfo() != nil) {
		f = f.GetCause()
	}
	kind, message = failureType(f), valid(f.GetMessage())
	if len(message) > maxMessage {
		message = valid(message[:maxMessage])
	}
	return kind, message
}

// failureType is the type of an application's failure, or the kind of any other.
func failureType(f *failurepb.Failure) string {
	switch i := f.GetFailureInfo().(type) {
	case *failurepb.Failure_ApplicationFailureInfo:
		if i.ApplicationFailureInfo.GetType() != "" {
			return i.ApplicationFailureInfo.GetType()
		}
		return "application"
	case *failurepb.Failure_TimeoutFailureInfo:
		return "timeout." + word(i.TimeoutFailureInfo.GetTimeoutType())
	case *failurepb.Failure_CanceledFailureInfo:
		return "canceled"
	case *failurepb.Failure_TerminatedFailureInfo:
		return "terminated"
	case *failurepb.Failure_ServerFailureInfo:
		return "server"
	case *failurepb.Failure_ResetWorkflowFailureInfo:
		return "reset"
	}
	return "failure"
}
