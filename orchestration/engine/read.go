package engine

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// HistoryRequest reads a run's events, oldest first.
type HistoryRequest struct {
	Run       orchestration.RunKey
	PageToken []byte // from a poll or an earlier page; it names run and event id, and is refused with another run
	PageSize  int    // events; 0: as many as fit 4 MiB
	Wait      bool   // long poll: wait for a new event; answers an empty page with a token after orchestration.LongPollHistory, or when the context ends
	CloseOnly bool   // only the closing event; with Wait it waits for the run to close
	SDK       bool   // the caller is an SDK: it may see the transient events of a workflow task in flight
}

// HistoryPage is a page of events. A token means: more, or (with Wait) not closed yet.
type HistoryPage struct {
	Events    []*historypb.HistoryEvent
	PageToken []byte
}

// Description is what DescribeWorkflowExecution shows.
type Description struct {
	Config       *workflowpb.WorkflowExecutionConfig
	Info         *workflowpb.WorkflowExecutionInfo
	Activities   []*workflowpb.PendingActivityInfo
	Children     []*workflowpb.PendingChildExecutionInfo
	WorkflowTask *workflowpb.PendingWorkflowTaskInfo
	Extended     *workflowpb.WorkflowExecutionExtendedInfo
}

// ListRequest selects runs of a namespace, newest first.
type ListRequest struct {
	Namespace orchestration.NamespaceID
	Query     string
	PageSize  int // 0: 1000, the most
	PageToken []byte
}

// RunCount is how many runs a query selects.
type RunCount struct {
	Count  int64      // of all groups, if it is grouped
	Groups []RunGroup // with GROUP BY: the largest first
}

// RunGroup are the runs that have one value of what a count is grouped by.
type RunGroup struct {
	Value string
	Count int64
}

// ListPage is a page of runs.
type ListPage struct {
	Executions []*workflowpb.WorkflowExecutionInfo
	PageToken  []byte
}

// QueueDescription is what DescribeTaskQueue shows of one queue and kind.
type QueueDescription struct {
	Pollers    []*taskqueuepb.PollerInfo
	Stats      *taskqueuepb.TaskQueueStats
	ByPriority map[int32]*taskqueuepb.TaskQueueStats // of priorities that are in use
	// Limit is the rate limit in force for all nodes, in tasks per second; nil: none. LimitSet tells that operators set it, and not workers.
	Limit    *float64
	LimitSet bool
	Config   *taskqueuepb.TaskQueueConfig // what operators set; nil: nothing
	// SyncRatio is the part, 0 to 1, of the tasks of the last 30 seconds that met a waiting poller the moment they were ready; nil: no task came.
	SyncRatio *float64
	// LastPoll is when the last poll came or ended; zero: none did since a node last had a reason to know the queue.
	LastPoll time.Time
}

// QueueRequest names a queue.
type QueueRequest struct {
	Namespace orchestration.NamespaceID
	Queue     string
	Kind      enumspb.TaskQueueType
}

// WorkerGone says that a worker process shuts down: polls of InstanceKey end empty, and StickyQueue has no poller from now on.
type WorkerGone struct {
	Namespace   orchestration.NamespaceID
	StickyQueue string
	InstanceKey string
	Identity    string
	TaskQueue   string
}

// ActivityTarget names an activity by token (Attempt set) or by id.
type ActivityTarget struct {
	Run              orchestration.RunKey
	ScheduledEventID orchestration.EventID
	Attempt          int32
	ActivityID       string
	Identity         string
}
