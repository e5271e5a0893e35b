package machine

import (
	"maps"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// Continuation is the error with which a workflow function continues as new.
type Continuation interface {
	error
	// Command returns the wish for the next run. What it leaves empty the next run has from this one.
	Command() *commandpb.ContinueAsNewWorkflowExecutionCommandAttributes
}

// continuation fills in what the next run has from this one.
func (r *Run) continuation(next *commandpb.ContinueAsNewWorkflowExecutionCommandAttributes) *commandpb.ContinueAsNewWorkflowExecutionCommandAttributes {
	if next.TaskQueue.GetName() == "" {
		next.TaskQueue = &taskqueuepb.TaskQueue{Name: r.TaskQueue(), Kind: enumspb.TASK_QUEUE_KIND_NORMAL}
	}
	if next.WorkflowRunTimeout == nil {
		next.WorkflowRunTimeout = durationpb.New(r.Start.GetWorkflowRunTimeout().AsDuration())
	}
	if next.WorkflowTaskTimeout == nil {
		next.WorkflowTaskTimeout = durationpb.New(r.Start.GetWorkflowTaskTimeout().AsDuration())
	}
	if next.RetryPolicy == nil {
		next.RetryPolicy = r.Start.GetRetryPolicy()
	}
	if r.memo != nil {
		next.Memo = &commonpb.Memo{Fields: r.memo}
	}
	attributes := maps.Clone(r.searchAttributes)
	maps.DeleteFunc(attributes, func(_ string, value *commonpb.Payload) bool { return isNull(value) })
	if len(attributes) > 0 {
		next.SearchAttributes = &commonpb.SearchAttributes{IndexedFields: attributes}
	}
	next.InheritBuildId = next.TaskQueue.GetName() == r.TaskQueue()
	return next
}
