package history

import (
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Memo is the run's memo; nil when it has none. It must not be modified.
func (r *Run) Memo() *commonpb.Memo { return r.memo.msg }

// SearchAttributes are the run's search attributes; nil when it has none. They must not be modified.
func (r *Run) SearchAttributes() *commonpb.SearchAttributes { return r.search.msg }

// Expires is when the run or execution timeout strikes. Zero: never.
func (r *Run) Expires() time.Time { return r.Header.expires().time() }

// Info is what clients see of the run as a whole. The history's length counts the events that Pending shows to everyone.
func (r *Run) Info() *workflowpb.WorkflowExecutionInfo {
	h := &r.Header
	self := &commonpb.WorkflowExecution{WorkflowId: r.Key.WorkflowID, RunId: r.Key.RunID.String()}
	info := &workflowpb.WorkflowExecutionInfo{
		Execution:                    self,
		Type:                         &commonpb.WorkflowType{Name: h.Type},
		StartTime:                    timestamppb.New(h.StartTime),
		ExecutionTime:                timestamppb.New(h.ExecutionTime),
		Status:                       h.Status,
		HistoryLength:                h.NextEventID - 1,
		HistorySizeBytes:             h.HistoryBytes,
		StateTransitionCount:         h.Transitions,
		Memo:                         r.memo.msg,
		SearchAttributes:             r.search.msg,
		TaskQueue:                    h.TaskQueue,
		MostRecentWorkerVersionStamp: h.WorkerStamp.msg,
		RootExecution:                self,
		AutoResetPoints:              r.resetPointInfos(),
		FirstRunId:                   r.First().String(),
		Priority:                     h.Priority.msg,
	}
	if p := h.Parent; p != nil {
		info.ParentNamespaceId, info.ParentExecution = p.Namespace.String(), execution(p.WorkflowID, p.RunID)
		info.RootExecution = execution(p.RootID, p.Root)
	}
	if events, transient := r.Pending(); !transient {
		info.HistoryLength += int64(len(events))
	}
	if !h.running() {
		info.CloseTime = timestamppb.New(h.CloseTime)
		info.ExecutionDuration = durationpb.New(h.CloseTime.Sub(h.ExecutionTime))
	}
	return info
}

// Config is the run's configuration as clients see it.
func (r *Run) Config() *workflowpb.WorkflowExecutionConfig {
	h := &r.Header
	return &workflowpb.WorkflowExecutionConfig{
		TaskQueue:                  normalQueue(h.TaskQueue),
		WorkflowExecutionTimeout:   durationpb.New(h.ExecutionTimeout),
		WorkflowRunTimeout:         durationpb.New(h.RunTimeout),
		DefaultWorkflowTaskTimeout: durationpb.New(h.TaskTimeout),
		UserMetadata:               r.metadata.msg,
	}
}

// Extended is what clients see of the run's limits and requests.
func (r *Run) Extended() *workflowpb.WorkflowExecutionExtendedInfo {
	h := &r.Header
	return &workflowpb.WorkflowExecutionExtendedInfo{
		ExecutionExpirationTime: timestamp(h.executionExpires()),
		RunExpirationTime:       timestamp(h.expires()),
		CancelRequested:         r.cancelRequested(),
		OriginalStartTime:       timestamppb.New(h.originalStart()),
		LastResetTime:           timestamp(h.ResetTime),
		ResetRunId:              h.ResetRun.String(),
		RequestIdInfos: map[string]*workflowpb.RequestIdInfo{
			h.StartRequestID: {EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, EventId: 1},
		},
	}
}

// originalStart is when the run's first event was written, by this run or by the one that it was reset from.
func (h *Header) originalStart() time.Time {
	if h.OriginalStart != 0 {
		return h.OriginalStart.time()
	}
	return h.StartTime
}

// PendingWorkflowTask describes the pending workflow task; nil when there is none, or only a speculative one.
func (r *Run) PendingWorkflowTask() *workflowpb.PendingWorkflowTaskInfo {
	t := r.Header.Task
	if t == nil || t.Speculative {
		return nil
	}
	state := enumspb.PENDING_WORKFLOW_TASK_STATE_SCHEDULED
	if t.started() {
		state = enumspb.PENDING_WORKFLOW_TASK_STATE_STARTED
	}
	return &workflowpb.PendingWorkflowTaskInfo{
		State:                 state,
		ScheduledTime:         timestamp(t.ScheduledTime),
		OriginalScheduledTime: timestamp(t.Original),
		StartedTime:           timestamp(t.StartedTime),
		Attempt:               t.Attempt,
	}
}

// execution names a run in the protocol's form.
func execution(workflowID string, run orchestration.RunID) *commonpb.WorkflowExecution {
	return &commonpb.WorkflowExecution{WorkflowId: workflowID, RunId: run.String()}
}

// timestamp is the moment in the protocol's form; nil when unset.
func timestamp(i instant) *timestamppb.Timestamp {
	if i == 0 {
		return nil
	}
	return timestamppb.New(i.time())
}
