package edge

import (
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// routes are the methods that the owner of a workflow answers, and how a request names the workflow's id: "" when it does not, or not so that it can be read.
// Every other method any node answers; anyNode says why.
var routes = map[string]func(req any) (workflowID string){
	workflowservice.WorkflowService_StartWorkflowExecution_FullMethodName:         byWorkflowID,
	workflowservice.WorkflowService_SignalWorkflowExecution_FullMethodName:        byWorkflowExecution,
	workflowservice.WorkflowService_RequestCancelWorkflowExecution_FullMethodName: byWorkflowExecution,
	workflowservice.WorkflowService_TerminateWorkflowExecution_FullMethodName:     byWorkflowExecution,
	workflowservice.WorkflowService_QueryWorkflow_FullMethodName:                  byExecution,

	workflowservice.WorkflowService_GetWorkflowExecutionHistory_FullMethodName:        byExecution,
	workflowservice.WorkflowService_GetWorkflowExecutionHistoryReverse_FullMethodName: byExecution,
	workflowservice.WorkflowService_DescribeWorkflowExecution_FullMethodName:          byExecution,

	workflowservice.WorkflowService_RespondWorkflowTaskCompleted_FullMethodName: ofToken(orchestration.WorkflowTask),
	workflowservice.WorkflowService_RespondWorkflowTaskFailed_FullMethodName:    ofToken(orchestration.WorkflowTask),
	workflowservice.WorkflowService_RespondQueryTaskCompleted_FullMethodName:    ofToken(orchestration.QueryTask),
	workflowservice.WorkflowService_ResetStickyTaskQueue_FullMethodName:         byExecution,

	workflowservice.WorkflowService_RecordActivityTaskHeartbeat_FullMethodName:      ofToken(orchestration.ActivityTask),
	workflowservice.WorkflowService_RecordActivityTaskHeartbeatById_FullMethodName:  byWorkflowID,
	workflowservice.WorkflowService_RespondActivityTaskCompleted_FullMethodName:     ofToken(orchestration.ActivityTask),
	workflowservice.WorkflowService_RespondActivityTaskCompletedById_FullMethodName: byWorkflowID,
	workflowservice.WorkflowService_RespondActivityTaskFailed_FullMethodName:        ofToken(orchestration.ActivityTask),
	workflowservice.WorkflowService_RespondActivityTaskFailedById_FullMethodName:    byWorkflowID,
	workflowservice.WorkflowService_RespondActivityTaskCanceled_FullMethodName:      ofToken(orchestration.ActivityTask),
	workflowservice.WorkflowService_RespondActivityTaskCanceledById_FullMethodName:  byWorkflowID,
}

// anyNode are the built methods that any node answers, and why it can.
var anyNode = map[string]string{
	workflowservice.WorkflowService_GetSystemInfo_FullMethodName:           "the installation",
	workflowservice.WorkflowService_GetClusterInfo_FullMethodName:          "the installation",
	workflowservice.WorkflowService_RegisterNamespace_FullMethodName:       "the directory",
	workflowservice.WorkflowService_DescribeNamespace_FullMethodName:       "the directory",
	workflowservice.WorkflowService_ListNamespaces_FullMethodName:          "the directory",
	workflowservice.WorkflowService_ListWorkflowExecutions_FullMethodName:  "the database",
	workflowservice.WorkflowService_CountWorkflowExecutions_FullMethodName: "the database",
	workflowservice.WorkflowService_PollWorkflowTaskQueue_FullMethodName:   "queues are at every node, and the engine starts tasks where their owner is",
	workflowservice.WorkflowService_PollActivityTaskQueue_FullMethodName:   "queues are at every node, and the engine starts tasks where their owner is",
	workflowservice.WorkflowService_DescribeTaskQueue_FullMethodName:       "the engine asks every node",
	workflowservice.WorkflowService_ShutdownWorker_FullMethodName:          "the engine tells every node",
}

func byWorkflowID(req any) string {
	r, _ := req.(interface{ GetWorkflowId() string })
	return r.GetWorkflowId()
}

func byExecution(req any) string {
	r, _ := req.(interface {
		GetExecution() *commonpb.WorkflowExecution
	})
	return r.GetExecution().GetWorkflowId()
}

func byWorkflowExecution(req any) string {
	r, _ := req.(interface {
		GetWorkflowExecution() *commonpb.WorkflowExecution
	})
	return r.GetWorkflowExecution().GetWorkflowId()
}

// ofToken reads the id from the task token; that the token is of the request's namespace is for the handler to see.
func ofToken(kind orchestration.TaskKind) func(req any) string {
	return func(req any) string {
		r, _ := req.(interface{ GetTaskToken() []byte })
		t, err := orchestration.DecodeTaskToken(r.GetTaskToken(), kind)
		if err != nil {
			return ""
		}
		return t.WorkflowID
	}
}
