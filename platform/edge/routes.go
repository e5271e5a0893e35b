package edge

import (
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// route says which node a method's call is for.
type route struct {
	// workflow reads from a request the workflow that it is about: the call is for that workflow's owner. ok is false for a request that names none; it
	// is bad, and any node can say so. nil: the call is for any node.
	workflow func(namespace, any) (key orchestration.WorkflowKey, ok bool)
	// waits tells that the call may wait for long: it does not keep the server of a caller from draining.
	waits bool
}

// anyNode is the route of what is not about one workflow: the directory and the storage are everybody's, and a worker's poll waits where it came in.
var anyNode = route{}

// routes has an entry for every method in built.
var routes = map[string]route{
	workflowservice.WorkflowService_GetSystemInfo_FullMethodName:      anyNode,
	workflowservice.WorkflowService_GetClusterInfo_FullMethodName:     anyNode,
	workflowservice.WorkflowService_RegisterNamespace_FullMethodName:  anyNode,
	workflowservice.WorkflowService_DescribeNamespace_FullMethodName:  anyNode,
	workflowservice.WorkflowService_ListNamespaces_FullMethodName:     anyNode,
	workflowservice.WorkflowService_UpdateNamespace_FullMethodName:    anyNode,
	workflowservice.WorkflowService_DeprecateNamespace_FullMethodName: anyNode,
	operatorservice.OperatorService_DeleteNamespace_FullMethodName:    anyNode,

	workflowservice.WorkflowService_StartWorkflowExecution_FullMethodName:           {workflow: keyOfID},
	workflowservice.WorkflowService_SignalWorkflowExecution_FullMethodName:          {workflow: keyOfWorkflowExecution},
	workflowservice.WorkflowService_SignalWithStartWorkflowExecution_FullMethodName: {workflow: keyOfID},
	workflowservice.WorkflowService_RequestCancelWorkflowExecution_FullMethodName:   {workflow: keyOfWorkflowExecution},
	workflowservice.WorkflowService_ResetWorkflowExecution_FullMethodName:           {workflow: keyOfWorkflowExecution},
	workflowservice.WorkflowService_TerminateWorkflowExecution_FullMethodName:       {workflow: keyOfWorkflowExecution},
	workflowservice.WorkflowService_QueryWorkflow_FullMethodName:                    {workflow: keyOfExecution, waits: true},
	workflowservice.WorkflowService_DeleteWorkflowExecution_FullMethodName:          {workflow: keyOfWorkflowExecution},
	workflowservice.WorkflowService_UpdateWorkflowExecution_FullMethodName:          {workflow: keyOfWorkflowExecution, waits: true},
	workflowservice.WorkflowService_PollWorkflowExecutionUpdate_FullMethodName:      {workflow: keyOfUpdateRef, waits: true},
	workflowservice.WorkflowService_ExecuteMultiOperation_FullMethodName:            {workflow: keyOfOperations, waits: true},

	workflowservice.WorkflowService_GetWorkflowExecutionHistory_FullMethodName:        {workflow: keyOfExecution, waits: true},
	workflowservice.WorkflowService_GetWorkflowExecutionHistoryReverse_FullMethodName: {workflow: keyOfExecution},
	workflowservice.WorkflowService_DescribeWorkflowExecution_FullMethodName:          {workflow: keyOfExecution},
	workflowservice.WorkflowService_ListWorkflowExecutions_FullMethodName:             anyNode,
	workflowservice.WorkflowService_CountWorkflowExecutions_FullMethodName:            anyNode,
	workflowservice.WorkflowService_ScanWorkflowExecutions_FullMethodName:             anyNode,
	workflowservice.WorkflowService_ListOpenWorkflowExecutions_FullMethodName:         anyNode,
	workflowservice.WorkflowService_ListClosedWorkflowExecutions_FullMethodName:       anyNode,
	workflowservice.WorkflowService_ListArchivedWorkflowExecutions_FullMethodName:     anyNode,
	workflowservice.WorkflowService_GetSearchAttributes_FullMethodName:                anyNode,

	operatorservice.OperatorService_AddSearchAttributes_FullMethodName:    anyNode,
	operatorservice.OperatorService_RemoveSearchAttributes_FullMethodName: anyNode,
	operatorservice.OperatorService_ListSearchAttributes_FullMethodName:   anyNode,

	workflowservice.WorkflowService_StartBatchOperation_FullMethodName:    {workflow: keyOfJob},
	workflowservice.WorkflowService_StopBatchOperation_FullMethodName:     {workflow: keyOfJob},
	workflowservice.WorkflowService_DescribeBatchOperation_FullMethodName: anyNode,
	workflowservice.WorkflowService_ListBatchOperations_FullMethodName:    anyNode,

	workflowservice.WorkflowService_PollWorkflowTaskQueue_FullMethodName:        anyNode,
	workflowservice.WorkflowService_RespondWorkflowTaskCompleted_FullMethodName: {workflow: keyOfToken(orchestration.WorkflowTask)},
	workflowservice.WorkflowService_RespondWorkflowTaskFailed_FullMethodName:    {workflow: keyOfToken(orchestration.WorkflowTask)},
	workflowservice.WorkflowService_RespondQueryTaskCompleted_FullMethodName:    {workflow: keyOfToken(orchestration.QueryTask)},
	workflowservice.WorkflowService_ResetStickyTaskQueue_FullMethodName:         {workflow: keyOfExecution},
	workflowservice.WorkflowService_ShutdownWorker_FullMethodName:               anyNode,
	workflowservice.WorkflowService_RecordWorkerHeartbeat_FullMethodName:        anyNode,
	workflowservice.WorkflowService_ListWorkers_FullMethodName:                  anyNode,
	workflowservice.WorkflowService_DescribeWorker_FullMethodName:               anyNode,
	workflowservice.WorkflowService_CountWorkers_FullMethodName:                 anyNode,
	workflowservice.WorkflowService_DescribeTaskQueue_FullMethodName:            anyNode,

	workflowservice.WorkflowService_PollActivityTaskQueue_FullMethodName:            anyNode,
	workflowservice.WorkflowService_RecordActivityTaskHeartbeat_FullMethodName:      {workflow: keyOfToken(orchestration.ActivityTask)},
	workflowservice.WorkflowService_RecordActivityTaskHeartbeatById_FullMethodName:  {workflow: keyOfID},
	workflowservice.WorkflowService_RespondActivityTaskCompleted_FullMethodName:     {workflow: keyOfToken(orchestration.ActivityTask)},
	workflowservice.WorkflowService_RespondActivityTaskCompletedById_FullMethodName: {workflow: keyOfID},
	workflowservice.WorkflowService_RespondActivityTaskFailed_FullMethodName:        {workflow: keyOfToken(orchestration.ActivityTask)},
	workflowservice.WorkflowService_RespondActivityTaskFailedById_FullMethodName:    {workflow: keyOfID},
	workflowservice.WorkflowService_RespondActivityTaskCanceled_FullMethodName:      {workflow: keyOfToken(orchestration.ActivityTask)},
	workflowservice.WorkflowService_RespondActivityTaskCanceledById_FullMethodName:  {workflow: keyOfID},

	workflowservice.WorkflowService_PauseActivity_FullMethodName:           {workflow: keyOfExecution},
	workflowservice.WorkflowService_UnpauseActivity_FullMethodName:         {workflow: keyOfExecution},
	workflowservice.WorkflowService_ResetActivity_FullMethodName:           {workflow: keyOfExecution},
	workflowservice.WorkflowService_UpdateTaskQueueConfig_FullMethodName:   anyNode,
	workflowservice.WorkflowService_ListTaskQueuePartitions_FullMethodName: anyNode,
	workflowservice.WorkflowService_UpdateActivityOptions_FullMethodName:   {workflow: keyOfExecution},
}

// named is the workflow of an id, if there is one.
func named(ns namespace, id string) (orchestration.WorkflowKey, bool) {
	return ns.workflow(id), id != ""
}

func keyOfID(ns namespace, req any) (orchestration.WorkflowKey, bool) {
	r, ok := req.(interface{ GetWorkflowId() string })
	if !ok {
		return orchestration.WorkflowKey{}, false
	}
	return named(ns, r.GetWorkflowId())
}

// keyOfJob has a batch operation begun where it will be done: its shard is found as a workflow's is.
func keyOfJob(ns namespace, req any) (orchestration.WorkflowKey, bool) {
	r, ok := req.(interface{ GetJobId() string })
	if !ok {
		return orchestration.WorkflowKey{}, false
	}
	return named(ns, r.GetJobId())
}

func keyOfExecution(ns namespace, req any) (orchestration.WorkflowKey, bool) {
	r, ok := req.(interface {
		GetExecution() *commonpb.WorkflowExecution
	})
	if !ok {
		return orchestration.WorkflowKey{}, false
	}
	return named(ns, r.GetExecution().GetWorkflowId())
}

func keyOfWorkflowExecution(ns namespace, req any) (orchestration.WorkflowKey, bool) {
	r, ok := req.(interface {
		GetWorkflowExecution() *commonpb.WorkflowExecution
	})
	if !ok {
		return orchestration.WorkflowKey{}, false
	}
	return named(ns, r.GetWorkflowExecution().GetWorkflowId())
}

func keyOfUpdateRef(ns namespace, req any) (orchestration.WorkflowKey, bool) {
	r, ok := req.(*workflowservice.PollWorkflowExecutionUpdateRequest)
	if !ok {
		return orchestration.WorkflowKey{}, false
	}
	return named(ns, r.GetUpdateRef().GetWorkflowExecution().GetWorkflowId())
}

// keyOfOperations reads the workflow from the first of several operations, which must all be about one.
func keyOfOperations(ns namespace, req any) (orchestration.WorkflowKey, bool) {
	r, ok := req.(*workflowservice.ExecuteMultiOperationRequest)
	if !ok || len(r.GetOperations()) == 0 {
		return orchestration.WorkflowKey{}, false
	}
	return named(ns, r.GetOperations()[0].GetStartWorkflow().GetWorkflowId())
}

// keyOfToken reads the workflow from a task token. A token of another namespace is refused where it came in.
func keyOfToken(kind orchestration.TaskKind) func(namespace, any) (orchestration.WorkflowKey, bool) {
	return func(ns namespace, req any) (orchestration.WorkflowKey, bool) {
		r, ok := req.(interface{ GetTaskToken() []byte })
		if !ok {
			return orchestration.WorkflowKey{}, false
		}
		t, err := orchestration.DecodeTaskToken(r.GetTaskToken(), kind)
		return ns.workflow(t.WorkflowID), err == nil && t.Namespace == ns.id
	}
}
