package history

import (
	"time"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	protocolpb "go.temporal.io/api/protocol/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
)

// StartRun is everything that a run begins with. It is validated before it comes here.
type StartRun struct {
	By               *commonpb.Principal // who the server knows asked for it; nil: nobody it has verified
	Key              orchestration.RunKey
	Type             string
	TaskQueue        string
	Input            *commonpb.Payloads
	Header           *commonpb.Header
	Memo             *commonpb.Memo
	SearchAttributes *commonpb.SearchAttributes
	ExecutionTimeout time.Duration // 0: none
	RunTimeout       time.Duration // 0: none; at most ExecutionTimeout when that is set
	TaskTimeout      time.Duration // 0: orchestration.DefaultTaskTimeout
	StartDelay       time.Duration // before the first workflow task; with a Chain a back-off, which signals do not end
	RequestID        string
	Identity         string
	RetryPolicy      *commonpb.RetryPolicy
	Links            []*commonpb.Link
	UserMetadata     *sdkpb.UserMetadata
	Priority         *commonpb.Priority
	Parent           *Parent // nil: the run is no child
	CronSchedule     string  // see ParseCron. The first run of a chain waits for the schedule's next moment; StartDelay must be 0
	Signal           *Signal // recorded with the start; it does not end StartDelay
	Chain            Chain
	Trace            orchestration.TraceContext // handed on by the run before it, or by its parent; zero: none
}

// Signal is an external signal.
type Signal struct {
	By        *commonpb.Principal // who the server knows asked for it; nil: nobody it has verified
	Name      string
	Input     *commonpb.Payloads
	Header    *commonpb.Header
	Identity  string
	RequestID string // "" is not deduplicated
	Links     []*commonpb.Link
	Source    *commonpb.WorkflowExecution // the run that sent it; nil: a client
}

// Cancel is an external request to cancel the run.
type Cancel struct {
	By        *commonpb.Principal // who the server knows asked for it; nil: nobody it has verified
	Reason    string
	Identity  string
	RequestID string
	Links     []*commonpb.Link
	Source    *commonpb.WorkflowExecution // the run that asks for it; nil: a client
	Initiated orchestration.EventID       // in the source
}

// Heirs are the children of a run that a reset begins, as it takes them over: their first runs, by Initiated.
type Heirs map[orchestration.EventID]orchestration.RunID

// Terminate ends the run at once.
type Terminate struct {
	By       *commonpb.Principal // who the server knows asked for it; nil: nobody it has verified
	Reset    bool                // another run takes this one's place: its parent is not told
	Keeps    Heirs               // with Reset: the children that are that run's, too, stay
	Reason   string
	Details  *commonpb.Payloads
	Identity string
	Links    []*commonpb.Link
}

// WorkflowTaskRef is the token's claim about a workflow task.
type WorkflowTaskRef struct {
	ScheduledEventID orchestration.EventID
	StartedEventID   orchestration.EventID
	Attempt          int32
	Nonce            int64 // see WorkflowTask
}

// CompleteWorkflowTask is a worker's answer: the commands that the workflow code decided on.
type CompleteWorkflowTask struct {
	WorkflowTaskRef
	Commands       []*commandpb.Command
	Messages       []*protocolpb.Message // what the code says of updates
	RewindsEvents  bool                  // the worker can be shown events again, after a task that left no trace
	Identity       string
	Sticky         *taskqueuepb.StickyExecutionAttributes // nil: the worker does not keep the run
	ForceCreate    bool                                   // schedule a new workflow task in any case
	SDKMetadata    *sdkpb.WorkflowTaskCompletedMetadata
	Metering       *commonpb.MeteringMetadata
	Stamp          *commonpb.WorkerVersionStamp
	BinaryChecksum string
	Namespaces     Namespaces
	Attributes     search.Attributes     // the search attributes that the namespace has defined; commands can set no others
	ChildRuns      []orchestration.RunID // for the children that the commands start, in order; at least as many
	NextRunID      orchestration.RunID   // of the run that follows, should the commands close this one so that another does
}

// FailWorkflowTask is a worker's report that it cannot process the task.
type FailWorkflowTask struct {
	WorkflowTaskRef
	Cause          enumspb.WorkflowTaskFailedCause
	Failure        *failurepb.Failure
	Identity       string
	BinaryChecksum string
	Stamp          *commonpb.WorkerVersionStamp
}

// ActivityRef names a pending activity: by ScheduledEventID and Attempt (from a token) or by ActivityID.
type ActivityRef struct {
	ScheduledEventID orchestration.EventID
	Attempt          int32
	ActivityID       string
}
