package machine

import (
	"log/slog"
	"math/rand/v2"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/sdk/converter"
	"github.com/tenuto-io/tenuto/sdk/internal/coroutine"
)

// ContextKey is the key under which a workflow context holds its *Run.
type ContextKey struct{}

// InterceptorsKey is the key under which a workflow context holds the interceptors of its worker, a []workflow.Interceptor.
type InterceptorsKey struct{}

// Config is what a run needs from outside. All fields are required except DeadlockTimeout.
type Config struct {
	Namespace string
	Execution *commonpb.WorkflowExecution
	// TaskQueue is the worker's queue, used until the history names the workflow's own.
	TaskQueue string
	Data      converter.DataConverter
	Failures  converter.FailureConverter
	Logger    *slog.Logger
	// DeadlockTimeout bounds one turn of workflow code. Zero or less: no limit.
	DeadlockTimeout time.Duration
	// Main is the workflow function. It runs as the first coroutine.
	Main func(*Run, *commonpb.Payloads) (*commonpb.Payloads, error)
}

// Run is one workflow run. Between two calls it is at rest; it must not be used by two goroutines at once.
type Run struct {
	config    Config
	scheduler *coroutine.Scheduler
	logger    *slog.Logger
	random    *rand.ChaCha8
	// seededBy is the run id that seeded random: that of the run, or, after a reset, the one that the reset gave.
	seededBy string

	// Progress is what the history says about the current workflow task.
	Progress
	// Start is the attributes of the first event; nil before it was applied.
	Start *historypb.WorkflowExecutionStartedEventAttributes
	// StartTime is the first event's time.
	StartTime time.Time

	// commands were asked for in this task; the next one's event will have the id eventID, or the first after it that is not taken.
	commands []*command
	eventID  int64
	// unmatched were sent, or are due in replay, and wait for their events. Invariant: empty while workflow code runs.
	unmatched []*command

	activities map[int64]*Activity
	timers     map[string]*Timer
	children   children
	// external are the requests to other workflows that wait for an answer, by the ids of their events.
	external    map[int64]func(error)
	signals     map[string]*signal
	queries     map[string]QueryHandler
	updates     updates
	sideEffects sideEffects
	mutables    mutables
	// versions are those of the changes that the run knows.
	versions map[string]int
	flags    flags
	locals   map[any]any
	memo     map[string]*commonpb.Payload
	// searchAttributes are as they are now.
	searchAttributes map[string]*commonpb.Payload

	// answers are, in replay, the events that the task's commands made, and taken those that no command of the replay makes.
	// localMarkers are those of local activities.
	answers      []*historypb.HistoryEvent
	taken        map[int64]bool
	localMarkers []*historypb.HistoryEvent

	localActivities localActivities

	cancelRequested bool
	onCancel        []func()
	outcome         *outcome
	// readOnly names the code that must not change anything, such as a query handler; empty otherwise.
	readOnly string
	broken   error
	// applying: an event is being applied, and what it settles may ask for commands.
	applying bool
	// held is the size of the values that workflow code got, in bytes.
	held int
}

// Progress tells how far a run has come.
type Progress struct {
	// StartedID is the event id of the last WorkflowTaskStarted at which workflow code ran; zero before the first.
	StartedID int64
	// Now is that event's time, and the workflow's clock.
	Now time.Time
	// HistorySize is the size of the history at that event in bytes, as the server counts it.
	HistorySize int64
	// ContinueAsNewSuggested: the server advises to continue as new.
	ContinueAsNewSuggested bool
	// ContinueAsNewReasons are why, if the server tells.
	ContinueAsNewReasons []enumspb.SuggestContinueAsNewReason
	// Replaying: the code runs again and the history knows what it will do.
	Replaying bool
	// applied is the id of the last event applied.
	applied int64
}

// New returns a run before its first event.
func New(config Config) *Run {
	r := &Run{
		config:     config,
		scheduler:  coroutine.New(),
		activities: make(map[int64]*Activity),
		timers:     make(map[string]*Timer),
		signals:    make(map[string]*signal),
		queries:    make(map[string]QueryHandler),
		locals:     make(map[any]any),
	}
	r.logger = slog.New(quietInReplay{Handler: config.Logger.Handler(), run: r}).With(
		"namespace", config.Namespace, "workflow_id", config.Execution.GetWorkflowId(), "run_id", config.Execution.GetRunId())
	r.seed(config.Execution.GetRunId())
	return r
}

// Close ends the run's coroutines. Deferred functions of workflow code run, but what they ask for ends them: nothing of it has an
// effect. It waits for them no longer than the deadlock timeout and reports whether they ended.
func (r *Run) Close() bool { return r.scheduler.Close(r.config.DeadlockTimeout) }

// Execution names the run.
func (r *Run) Execution() *commonpb.WorkflowExecution { return r.config.Execution }

// Namespace returns the run's namespace.
func (r *Run) Namespace() string { return r.config.Namespace }

// TaskQueue returns the workflow's task queue.
func (r *Run) TaskQueue() string {
	if name := r.Start.GetTaskQueue().GetName(); name != "" {
		return name
	}
	return r.config.TaskQueue
}

// Data returns the run's data converter.
func (r *Run) Data() converter.DataConverter { return r.config.Data }

// Scheduler returns the run's scheduler.
func (r *Run) Scheduler() *coroutine.Scheduler { return r.scheduler }

// Logger returns a logger that names the run and is silent in replay.
func (r *Run) Logger() *slog.Logger { return r.logger }

// Random returns the run's stream of random numbers, the same in every replay.
func (r *Run) Random() *rand.ChaCha8 {
	r.mutating("random values")
	return r.random
}

// Memo returns the memo's fields as they are now. They must not be changed.
func (r *Run) Memo() map[string]*commonpb.Payload { return r.memo }

// SearchAttributes returns the search attributes as they are now, removed ones without data. They must not be changed.
func (r *Run) SearchAttributes() map[string]*commonpb.Payload { return r.searchAttributes }

// Local returns the run's value for a key, made at first use. Package workflow keeps its own state of a run there.
func (r *Run) Local(key any, initial func() any) any {
	value, ok := r.locals[key]
	if !ok {
		value = initial()
		r.locals[key] = value
	}
	return value
}

// Cost estimates the memory that the run occupies in bytes: a fixed part, eight kilobytes for each coroutine's stack and
// bookkeeping, half a kilobyte for each open activity, child and timer, and the encoded size of all values that workflow code ever got:
// its input, signals, results and side effects. What of these it still holds, and in which form, cannot be known.
func (r *Run) Cost() int64 {
	const fixed, perCoroutine, perItem = 4 << 10, 8 << 10, 512
	return int64(fixed + perCoroutine*r.scheduler.Len() + perItem*(len(r.activities)+len(r.localActivities.open)+len(r.children.byEvent)+len(r.timers)) + r.held)
}
