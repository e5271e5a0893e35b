package edge

import (
	"context"
	"time"

	"github.com/google/uuid"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// StartWorkflowExecution begins a run. With a wish for eager execution the answer has the run's first workflow task, unless that has to wait.
func (s *workflowService) StartWorkflowExecution(ctx context.Context, r *workflowservice.StartWorkflowExecutionRequest) (*workflowservice.StartWorkflowExecutionResponse, error) {
	req, err := startRequest(namespaceOf(ctx), r)
	if err != nil {
		return nil, err
	}
	req.Run.By = stampOf(ctx)
	reply, err := s.engine.Start(ctx, req)
	if err != nil {
		return nil, err
	}
	return startResponse(reply), nil
}

func startResponse(reply engine.StartReply) *workflowservice.StartWorkflowExecutionResponse {
	resp := &workflowservice.StartWorkflowExecutionResponse{
		RunId: reply.RunID.String(), FirstExecutionRunId: reply.First.String(), Started: reply.Started, Status: reply.Status,
	}
	if reply.Task != nil {
		resp.EagerWorkflowTask = workflowTask(reply.Task)
	}
	return resp
}

// startRequest validates r. What this release would have to ignore is refused.
func startRequest(ns namespace, r *workflowservice.StartWorkflowExecutionRequest) (engine.StartRequest, error) {
	var c checks
	run := startRun(&c, ns, r)
	reuse, conflict := policies(&c, r.GetWorkflowIdReusePolicy(), r.GetWorkflowIdConflictPolicy())
	onConflict := r.GetOnConflictOptions()
	if onConflict.GetAttachCompletionCallbacks() && !onConflict.GetAttachRequestId() {
		c.fail("OnConflictOptions.AttachCompletionCallbacks needs OnConflictOptions.AttachRequestId.")
	}
	if c.err != nil {
		return engine.StartRequest{}, c.err
	}
	if err := unbuiltStart(r); err != nil {
		return engine.StartRequest{}, err
	}
	return engine.StartRequest{Run: run, ReusePolicy: reuse, ConflictPolicy: conflict, OnConflict: onConflict, Eager: r.GetRequestEagerExecution()}, nil
}

func startRun(c *checks, ns namespace, r *workflowservice.StartWorkflowExecutionRequest) history.StartRun {
	c.required("WorkflowId", r.GetWorkflowId())
	c.required("WorkflowType", r.GetWorkflowType().GetName())
	queue := c.queue("TaskQueue", r.GetTaskQueue())
	c.id("RequestId", r.GetRequestId())
	c.id("Identity", r.GetIdentity())
	c.blob("Input", r.GetInput())
	c.blob("Header", r.GetHeader())
	c.memo(r.GetMemo())
	c.searchAttributes(r.GetSearchAttributes())
	c.retryPolicy(r.GetRetryPolicy())
	c.cron(r.GetCronSchedule(), r.GetWorkflowStartDelay())
	c.blob("ContinuedFailure", r.GetContinuedFailure())
	c.blob("LastCompletionResult", r.GetLastCompletionResult())
	c.metadata(r.GetUserMetadata())
	c.priority(r.GetPriority())
	c.links(r.GetLinks())
	run := history.StartRun{
		Key:              ns.workflow(r.GetWorkflowId()).Run(orchestration.RunID{}),
		Type:             r.GetWorkflowType().GetName(),
		TaskQueue:        queue,
		Input:            r.GetInput(),
		Header:           r.GetHeader(),
		Memo:             r.GetMemo(),
		SearchAttributes: r.GetSearchAttributes(),
		StartDelay:       c.duration("WorkflowStartDelay", r.GetWorkflowStartDelay()),
		RequestID:        r.GetRequestId(),
		Identity:         r.GetIdentity(),
		RetryPolicy:      r.GetRetryPolicy(),
		CronSchedule:     r.GetCronSchedule(),
		Chain:            history.Chain{Failure: r.GetContinuedFailure(), LastResult: r.GetLastCompletionResult()},
		Links:            r.GetLinks(),
		UserMetadata:     r.GetUserMetadata(),
		Priority:         r.GetPriority(),
	}
	if run.RequestID == "" {
		run.RequestID = uuid.NewString() // two starts without an id are two requests
	}
	run.ExecutionTimeout, run.RunTimeout, run.TaskTimeout = startTimeouts(c, r)
	return run
}

// startTimeouts reads the three timeouts, each capped by what contains it: a run by the execution, a workflow task by the run and by
// MaxTaskTimeout.
func startTimeouts(c *checks, r *workflowservice.StartWorkflowExecutionRequest) (execution, run, task time.Duration) {
	execution = c.duration("WorkflowExecutionTimeout", r.GetWorkflowExecutionTimeout())
	run = c.duration("WorkflowRunTimeout", r.GetWorkflowRunTimeout())
	task = c.duration("WorkflowTaskTimeout", r.GetWorkflowTaskTimeout())
	if execution > 0 && (run == 0 || run > execution) {
		run = execution
	}
	if task == 0 {
		task = orchestration.DefaultTaskTimeout
	}
	task = min(task, orchestration.MaxTaskTimeout)
	if run > 0 {
		task = min(task, run)
	}
	return execution, run, task
}

// policies reads what is to happen when the workflow id is taken. The deprecated reuse policy "terminate if running" is the conflict policy
// "terminate existing" under an older name.
func policies(c *checks, reuse enumspb.WorkflowIdReusePolicy, conflict enumspb.WorkflowIdConflictPolicy) (enumspb.WorkflowIdReusePolicy, enumspb.WorkflowIdConflictPolicy) {
	c.known("WorkflowIdReusePolicy", int32(reuse), enumspb.WorkflowIdReusePolicy_name)
	c.known("WorkflowIdConflictPolicy", int32(conflict), enumspb.WorkflowIdConflictPolicy_name)
	if reuse == enumspb.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING {
		if conflict != enumspb.WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED {
			c.fail("WorkflowIdReusePolicy TERMINATE_IF_RUNNING cannot be used with a WorkflowIdConflictPolicy.")
		}
		return enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE, enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING
	}
	if reuse == enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE && conflict == enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING {
		c.fail("WorkflowIdReusePolicy REJECT_DUPLICATE cannot be used with WorkflowIdConflictPolicy TERMINATE_EXISTING.")
	}
	if reuse == enumspb.WORKFLOW_ID_REUSE_POLICY_UNSPECIFIED {
		reuse = enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
	}
	if conflict == enumspb.WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED {
		conflict = enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL
	}
	return reuse, conflict
}

// unbuiltStart names the first wish of r that this release cannot grant.
func unbuiltStart(r *workflowservice.StartWorkflowExecutionRequest) error {
	switch {
	case len(r.GetCompletionCallbacks()) > 0:
		return notBuilt("CompletionCallbacks")
	case r.GetVersioningOverride() != nil:
		return notBuilt("VersioningOverride")
	case r.GetTimeSkippingConfig() != nil || r.GetTimeSkippingStatePropagation() != nil:
		return notBuilt("TimeSkippingConfig")
	}
	return nil
}
