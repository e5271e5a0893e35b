package edge

import (
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/tenants/quota"
)

// costs says of every method of the ofNamespace domain how it counts for the quota of its namespace. Every call is one request, a long poll too. What is
// refused first is what nobody has begun yet, and looking around; last is what workers need to bring running work to its end.
var costs = map[string]quota.Call{
	workflowservice.WorkflowService_StartWorkflowExecution_FullMethodName:           {Class: quota.Early, Start: true},
	workflowservice.WorkflowService_SignalWithStartWorkflowExecution_FullMethodName: {Class: quota.Early, Start: true},
	workflowservice.WorkflowService_ExecuteMultiOperation_FullMethodName:            {Class: quota.Early, Start: true},

	workflowservice.WorkflowService_ListWorkflowExecutions_FullMethodName:         {Class: quota.Early},
	workflowservice.WorkflowService_CountWorkflowExecutions_FullMethodName:        {Class: quota.Early},
	workflowservice.WorkflowService_ScanWorkflowExecutions_FullMethodName:         {Class: quota.Early},
	workflowservice.WorkflowService_ListOpenWorkflowExecutions_FullMethodName:     {Class: quota.Early},
	workflowservice.WorkflowService_ListClosedWorkflowExecutions_FullMethodName:   {Class: quota.Early},
	workflowservice.WorkflowService_ListArchivedWorkflowExecutions_FullMethodName: {Class: quota.Early},
	workflowservice.WorkflowService_StartBatchOperation_FullMethodName:            {Class: quota.Early},
	workflowservice.WorkflowService_ListBatchOperations_FullMethodName:            {Class: quota.Early},
	workflowservice.WorkflowService_ListWorkers_FullMethodName:                    {Class: quota.Early},
	workflowservice.WorkflowService_CountWorkers_FullMethodName:                   {Class: quota.Early},

	workflowservice.WorkflowService_SignalWorkflowExecution_FullMethodName:            {Class: quota.Middle},
	workflowservice.WorkflowService_RequestCancelWorkflowExecution_FullMethodName:     {Class: quota.Middle},
	workflowservice.WorkflowService_ResetWorkflowExecution_FullMethodName:             {Class: quota.Middle},
	workflowservice.WorkflowService_TerminateWorkflowExecution_FullMethodName:         {Class: quota.Middle},
	workflowservice.WorkflowService_QueryWorkflow_FullMethodName:                      {Class: quota.Middle},
	workflowservice.WorkflowService_DeleteWorkflowExecution_FullMethodName:            {Class: quota.Middle},
	workflowservice.WorkflowService_UpdateWorkflowExecution_FullMethodName:            {Class: quota.Middle},
	workflowservice.WorkflowService_PollWorkflowExecutionUpdate_FullMethodName:        {Class: quota.Middle},
	workflowservice.WorkflowService_GetWorkflowExecutionHistoryReverse_FullMethodName: {Class: quota.Middle},
	workflowservice.WorkflowService_DescribeWorkflowExecution_FullMethodName:          {Class: quota.Middle},
	operatorservice.OperatorService_AddSearchAttributes_FullMethodName:                {Class: quota.Middle},
	operatorservice.OperatorService_RemoveSearchAttributes_FullMethodName:             {Class: quota.Middle},
	operatorservice.OperatorService_ListSearchAttributes_FullMethodName:               {Class: quota.Middle},
	workflowservice.WorkflowService_StopBatchOperation_FullMethodName:                 {Class: quota.Middle},
	workflowservice.WorkflowService_DescribeBatchOperation_FullMethodName:             {Class: quota.Middle},
	workflowservice.WorkflowService_DescribeWorker_FullMethodName:                     {Class: quota.Middle},
	workflowservice.WorkflowService_DescribeTaskQueue_FullMethodName:                  {Class: quota.Middle},
	workflowservice.WorkflowService_PauseActivity_FullMethodName:                      {Class: quota.Middle},
	workflowservice.WorkflowService_UnpauseActivity_FullMethodName:                    {Class: quota.Middle},
	workflowservice.WorkflowService_ResetActivity_FullMethodName:                      {Class: quota.Middle},
	workflowservice.WorkflowService_UpdateTaskQueueConfig_FullMethodName:              {Class: quota.Middle},
	workflowservice.WorkflowService_ListTaskQueuePartitions_FullMethodName:            {Class: quota.Middle},
	workflowservice.WorkflowService_UpdateActivityOptions_FullMethodName:              {Class: quota.Middle},

	workflowservice.WorkflowService_GetWorkflowExecutionHistory_FullMethodName:      {Class: quota.Late},
	workflowservice.WorkflowService_RespondWorkflowTaskCompleted_FullMethodName:     {Class: quota.Late},
	workflowservice.WorkflowService_RespondWorkflowTaskFailed_FullMethodName:        {Class: quota.Late},
	workflowservice.WorkflowService_RespondQueryTaskCompleted_FullMethodName:        {Class: quota.Late},
	workflowservice.WorkflowService_ResetStickyTaskQueue_FullMethodName:             {Class: quota.Late},
	workflowservice.WorkflowService_ShutdownWorker_FullMethodName:                   {Class: quota.Late},
	workflowservice.WorkflowService_RecordWorkerHeartbeat_FullMethodName:            {Class: quota.Late},
	workflowservice.WorkflowService_RecordActivityTaskHeartbeat_FullMethodName:      {Class: quota.Late},
	workflowservice.WorkflowService_RecordActivityTaskHeartbeatById_FullMethodName:  {Class: quota.Late},
	workflowservice.WorkflowService_RespondActivityTaskCompleted_FullMethodName:     {Class: quota.Late},
	workflowservice.WorkflowService_RespondActivityTaskCompletedById_FullMethodName: {Class: quota.Late},
	workflowservice.WorkflowService_RespondActivityTaskFailed_FullMethodName:        {Class: quota.Late},
	workflowservice.WorkflowService_RespondActivityTaskFailedById_FullMethodName:    {Class: quota.Late},
	workflowservice.WorkflowService_RespondActivityTaskCanceled_FullMethodName:      {Class: quota.Late},
	workflowservice.WorkflowService_RespondActivityTaskCanceledById_FullMethodName:  {Class: quota.Late},

	workflowservice.WorkflowService_PollWorkflowTaskQueue_FullMethodName: {Class: quota.Late, Poll: true},
	workflowservice.WorkflowService_PollActivityTaskQueue_FullMethodName: {Class: quota.Late, Poll: true},
}
