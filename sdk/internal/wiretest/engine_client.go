package wiretest

import (
	"context"

	"github.com/google/uuid"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	querypb "go.temporal.io/api/query/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
)

// GetSystemInfo answers that there is a server.
func (e *Engine) GetSystemInfo(
	context.Context, *workflowservice.GetSystemInfoRequest,
) (*workflowservice.GetSystemInfoResponse, error) {
	return &workflowservice.GetSystemInfoResponse{}, nil
}

// DescribeNamespace knows every namespace, and promises to answer the polls of a worker that signs off.
func (e *Engine) DescribeNamespace(
	context.Context, *workflowservice.DescribeNamespaceRequest,
) (*workflowservice.DescribeNamespaceResponse, error) {
	return &workflowservice.DescribeNamespaceResponse{NamespaceInfo: &namespacepb.NamespaceInfo{
		Capabilities: &namespacepb.NamespaceInfo_Capabilities{WorkerPollCompleteOnShutdown: true},
	}}, nil
}

// StartWorkflowExecution starts a workflow, whose id must be new.
func (e *Engine) StartWorkflowExecution(
	_ context.Context, request *workflowservice.StartWorkflowExecutionRequest,
) (*workflowservice.StartWorkflowExecutionResponse, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if r := e.runs[request.GetWorkflowId()]; r != nil {
		return nil, serviceerror.NewWorkflowExecutionAlreadyStarted("started", r.start.GetRequestId(), r.id.GetRunId())
	}
	r := newRun(e, request)
	e.runs[request.GetWorkflowId()] = r
	r.add(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes{
			WorkflowExecutionStartedEventAttributes: &historypb.WorkflowExecutionStartedEventAttributes{
				WorkflowType: request.GetWorkflowType(), TaskQueue: request.GetTaskQueue(), Input: request.GetInput(),
				OriginalExecutionRunId: r.id.GetRunId(), FirstExecutionRunId: r.id.GetRunId(), Attempt: 1,
				WorkflowId: request.GetWorkflowId(), Identity: request.GetIdentity(), Memo: request.GetMemo(),
				SearchAttributes: request.GetSearchAttributes(), Header: request.GetHeader(),
			},
		},
	})
	r.scheduleTask()
	return &workflowservice.StartWorkflowExecutionResponse{RunId: r.id.GetRunId(), Started: true}, nil
}

func newRun(e *Engine, request *workflowservice.StartWorkflowExecutionRequest) *run {
	return &run{
		e:          e,
		id:         &commonpb.WorkflowExecution{WorkflowId: request.GetWorkflowId(), RunId: uuid.NewString()},
		start:      request,
		activities: map[int64]*activity{},
		timers:     map[string]timer{},
	}
}

// SignalWorkflowExecution adds a signal.
func (e *Engine) SignalWorkflowExecution(
	_ context.Context, request *workflowservice.SignalWorkflowExecutionRequest,
) (*workflowservice.SignalWorkflowExecutionResponse, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	r, err := e.find(request.GetWorkflowExecution())
	if err != nil {
		return nil, err
	}
	r.happened(&historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
		Attributes: &historypb.HistoryEvent_WorkflowExecutionSignaledEventAttributes{
			WorkflowExecutionSignaledEventAttributes: &historypb.WorkflowExecutionSignaledEventAttributes{
				SignalName: request.GetSignalName(), Input: request.GetInput(), Identity: request.GetIdentity(),
			},
		},
	})
	return &workflowservice.SignalWorkflowExecutionResponse{}, nil
}

// RequestCancelWorkflowExecution adds a request for cancellation.
func (e *Engine) RequestCancelWorkflowExecution(
	_ context.Context, request *workflowservice.RequestCancelWorkflowExecutionRequest,
) (*workflowservice.RequestCancelWorkflowExecutionResponse, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	r, err := e.find(request.GetWorkflowExecution())
	if err != nil {
		return nil, err
	}
	if !r.cancel {
		r.cancel = true
		r.happened(&historypb.HistoryEvent{
			EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
			Attributes: &historypb.HistoryEvent_WorkflowExecutionCancelRequestedEventAttributes{
				WorkflowExecutionCancelRequestedEventAttributes: &historypb.WorkflowExecutionCancelRequestedEventAttributes{},
			},
		})
	}
	return &workflowservice.RequestCancelWorkflowExecutionResponse{}, nil
}

// GetWorkflowExecutionHistory returns the whole history, or waits for its last event.
func (e *Engine) GetWorkflowExecutionHistory(
	ctx context.Context, request *workflowservice.GetWorkflowExecutionHistoryRequest,
) (*workflowservice.GetWorkflowExecutionHistoryResponse, error) {
	e.mu.Lock()
	r, err := e.find(request.GetExecution())
	e.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if !request.GetWaitNewEvent() {
		events := e.History(r.id.GetWorkflowId())
		return &workflowservice.GetWorkflowExecutionHistoryResponse{History: &historypb.History{Events: events}}, nil
	}
	if err := e.wait(ctx, func() bool { return r.closed }); err != nil {
		return nil, err
	}
	events := e.History(r.id.GetWorkflowId())
	return &workflowservice.GetWorkflowExecutionHistoryResponse{
		History: &historypb.History{Events: events[len(events)-1:]},
	}, nil
}

// DescribeWorkflowExecution tells the names and whether it is open.
func (e *Engine) DescribeWorkflowExecution(
	_ context.Context, request *workflowservice.DescribeWorkflowExecutionRequest,
) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	r, err := e.find(request.GetExecution())
	if err != nil {
		return nil, err
	}
	info := &workflowpb.WorkflowExecutionInfo{
		Execution: r.id, Type: r.start.GetWorkflowType(), Status: enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING,
	}
	if r.closed {
		info.Status = statuses[r.events[len(r.events)-1].GetEventType()]
	}
	return &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: info}, nil
}

var statuses = map[enumspb.EventType]enumspb.WorkflowExecutionStatus{
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:    enumspb.WORKFLOW_EXECUTION_STATUS_FAILED,
	enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:  enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED,
}

// query is a question on its way to a worker and back.
type query struct {
	token  string
	r      *run
	query  *querypb.WorkflowQuery
	answer *workflowservice.RespondQueryTaskCompletedRequest
}

// QueryWorkflow asks a worker.
func (e *Engine) QueryWorkflow(
	ctx context.Context, request *workflowservice.QueryWorkflowRequest,
) (*workflowservice.QueryWorkflowResponse, error) {
	e.mu.Lock()
	r, err := e.find(request.GetExecution())
	if err != nil {
		e.mu.Unlock()
		return nil, err
	}
	q := &query{token: uuid.NewString(), r: r, query: request.GetQuery()}
	e.queries = append(e.queries, q)
	e.touch()
	e.mu.Unlock()
	if err := e.wait(ctx, func() bool { return q.answer != nil }); err != nil {
		return nil, err
	}
	if q.answer.GetCompletedType() == enumspb.QUERY_RESULT_TYPE_FAILED {
		return nil, serviceerror.NewQueryFailedWithFailure(q.answer.GetErrorMessage(), q.answer.GetFailure())
	}
	return &workflowservice.QueryWorkflowResponse{QueryResult: q.answer.GetQueryResult()}, nil
}
