package edge

import (
	"context"

	activitypb "go.temporal.io/api/activity/v1"
	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	workerpb "go.temporal.io/api/worker/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// Engine is what the edge asks of the engine; *engine.Engine is one. Errors are *orchestration.Error or the context's.
type Engine interface {
	Workflows
	Workers
	Activities
	Operations
	Reads
}

// Workflows are the verbs of those who start and steer runs.
type Workflows interface {
	Start(context.Context, engine.StartRequest) (engine.StartReply, error)
	Signal(context.Context, orchestration.RunKey, history.Signal) error
	SignalWithStart(context.Context, engine.StartRequest, history.Signal) (engine.StartReply, error)
	RequestCancel(ctx context.Context, run orchestration.RunKey, first orchestration.RunID, c history.Cancel) error
	Terminate(ctx context.Context, run orchestration.RunKey, first orchestration.RunID, t history.Terminate) error
	Reset(context.Context, engine.ResetRequest) (orchestration.RunID, error)
	Delete(context.Context, orchestration.RunKey, history.Terminate) error
	Query(context.Context, engine.QueryRequest) (engine.QueryReply, error)
	UpdateWorkflow(context.Context, engine.UpdateRequest) (engine.UpdateReply, error)
	PollUpdate(context.Context, engine.UpdatePoll) (engine.UpdateReply, error)
	UpdateWithStart(context.Context, engine.StartRequest, engine.UpdateRequest) (engine.StartReply, engine.UpdateReply, error)
	ResetSticky(context.Context, orchestration.RunKey) error
}

// Workers are the verbs of processes that run workflow code. The polls answer nil when nothing came.
type Workers interface {
	PollWorkflowTask(context.Context, engine.Poll) (*engine.WorkflowTask, error)
	PollActivityTask(context.Context, engine.Poll) (*engine.ActivityTask, error)
	CompleteWorkflowTask(context.Context, engine.WorkflowTaskAnswer) (engine.WorkflowTaskAccepted, error)
	FailWorkflowTask(context.Context, orchestration.TaskToken, history.FailWorkflowTask) error
	AnswerQuery(context.Context, engine.QueryAnswer) error
	WorkerGone(context.Context, engine.WorkerGone) error
	HeardOf(orchestration.NamespaceID, []*workerpb.WorkerHeartbeat)
	Worker(ctx context.Context, ns orchestration.NamespaceID, key string) (*workerpb.WorkerHeartbeat, error)
	Workers(context.Context, engine.WorkersRequest) (engine.WorkersPage, error)
	CountWorkers(context.Context, engine.WorkersRequest) (int64, error)
}

// Activities are the verbs that report on an activity.
type Activities interface {
	CompleteActivity(ctx context.Context, a engine.ActivityTarget, result *commonpb.Payloads) error
	FailActivity(ctx context.Context, a engine.ActivityTarget, f *failurepb.Failure, lastHeartbeat *commonpb.Payloads) error
	CancelActivity(ctx context.Context, a engine.ActivityTarget, details *commonpb.Payloads) error
	Heartbeat(ctx context.Context, a engine.ActivityTarget, details *commonpb.Payloads) (history.HeartbeatAnswer, error)
}

// Operations are the verbs of operators on pending activities and task queues.
type Operations interface {
	PauseActivities(context.Context, orchestration.RunKey, history.PauseActivities) error
	UnpauseActivities(context.Context, orchestration.RunKey, history.UnpauseActivities) error
	ResetActivities(context.Context, orchestration.RunKey, history.ResetActivities) error
	UpdateActivities(context.Context, orchestration.RunKey, history.UpdateActivities) (*activitypb.ActivityOptions, error)
	LimitQueue(context.Context, engine.QueueRequest, *engine.QueueLimit) (*taskqueuepb.TaskQueueConfig, error)
}

// Reads change nothing.
type Reads interface {
	History(context.Context, engine.HistoryRequest) (engine.HistoryPage, error)
	HistoryReverse(context.Context, engine.HistoryRequest) (engine.HistoryPage, error)
	Describe(context.Context, orchestration.RunKey) (*engine.Description, error)
	List(context.Context, engine.ListRequest) (engine.ListPage, error)
	CountGroups(context.Context, engine.ListRequest) (engine.RunCount, error)
	DescribeQueue(context.Context, engine.QueueRequest) (engine.QueueDescription, error)
}
