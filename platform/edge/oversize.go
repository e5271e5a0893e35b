package edge

import (
	"strings"
	"unicode/utf8"

	failurepb "go.temporal.io/api/failure/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
)

// A worker cannot help it that its code produced too much, and refusing its report would only make it report again. So what an activity hands
// in over the payload limit fails the activity for good, with one of these messages, and the call succeeds.
const (
	resultTooLarge      = "Complete result exceeds size limit."
	failureTooLarge     = "Failure exceeds size limit."
	heartbeatTooLarge   = "Heartbeat details exceed size limit."
	cancelTooLarge      = "Cancel details exceed size limit."
	queryResultTooLarge = "Query result exceeds size limit."
)

const (
	keptMessageSize = 4 << 10  // bytes kept of the message of a failure that is too large
	keptStackSize   = 16 << 10 // bytes kept of its stack trace
)

func tooLarge(m proto.Message) bool { return proto.Size(m) > orchestration.MaxPayloadSize }

// serverFailure is a failure that the server found; it is not retried.
func serverFailure(message string) *failurepb.Failure {
	return &failurepb.Failure{
		Message:     message,
		Source:      "Server",
		FailureInfo: &failurepb.Failure_ServerFailureInfo{ServerFailureInfo: &failurepb.ServerFailureInfo{NonRetryable: true}},
	}
}

// boundedFailure is f, or, when f is over the payload limit, a server failure with what can be kept of f as its cause.
func boundedFailure(f *failurepb.Failure) *failurepb.Failure {
	if !tooLarge(f) {
		return f
	}
	bounded := serverFailure(failureTooLarge)
	bounded.Cause = &failurepb.Failure{
		Message:     prefix(f.GetMessage(), keptMessageSize),
		Source:      prefix(f.GetSource(), orchestration.MaxIDLength),
		StackTrace:  prefix(f.GetStackTrace(), keptStackSize),
		FailureInfo: keptInfo(f),
	}
	return bounded
}

// keptInfo is the kind of an application failure without its details.
func keptInfo(f *failurepb.Failure) *failurepb.Failure_ApplicationFailureInfo {
	info := f.GetApplicationFailureInfo()
	return &failurepb.Failure_ApplicationFailureInfo{ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{
		Type:         prefix(info.GetType(), orchestration.MaxIDLength),
		NonRetryable: true,
	}}
}

// prefix is at most n bytes of s, cut between characters.
func prefix(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.Clone(s[:n]) // so that the megabytes behind it can go
}
