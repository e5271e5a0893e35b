package edge

import (
	"time"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
)

func execution(run orchestration.RunKey) *commonpb.WorkflowExecution {
	return &commonpb.WorkflowExecution{WorkflowId: run.WorkflowID, RunId: run.RunID.String()}
}

func workflowType(name string) *commonpb.WorkflowType { return &commonpb.WorkflowType{Name: name} }

// events is a history that is never nil: SDKs read its events without asking whether there are any.
func events(list []*historypb.HistoryEvent) *historypb.History {
	return &historypb.History{Events: list}
}

// timestamp is t, or nil for the zero time, which the protocol has no value for.
func timestamp(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}
