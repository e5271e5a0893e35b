package history

import (
	"strings"

	failurepb "go.temporal.io/api/failure/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
)

// keptFailure is what state keeps of a failure until the activity closes: a large one loses its details, causes and most of its text.
func keptFailure(f *failurepb.Failure) *failurepb.Failure {
	if proto.Size(f) <= orchestration.MaxKeptFailure {
		return f
	}
	kept := &failurepb.Failure{Message: truncated(f.Message), Source: truncated(f.Source)}
	switch info := f.FailureInfo.(type) {
	case *failurepb.Failure_ApplicationFailureInfo:
		kept.FailureInfo = &failurepb.Failure_ApplicationFailureInfo{ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{
			Type: truncated(info.ApplicationFailureInfo.Type), NonRetryable: info.ApplicationFailureInfo.NonRetryable,
		}}
	case *failurepb.Failure_TimeoutFailureInfo:
		kept.FailureInfo = &failurepb.Failure_TimeoutFailureInfo{TimeoutFailureInfo: &failurepb.TimeoutFailureInfo{
			TimeoutType: info.TimeoutFailureInfo.TimeoutType,
		}}
	}
	return kept
}

// truncated is at most a fifth of what is kept of a failure, in whole characters.
func truncated(s string) string {
	const limit = orchestration.MaxKeptFailure / 5
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + " … (truncated)"
}
