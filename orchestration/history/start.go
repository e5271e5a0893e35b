package history

import (
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Start makes a new run: WorkflowExecutionStarted, the signal that comes with it and, without start delay, the first WorkflowTaskScheduled.
// Both timeouts of the run count from the end of the start delay; the execution timeout of a later run of a chain counts from the first.
func Start(in StartRun, now time.Time) (*Run, Transition) {
	r := newRun(in.Key)
	s := r.begin(now)
	if in.CronSchedule != "" && in.Chain.Continued.IsZero() {
		in.StartDelay, _ = cronPause(in.CronSchedule, s.now, s.now)
	}
	s.append(started(in, s.now))
	r.Header.StartRequestID = in.RequestID
	r.Header.inherit(in.Trace)
	if len(in.Chain.SignalIDs) > 0 {
		r.carried = in.Chain.SignalIDs
		r.files.touch(carriedItem, "")
	}
	if in.Signal != nil {
		s.append(signaled(*in.Signal))
	}
	s.out.Visibility = true
	s.wantTask = in.StartDelay <= 0
	return r, s.finish()
}

// started is the first event of a run.
func started(in StartRun, now time.Time) *historypb.HistoryEvent {
	attrs := &historypb.WorkflowExecutionStartedEventAttributes{
		WorkflowType:             &commonpb.WorkflowType{Name: in.Type},
		TaskQueue:                normalQueue(in.TaskQueue),
		Input:                    in.Input,
		WorkflowExecutionTimeout: durationpb.New(in.ExecutionTimeout),
		WorkflowRunTimeout:       durationpb.New(in.runTimeout()),
		WorkflowTaskTimeout:      durationpb.New(in.taskTimeout()),
		ContinuedExecutionRunId:  in.Chain.Continued.String(),
		Initiator:                in.Chain.Initiator,
		ContinuedFailure:         in.Chain.Failure,
		LastCompletionResult:     in.Chain.LastResult,
		PrevAutoResetPoints:      in.Chain.Points,
		OriginalExecutionRunId:   in.Key.RunID.String(),
		FirstExecutionRunId:      in.Key.RunID.String(),
		Identity:                 in.Identity,
		Attempt:                  max(in.Chain.Attempt, 1),
		CronSchedule:             in.CronSchedule,
		FirstWorkflowTaskBackoff: durationpb.New(max(in.StartDelay, 0)),
		Memo:                     in.Memo,
		SearchAttributes:         in.SearchAttributes,
		Header:                   in.Header,
		WorkflowId:               in.Key.WorkflowID,
		Priority:                 in.Priority,
	}
	in.Parent.describe(attrs)
	if in.RetryPolicy != nil {
		attrs.RetryPolicy = completeRetryPolicy(in.RetryPolicy)
	}
	if !in.Chain.First.IsZero() {
		attrs.FirstExecutionRunId = in.Chain.First.String()
	}
	switch {
	case !in.Chain.Expires.IsZero():
		attrs.WorkflowExecutionExpirationTime = timestamppb.New(in.Chain.Expires)
	case in.ExecutionTimeout > 0:
		attrs.WorkflowExecutionExpirationTime = timestamppb.New(now.Add(max(in.StartDelay, 0)).Add(in.ExecutionTimeout))
	}
	return &historypb.HistoryEvent{
		EventType:    enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
		Principal:    in.By,
		UserMetadata: in.UserMetadata,
		Links:        in.Links,
		Attributes:   &historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes{WorkflowExecutionStartedEventAttributes: attrs},
	}
}

// runTimeout is the effective run timeout: never longer than the execution timeout, which it defaults to.
func (in StartRun) runTimeout() time.Duration {
	if in.ExecutionTimeout > 0 && (in.RunTimeout <= 0 || in.RunTimeout > in.ExecutionTimeout) {
		return in.ExecutionTimeout
	}
	return in.RunTimeout
}

// taskTimeout is the effective workflow task timeout: at most the run timeout and orchestration.MaxTaskTimeout.
func (in StartRun) taskTimeout() time.Duration {
	d := in.TaskTimeout
	if d <= 0 {
		d = orchestration.DefaultTaskTimeout
	}
	if run := in.runTimeout(); run > 0 {
		d = min(d, run)
	}
	return min(d, orchestration.MaxTaskTimeout)
}

// normalQueue is a task queue as events name it.
func normalQueue(name string) *taskqueuepb.TaskQueue {
	return &taskqueuepb.TaskQueue{Name: name, Kind: enumspb.TASK_QUEUE_KIND_NORMAL}
}
