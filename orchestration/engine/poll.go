package engine

import (
	"time"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	querypb "go.temporal.io/api/query/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// Poll is a worker's wait for one task. It ends with the context, or after orchestration.LongPoll, with nil and no error.
type Poll struct {
	Namespace   orchestration.NamespaceID
	Queue       string
	Sticky      bool   // Queue is a worker's own sticky queue
	NormalQueue string // with Sticky
	Identity    string
	InstanceKey string // worker_instance_key: ShutdownWorker ends the polls of one process
	Stamp       *commonpb.WorkerVersionStamp
	// MaxTasksPerSecond is the worker's wish for its queue (activities); 0: none.
	MaxTasksPerSecond float64
}

// WorkflowTask is what a worker's workflow poll gets: a started task, or a query alone (Query set).
type WorkflowTask struct {
	history.StartedWorkflowTask
	Token         []byte
	Run           orchestration.RunKey
	Type          string
	Queue         string // the normal queue
	History       []*historypb.HistoryEvent
	NextPageToken []byte                            // more history: for History
	Queries       map[string]*querypb.WorkflowQuery // to be answered with the completion
	Query         *querypb.WorkflowQuery            // a query alone
	BacklogHint   int64
}

// ActivityTask is what a worker's activity poll gets.
type ActivityTask struct {
	history.StartedActivity
	Token        []byte
	Run          orchestration.RunKey
	WorkflowType string
	Type         string
	Header       *commonpb.Header
	Input        *commonpb.Payloads
	ServedAt     time.Time
}
