package edge

import (
	"maps"
	"slices"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	updatepb "go.temporal.io/api/update/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// TestEveryBuiltMethodHasARoute: whoever builds a method says which node its calls are for.
func TestEveryBuiltMethodHasARoute(t *testing.T) {
	for m, domain := range built {
		r, ok := routes[m]
		if !ok {
			t.Errorf("%s has no route: name its workflow, or say anyNode", m)
		}
		if domain == ofServer && r.workflow != nil {
			t.Errorf("%s is about the server, and cannot belong to a workflow of a namespace", m)
		}
	}
	for m := range routes {
		if _, ok := built[m]; !ok {
			t.Errorf("%s has a route, and is not built", m)
		}
	}
}

// TestRoutesFindTheWorkflow: from every request that is about a workflow, and from none that names no workflow of its namespace.
func TestRoutesFindTheWorkflow(t *testing.T) {
	ns := namespace{id: orchestration.NamespaceID{7}, name: "bank"}
	token := func(kind orchestration.TaskKind, id orchestration.NamespaceID) []byte {
		return orchestration.TaskToken{Kind: kind, Namespace: id, WorkflowID: "w", RunID: orchestration.NewRunID(time.UnixMilli(1))}.Encode()
	}
	of := &commonpb.WorkflowExecution{WorkflowId: "w"}
	wf, act, query := token(orchestration.WorkflowTask, ns.id), token(orchestration.ActivityTask, ns.id), token(orchestration.QueryTask, ns.id)
	foreign := token(orchestration.ActivityTask, orchestration.NamespaceID{8})
	good := map[string]any{
		workflowservice.WorkflowService_StartWorkflowExecution_FullMethodName:           &workflowservice.StartWorkflowExecutionRequest{WorkflowId: "w"},
		workflowservice.WorkflowService_ResetWorkflowExecution_FullMethodName:           &workflowservice.ResetWorkflowExecutionRequest{WorkflowExecution: of},
		workflowservice.WorkflowService_SignalWithStartWorkflowExecution_FullMethodName: &workflowservice.SignalWithStartWorkflowExecutionRequest{WorkflowId: "w"},
		workflowservice.WorkflowService_SignalWorkflowExecution_FullMethodName:          &workflowservice.SignalWorkflowExecutionRequest{WorkflowExecution: of},
		workflowservice.WorkflowService_RequestCancelWorkflowExecution_FullMethodName:   &workflowservice.RequestCancelWorkflowExecutionRequest{WorkflowExecution: of},
		workflowservice.WorkflowService_TerminateWorkflowExecution_FullMethodName:       &workflowservice.TerminateWorkflowExecutionRequest{WorkflowExecution: of},
		workflowservice.WorkflowService_DeleteWorkflowExecution_FullMethodName:          &workflowservice.DeleteWorkflowExecutionRequest{WorkflowExecution: of},
		workflowservice.WorkflowService_StartBatchOperation_FullMethodName:              &workflowservice.StartBatchOperationRequest{JobId: "w"},
		workflowservice.WorkflowService_StopBatchOperation_FullMethodName:               &workflowservice.StopBatchOperationRequest{JobId: "w"},
		workflowservice.WorkflowService_QueryWorkflow_FullMethodName:                    &workflowservice.QueryWorkflowRequest{Execution: of},
		workflowservice.WorkflowService_UpdateWorkflowExecution_FullMethodName:          &workflowservice.UpdateWorkflowExecutionRequest{WorkflowExecution: of},
		workflowservice.WorkflowService_PollWorkflowExecutionUpdate_FullMethodName: &workflowservice.PollWorkflowExecutionUpdateRequest{
			UpdateRef: &updatepb.UpdateRef{WorkflowExecution: of},
		},
		workflowservice.WorkflowService_ExecuteMultiOperation_FullMethodName: &workflowservice.ExecuteMultiOperationRequest{
			Operations: []*workflowservice.ExecuteMultiOperationRequest_Operation{
				{Operation: &workflowservice.ExecuteMultiOperationRequest_Operation_StartWorkflow{StartWorkflow: &workflowservice.StartWorkflowExecutionRequest{WorkflowId: "w"}}},
			},
		},
		workflowservice.WorkflowService_GetWorkflowExecutionHistory_FullMethodName:        &workflowservice.GetWorkflowExecutionHistoryRequest{Execution: of},
		workflowservice.WorkflowService_GetWorkflowExecutionHistoryReverse_FullMethodName: &workflowservice.GetWorkflowExecutionHistoryReverseRequest{Execution: of},
		workflowservice.WorkflowService_DescribeWorkflowExecution_FullMethodName:          &workflowservice.DescribeWorkflowExecutionRequest{Execution: of},
		workflowservice.WorkflowService_RespondWorkflowTaskCompleted_FullMethodName:       &workflowservice.RespondWorkflowTaskCompletedRequest{TaskToken: wf},
		workflowservice.WorkflowService_RespondWorkflowTaskFailed_FullMethodName:          &workflowservice.RespondWorkflowTaskFailedRequest{TaskToken: wf},
		workflowservice.WorkflowService_RespondQueryTaskCompleted_FullMethodName:          &workflowservice.RespondQueryTaskCompletedRequest{TaskToken: query},
		workflowservice.WorkflowService_ResetStickyTaskQueue_FullMethodName:               &workflowservice.ResetStickyTaskQueueRequest{Execution: of},
		workflowservice.WorkflowService_RecordActivityTaskHeartbeat_FullMethodName:        &workflowservice.RecordActivityTaskHeartbeatRequest{TaskToken: act},
		workflowservice.WorkflowService_RecordActivityTaskHeartbeatById_FullMethodName:    &workflowservice.RecordActivityTaskHeartbeatByIdRequest{WorkflowId: "w"},
		workflowservice.WorkflowService_RespondActivityTaskCompleted_FullMethodName:       &workflowservice.RespondActivityTaskCompletedRequest{TaskToken: act},
		workflowservice.WorkflowService_RespondActivityTaskCompletedById_FullMethodName:   &workflowservice.RespondActivityTaskCompletedByIdRequest{WorkflowId: "w"},
		workflowservice.WorkflowService_RespondActivityTaskFailed_FullMethodName:          &workflowservice.RespondActivityTaskFailedRequest{TaskToken: act},
		workflowservice.WorkflowService_RespondActivityTaskFailedById_FullMethodName:      &workflowservice.RespondActivityTaskFailedByIdRequest{WorkflowId: "w"},
		workflowservice.WorkflowService_RespondActivityTaskCanceled_FullMethodName:        &workflowservice.RespondActivityTaskCanceledRequest{TaskToken: act},
		workflowservice.WorkflowService_RespondActivityTaskCanceledById_FullMethodName:    &workflowservice.RespondActivityTaskCanceledByIdRequest{WorkflowId: "w"},
		workflowservice.WorkflowService_PauseActivity_FullMethodName:                      &workflowservice.PauseActivityRequest{Execution: of},
		workflowservice.WorkflowService_UnpauseActivity_FullMethodName:                    &workflowservice.UnpauseActivityRequest{Execution: of},
		workflowservice.WorkflowService_ResetActivity_FullMethodName:                      &workflowservice.ResetActivityRequest{Execution: of},
		workflowservice.WorkflowService_UpdateActivityOptions_FullMethodName:              &workflowservice.UpdateActivityOptionsRequest{Execution: of},
	}
	for _, m := range slices.Sorted(maps.Keys(routes)) {
		r := routes[m]
		if r.workflow == nil {
			continue
		}
		req, ok := good[m]
		if !ok {
			t.Errorf("%s has no request in this test", m)
			continue
		}
		if key, ok := r.workflow(ns, req); !ok || key != ns.workflow("w") {
			t.Errorf("%s: %v, %v", m, key, ok)
		}
		for _, bad := range []any{
			&workflowservice.StartWorkflowExecutionRequest{}, &workflowservice.SignalWorkflowExecutionRequest{}, &workflowservice.QueryWorkflowRequest{},
			&workflowservice.RecordActivityTaskHeartbeatRequest{TaskToken: []byte("no token")}, &workflowservice.RecordActivityTaskHeartbeatRequest{TaskToken: foreign},
			&workflowservice.GetSystemInfoRequest{},
		} {
			if key, ok := r.workflow(ns, bad); ok {
				t.Errorf("%s finds %v in %T", m, key, bad)
			}
		}
	}
}
