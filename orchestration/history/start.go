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

// Start makes a new run: WorkflowExecutionStarted and, without start delay, the first WorkflowTaskScheduled. Both timeouts of the run
// count from the end of the start delay.
func Start(in StartRun, now time.Time) (*Run, Transition) {
	r := newRun(in.Key)
	s := r.begin(now)
	s.append(started(in, s.now))
	r.Header.StartRequestID = in.RequestID
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
		OriginalExecutionRunId:   in.Key.RunID.String(),
		FirstExecutionRunId:      in.Key.RunID.String(),
		Identity:                 in.Identity,
		RetryPolicy:              in.RetryPolicy,
		Attempt:                  1,
		FirstWorkflowTaskBackoff: durationpb.New(max(in.StartDelay, 0)),
		Memo:                     in.Memo,
		SearchAttributes:         in.SearchAttributes,
		Header:                   in.Header,
		WorkflowId:               in.Key.WorkflowID,
		Priority:                 in.Priority,
	}
	in.Parent.describe(attrs)
	if in.ExecutionTimeout > 0 {
		attrs.WorkflowExecutionExpirationTime = timestamppb.New(now.Add(max(in.StartDelay, 0)).Add(in.ExecutionTimeout))
	}
	return &historypb.HistoryEvent{
		EventType:    enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
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
