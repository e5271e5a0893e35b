package edge

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"
	querypb "go.temporal.io/api/query/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// PollWorkflowTaskQueue waits for a workflow task or a query. The answer is empty when nothing came.
func (s *workflowService) PollWorkflowTaskQueue(ctx context.Context, r *workflowservice.PollWorkflowTaskQueueRequest) (*workflowservice.PollWorkflowTaskQueueResponse, error) {
	var c checks
	p := poll(&c, namespaceOf(ctx), r)
	if c.err != nil {
		return nil, c.err
	}
	waiting, done, err := s.patience.poll(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	task, err := s.engine.PollWorkflowTask(waiting, p)
	if err != nil && !ranOut(ctx, err) {
		return nil, err
	}
	if task == nil {
		return &workflowservice.PollWorkflowTaskQueueResponse{}, nil
	}
	return workflowTask(task), nil
}

// RespondWorkflowTaskCompleted takes the commands that a worker's workflow code decided on, and what it says of updates.
func (s *workflowService) RespondWorkflowTaskCompleted(ctx context.Context, r *workflowservice.RespondWorkflowTaskCompletedRequest) (*workflowservice.RespondWorkflowTaskCompletedResponse, error) {
	ns := namespaceOf(ctx)
	answer, err := workflowTaskAnswer(ns, r)
	if err != nil {
		return nil, err
	}
	if answer.Answer.Namespaces, err = s.resolveNames(ctx, ns, r.GetCommands()); err != nil {
		return nil, err
	}
	accepted, err := s.engine.CompleteWorkflowTask(ctx, answer)
	if err != nil {
		return nil, err
	}
	resp := &workflowservice.RespondWorkflowTaskCompletedResponse{ResetHistoryEventId: accepted.ResetEventID}
	if accepted.New != nil {
		resp.WorkflowTask = workflowTask(accepted.New)
	}
	for _, a := range accepted.Activities {
		resp.ActivityTasks = append(resp.ActivityTasks, activityTask(ns, a))
	}
	return resp, nil
}

// RespondWorkflowTaskFailed takes a worker's report that it cannot process a workflow task.
func (s *workflowService) RespondWorkflowTaskFailed(ctx context.Context, r *workflowservice.RespondWorkflowTaskFailedRequest) (*workflowservice.RespondWorkflowTaskFailedResponse, error) {
	var c checks
	token := c.token(namespaceOf(ctx), r.GetTaskToken(), orchestration.WorkflowTask)
	c.id("Identity", r.GetIdentity())
	c.id("BinaryChecksum", r.GetBinaryChecksum())
	if c.err != nil {
		return nil, c.err
	}
	err := s.engine.FailWorkflowTask(ctx, token, history.FailWorkflowTask{
		WorkflowTaskRef: workflowTaskRef(token),
		Cause:           r.GetCause(),
		Failure:         boundedFailure(r.GetFailure()),
		Identity:        r.GetIdentity(),
		BinaryChecksum:  r.GetBinaryChecksum(),
		Stamp:           r.GetWorkerVersion(),
	})
	if err != nil {
		return nil, err
	}
	return &workflowservice.RespondWorkflowTaskFailedResponse{}, nil
}

// workflowTaskAnswer validates a completion. The commands themselves are the state machine's to judge: a bad one fails the workflow task, which
// is an event of the run.
func workflowTaskAnswer(ns namespace, r *workflowservice.RespondWorkflowTaskCompletedRequest) (engine.WorkflowTaskAnswer, error) {
	var c checks
	token := c.token(ns, r.GetTaskToken(), orchestration.WorkflowTask)
	c.id("Identity", r.GetIdentity())
	c.id("BinaryChecksum", r.GetBinaryChecksum())
	sticky := r.GetStickyAttributes()
	if sticky.GetWorkerTaskQueue().GetName() == "" {
		sticky = nil
	} else {
		c.queue("StickyAttributes.WorkerTaskQueue", sticky.GetWorkerTaskQueue())
		c.duration("StickyAttributes.ScheduleToStartTimeout", sticky.GetScheduleToStartTimeout())
	}
	c.unversioned(r.GetDeploymentOptions().GetWorkerVersioningMode(), r.GetWorkerVersionStamp().GetUseVersioning())
	if c.err != nil {
		return engine.WorkflowTaskAnswer{}, c.err
	}
	if r.GetIntermediatePage() || r.GetPageNumber() > 0 {
		return engine.WorkflowTaskAnswer{}, notBuilt("A completion in several pages")
	}
	return engine.WorkflowTaskAnswer{
		Token: token,
		Answer: history.CompleteWorkflowTask{
			WorkflowTaskRef: workflowTaskRef(token),
			Commands:        r.GetCommands(),
			Messages:        r.GetMessages(),
			RewindsEvents:   r.GetCapabilities().GetDiscardSpeculativeWorkflowTaskWithEvents(),
			Identity:        r.GetIdentity(),
			Sticky:          sticky,
			ForceCreate:     r.GetForceCreateNewWorkflowTask(),
			SDKMetadata:     r.GetSdkMetadata(),
			Metering:        r.GetMeteringMetadata(),
			Stamp:           r.GetWorkerVersionStamp(),
			BinaryChecksum:  r.GetBinaryChecksum(),
		},
		Queries:   boundedQueryResults(r.GetQueryResults()),
		ReturnNew: r.GetReturnNewWorkflowTask(),
	}, nil
}

func workflowTaskRef(t orchestration.TaskToken) history.WorkflowTaskRef {
	return history.WorkflowTaskRef{ScheduledEventID: t.ScheduledEventID, StartedEventID: t.StartedEventID, Attempt: t.Attempt, Nonce: t.Nonce}
}

// boundedQueryResults makes an answer over the payload limit a failed one: the query's caller learns why, and the completion stands.
func boundedQueryResults(results map[string]*querypb.WorkflowQueryResult) map[string]*querypb.WorkflowQueryResult {
	for id, q := range results {
		if proto.Size(q.GetAnswer()) > orchestration.MaxPayloadSize {
			results[id] = &querypb.WorkflowQueryResult{ResultType: enumspb.QUERY_RESULT_TYPE_FAILED, ErrorMessage: queryResultTooLarge}
		}
	}
	return results
}

// workflowTask is the protocol's form of a task.
func workflowTask(t *engine.WorkflowTask) *workflowservice.PollWorkflowTaskQueueResponse {
	return &workflowservice.PollWorkflowTaskQueueResponse{
		TaskToken:                  t.Token,
		WorkflowExecution:          execution(t.Run),
		WorkflowType:               workflowType(t.Type),
		PreviousStartedEventId:     t.PreviousStarted,
		StartedEventId:             t.StartedEventID,
		Attempt:                    t.Attempt,
		BacklogCountHint:           t.BacklogHint,
		History:                    events(t.History),
		NextPageToken:              t.NextPageToken,
		Query:                      t.Query,
		Queries:                    t.Queries,
		Messages:                   t.Messages,
		WorkflowExecutionTaskQueue: &taskqueuepb.TaskQueue{Name: t.Queue, Kind: enumspb.TASK_QUEUE_KIND_NORMAL},
		ScheduledTime:              timestamp(t.ScheduledTime),
		StartedTime:                timestamp(t.StartedTime),
		PollerScalingDecision:      more(t.Behind),
	}
}
