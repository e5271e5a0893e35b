package edge

import (
	"fmt"
	"strings"

	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
)

// domain says what a method is about, and so what must be known of its caller before its handler runs.
type domain int

const (
	ofServer    domain = iota + 1 // the installation: no namespace is resolved
	ofNamespace                   // one namespace, which must exist: named by the request, or by its task token
)

// built are the methods that this release answers; every other one is UNIMPLEMENTED. docs/api-coverage.md lists all of them.
var built = map[string]domain{
	workflowservice.WorkflowService_GetSystemInfo_FullMethodName:      ofServer,
	workflowservice.WorkflowService_GetClusterInfo_FullMethodName:     ofServer,
	workflowservice.WorkflowService_RegisterNamespace_FullMethodName:  ofServer,
	workflowservice.WorkflowService_DescribeNamespace_FullMethodName:  ofServer,
	workflowservice.WorkflowService_ListNamespaces_FullMethodName:     ofServer,
	workflowservice.WorkflowService_UpdateNamespace_FullMethodName:    ofServer,
	workflowservice.WorkflowService_DeprecateNamespace_FullMethodName: ofServer,
	operatorservice.OperatorService_DeleteNamespace_FullMethodName:    ofServer,

	workflowservice.WorkflowService_StartWorkflowExecution_FullMethodName:           ofNamespace,
	workflowservice.WorkflowService_SignalWorkflowExecution_FullMethodName:          ofNamespace,
	workflowservice.WorkflowService_SignalWithStartWorkflowExecution_FullMethodName: ofNamespace,
	workflowservice.WorkflowService_RequestCancelWorkflowExecution_FullMethodName:   ofNamespace,
	workflowservice.WorkflowService_ResetWorkflowExecution_FullMethodName:           ofNamespace,
	workflowservice.WorkflowService_TerminateWorkflowExecution_FullMethodName:       ofNamespace,
	workflowservice.WorkflowService_QueryWorkflow_FullMethodName:                    ofNamespace,
	workflowservice.WorkflowService_DeleteWorkflowExecution_FullMethodName:          ofNamespace,
	workflowservice.WorkflowService_UpdateWorkflowExecution_FullMethodName:          ofNamespace,
	workflowservice.WorkflowService_PollWorkflowExecutionUpdate_FullMethodName:      ofNamespace,
	workflowservice.WorkflowService_ExecuteMultiOperation_FullMethodName:            ofNamespace,

	workflowservice.WorkflowService_GetWorkflowExecutionHistory_FullMethodName:        ofNamespace,
	workflowservice.WorkflowService_GetWorkflowExecutionHistoryReverse_FullMethodName: ofNamespace,
	workflowservice.WorkflowService_DescribeWorkflowExecution_FullMethodName:          ofNamespace,
	workflowservice.WorkflowService_ListWorkflowExecutions_FullMethodName:             ofNamespace,
	workflowservice.WorkflowService_CountWorkflowExecutions_FullMethodName:            ofNamespace,
	workflowservice.WorkflowService_ScanWorkflowExecutions_FullMethodName:             ofNamespace,
	workflowservice.WorkflowService_ListOpenWorkflowExecutions_FullMethodName:         ofNamespace,
	workflowservice.WorkflowService_ListClosedWorkflowExecutions_FullMethodName:       ofNamespace,
	workflowservice.WorkflowService_ListArchivedWorkflowExecutions_FullMethodName:     ofNamespace,
	workflowservice.WorkflowService_GetSearchAttributes_FullMethodName:                ofServer,

	operatorservice.OperatorService_AddSearchAttributes_FullMethodName:    ofNamespace,
	operatorservice.OperatorService_RemoveSearchAttributes_FullMethodName: ofNamespace,
	operatorservice.OperatorService_ListSearchAttributes_FullMethodName:   ofNamespace,

	workflowservice.WorkflowService_StartBatchOperation_FullMethodName:    ofNamespace,
	workflowservice.WorkflowService_StopBatchOperation_FullMethodName:     ofNamespace,
	workflowservice.WorkflowService_DescribeBatchOperation_FullMethodName: ofNamespace,
	workflowservice.WorkflowService_ListBatchOperations_FullMethodName:    ofNamespace,

	workflowservice.WorkflowService_PollWorkflowTaskQueue_FullMethodName:        ofNamespace,
	workflowservice.WorkflowService_RespondWorkflowTaskCompleted_FullMethodName: ofNamespace,
	workflowservice.WorkflowService_RespondWorkflowTaskFailed_FullMethodName:    ofNamespace,
	workflowservice.WorkflowService_RespondQueryTaskCompleted_FullMethodName:    ofNamespace,
	workflowservice.WorkflowService_ResetStickyTaskQueue_FullMethodName:         ofNamespace,
	workflowservice.WorkflowService_ShutdownWorker_FullMethodName:               ofNamespace,
	workflowservice.WorkflowService_RecordWorkerHeartbeat_FullMethodName:        ofNamespace,
	workflowservice.WorkflowService_ListWorkers_FullMethodName:                  ofNamespace,
	workflowservice.WorkflowService_DescribeWorker_FullMethodName:               ofNamespace,
	workflowservice.WorkflowService_CountWorkers_FullMethodName:                 ofNamespace,
	workflowservice.WorkflowService_DescribeTaskQueue_FullMethodName:            ofNamespace,

	workflowservice.WorkflowService_PollActivityTaskQueue_FullMethodName:            ofNamespace,
	workflowservice.WorkflowService_RecordActivityTaskHeartbeat_FullMethodName:      ofNamespace,
	workflowservice.WorkflowService_RecordActivityTaskHeartbeatById_FullMethodName:  ofNamespace,
	workflowservice.WorkflowService_RespondActivityTaskCompleted_FullMethodName:     ofNamespace,
	workflowservice.WorkflowService_RespondActivityTaskCompletedById_FullMethodName: ofNamespace,
	workflowservice.WorkflowService_RespondActivityTaskFailed_FullMethodName:        ofNamespace,
	workflowservice.WorkflowService_RespondActivityTaskFailedById_FullMethodName:    ofNamespace,
	workflowservice.WorkflowService_RespondActivityTaskCanceled_FullMethodName:      ofNamespace,
	workflowservice.WorkflowService_RespondActivityTaskCanceledById_FullMethodName:  ofNamespace,

	workflowservice.WorkflowService_PauseActivity_FullMethodName:           ofNamespace,
	workflowservice.WorkflowService_UnpauseActivity_FullMethodName:         ofNamespace,
	workflowservice.WorkflowService_ResetActivity_FullMethodName:           ofNamespace,
	workflowservice.WorkflowService_UpdateTaskQueueConfig_FullMethodName:   ofNamespace,
	workflowservice.WorkflowService_ListTaskQueuePartitions_FullMethodName: ofNamespace,
	workflowservice.WorkflowService_UpdateActivityOptions_FullMethodName:   ofNamespace,
}

// isBuilt tells whether this release answers a method, of whichever service.
func isBuilt(method string) bool {
	_, ok := built[method]
	return ok || !servedService(method)
}

// servedService tells whether method is of a service whose methods the built table decides; health and reflection are not.
func servedService(method string) bool {
	return strings.HasPrefix(method, "/temporal.api.workflowservice.v1.WorkflowService/") ||
		strings.HasPrefix(method, "/temporal.api.operatorservice.v1.OperatorService/")
}

// unbuiltMessage is the one sentence that an UNIMPLEMENTED answer carries.
func unbuiltMessage(method string) string {
	return fmt.Sprintf("Method %s is not implemented by this server.", strings.TrimPrefix(method, "/"))
}
