package engine

import (
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	querypb "go.temporal.io/api/query/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// QueryRequest asks a workflow's code about its state.
type QueryRequest struct {
	Run    orchestration.RunKey
	Query  *querypb.WorkflowQuery
	Reject enumspb.QueryRejectCondition
}

// QueryReply is the worker's answer, or why none was asked for.
type QueryReply struct {
	Result   *commonpb.Payloads
	Rejected enumspb.WorkflowExecutionStatus // set when the reject condition applies
}

// QueryAnswer is what a worker responds to a query that it got alone.
type QueryAnswer struct {
	Token   orchestration.TaskToken
	Failed  bool
	Result  *commonpb.Payloads
	Message string
	Failure *failurepb.Failure
	Cause   enumspb.WorkflowTaskFailedCause
}
