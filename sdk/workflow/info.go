package workflow

import (
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/sdk"
)

// Info describes a workflow run.
type Info struct {
	Namespace, WorkflowID, RunID string
	// WorkflowType is the name under which the workflow was started.
	WorkflowType string
	// TaskQueue is the workflow's task queue, the default of its activities.
	TaskQueue string
	// Attempt counts from 1; a workflow with a retry policy has more than one.
	Attempt int32
	// FirstRunID is the first run of the chain of retries, cron and continue-as-new. ContinuedRunID is the one before this, empty
	// for the first.
	FirstRunID, ContinuedRunID string
	// StartTime is when the run was started; its code may have run first much later.
	StartTime time.Time
	// ExecutionTimeout, RunTimeout and TaskTimeout bound the chain, the run, and one workflow task. Zero: unlimited.
	ExecutionTimeout, RunTimeout, TaskTimeout time.Duration
	// CronSchedule is empty for a workflow that is not started again and again.
	CronSchedule string
	// RetryPolicy is nil for a workflow that is not retried.
	RetryPolicy *sdk.RetryPolicy
	// Parent is the workflow that started this one as its child, nil if there is none.
	Parent *Execution
	// HistoryLength is the number of events, and HistorySize their size in bytes, up to the current workflow task. They grow; the
	// server ends runs at a limit.
	HistoryLength, HistorySize int64
	// ContinueAsNewSuggested: the server advises to continue as new soon, for these reasons if it tells them.
	ContinueAsNewSuggested bool
	ContinueAsNewReasons   []enumspb.SuggestContinueAsNewReason
	// Root is the workflow at the top of the tree of children that this one is in, nil if the server does not tell.
	Root *Execution
}

// Execution names a workflow. An empty Namespace is that of the workflow that uses it, an empty RunID the latest run.
type Execution struct {
	Namespace, WorkflowID, RunID string
}

// GetInfo returns what is known about the run at the current workflow task.
func GetInfo(ctx Context) Info {
	run := runOf(ctx)
	start := run.Start
	info := Info{
		Namespace:              run.Namespace(),
		WorkflowID:             run.Execution().GetWorkflowId(),
		RunID:                  run.Execution().GetRunId(),
		WorkflowType:           start.GetWorkflowType().GetName(),
		TaskQueue:              run.TaskQueue(),
		Attempt:                max(start.GetAttempt(), 1),
		FirstRunID:             start.GetFirstExecutionRunId(),
		ContinuedRunID:         start.GetContinuedExecutionRunId(),
		StartTime:              run.StartTime,
		ExecutionTimeout:       start.GetWorkflowExecutionTimeout().AsDuration(),
		RunTimeout:             start.GetWorkflowRunTimeout().AsDuration(),
		TaskTimeout:            start.GetWorkflowTaskTimeout().AsDuration(),
		CronSchedule:           start.GetCronSchedule(),
		RetryPolicy:            sdk.RetryPolicyFromProto(start.GetRetryPolicy()),
		HistoryLength:          run.StartedID,
		HistorySize:            run.HistorySize,
		ContinueAsNewSuggested: run.ContinueAsNewSuggested,
		ContinueAsNewReasons:   run.ContinueAsNewReasons,
	}
	if parent := start.GetParentWorkflowExecution(); parent.GetWorkflowId() != "" {
		info.Parent = &Execution{
			Namespace: start.GetParentWorkflowNamespace(), WorkflowID: parent.GetWorkflowId(), RunID: parent.GetRunId(),
		}
	}
	if root := start.GetRootWorkflowExecution(); root.GetWorkflowId() != "" {
		info.Root = &Execution{WorkflowID: root.GetWorkflowId(), RunID: root.GetRunId()}
	}
	return info
}

// IsReplaying reports whether the code runs again for a part of the history that exists. It is for logging and the like: what the
// workflow does must not depend on it.
func IsReplaying(ctx Context) bool { return runOf(ctx).Replaying }

// Logger returns a logger that names the workflow and is silent in replay.
func Logger(ctx Context) *slog.Logger { return runOf(ctx).Logger() }

// Random returns a source of random numbers that gives the same in every replay. All sources of a run share one stream. It is not
// for secrets: the run id determines it.
func Random(ctx Context) *rand.Rand { return rand.New(runOf(ctx).Random()) }

// NewUUID returns a random UUID, the same in every replay.
func NewUUID(ctx Context) string {
	id, err := uuid.NewRandomFromReader(runOf(ctx).Random())
	if err != nil { // ChaCha8 never runs out.
		panic(err)
	}
	return id.String()
}
