package replay

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk/converter"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// defaultDeadlockTimeout is how long a turn of workflow code may take if the options do not say.
const defaultDeadlockTimeout = time.Second

// Options configure a [Processor].
type Options struct {
	// Namespace, Identity and TaskQueue are the worker's.
	Namespace, Identity, TaskQueue string
	// StickyQueue is the queue that only this worker polls. Empty: runs are not kept.
	StickyQueue string
	// StickyTimeout is how long a task may wait there before any worker gets it.
	StickyTimeout time.Duration
	// DataConverter encodes values. Default: [converter.Default].
	DataConverter converter.DataConverter
	// FailureConverter encodes errors. Default: one with DataConverter.
	FailureConverter converter.FailureConverter
	// CacheBytes is the budget of the cache. Zero: runs are not kept.
	CacheBytes int64
	// DeadlockTimeout is how long workflow code may take before it blocks. Default: 1 s; negative: no limit, for debuggers.
	DeadlockTimeout time.Duration
	// Logger gets what workflow code logs. Default: slog.Default().
	Logger *slog.Logger
	// HistoryPage fetches a page of a run's history, oldest event first; the first page for an empty token. It returns the next
	// page's token, empty after the last. Required unless every task brings its full history.
	HistoryPage func(ctx context.Context, execution *commonpb.WorkflowExecution, pageToken []byte) (*historypb.History, []byte, error)
	// LocalActivity makes one attempt at a local activity, until its context ends. Required where workflows use them.
	LocalActivity func(ctx context.Context, attempt LocalAttempt) (*commonpb.Payloads, error)
	// Interceptors surround workflow code, the first of them outermost.
	Interceptors []workflow.Interceptor
	// EagerSlots reports whether an activity of the worker's own task queue may be asked for eagerly; it is called once for each.
	// Default: never.
	EagerSlots func() bool
}

// Registration is a workflow function under its name.
type Registration struct {
	Name string
	// Fn is a func(workflow.Context[, I]) ([O, ]error).
	Fn any
}

// Reply is what to tell the server. Exactly one field is set, with token, identity and namespace filled in.
type Reply struct {
	Completed *workflowservice.RespondWorkflowTaskCompletedRequest
	Failed    *workflowservice.RespondWorkflowTaskFailedRequest
	Query     *workflowservice.RespondQueryTaskCompletedRequest
}

// Processor handles the workflow tasks of one worker. It is safe for concurrent use; tasks of one run wait for each other.
type Processor struct {
	options Options
	cache   *cache

	mu        sync.RWMutex
	functions map[string]function
}

// NewProcessor returns a processor that knows no workflow.
func NewProcessor(options Options) *Processor {
	if options.DataConverter == nil {
		options.DataConverter = converter.Default()
	}
	if options.FailureConverter == nil {
		options.FailureConverter = converter.NewFailureConverter(converter.FailureOptions{DataConverter: options.DataConverter})
	}
	if options.DeadlockTimeout == 0 {
		options.DeadlockTimeout = defaultDeadlockTimeout
	}
	if options.Logger == nil {
		options.Logger = slog.Default()
	}
	if options.EagerSlots == nil {
		options.EagerSlots = func() bool { return false }
	}
	return &Processor{options: options, cache: newCache(options.CacheBytes), functions: make(map[string]function)}
}

// Register makes a workflow known. It returns an error if the function is not one, or the name is taken.
func (p *Processor) Register(r Registration) error {
	f, err := newFunction(r.Fn)
	if err != nil {
		return fmt.Errorf("workflow %q: %w", r.Name, err)
	}
	f.interceptors = p.options.Interceptors
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, taken := p.functions[r.Name]; taken {
		return fmt.Errorf("workflow %q is registered already", r.Name)
	}
	p.functions[r.Name] = f
	return nil
}

// Forget drops a cached run. The worker calls it when it does not know whether a reply arrived.
func (p *Processor) Forget(runID string) { p.cache.drop(runID) }

// Discarded takes back a task that the server dropped with its answer, since it only refused updates: the run is as it was after the task
// with this Started event.
func (p *Processor) Discarded(runID string, startedID int64) {
	slot, err := p.cache.take(context.Background(), runID)
	if err != nil { // Only a context that ends is one.
		return
	}
	if slot.run != nil && !slot.run.Discard(startedID) {
		slot.evict()
	}
	slot.release()
}

// Close drops all cached runs, those in use when their tasks are done, and keeps none from then on.
func (p *Processor) Close() { p.cache.close() }

// CacheSize returns the number of cached runs and their estimated bytes.
func (p *Processor) CacheSize() (runs int, bytes int64) { return p.cache.size() }

// lookup returns the function of a workflow type.
func (p *Processor) lookup(name string) (function, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	f, ok := p.functions[name]
	if !ok {
		known := strings.Join(slices.Sorted(maps.Keys(p.functions)), ", ")
		return function{}, fmt.Errorf("workflow type %q is not registered with this worker, which knows: %s", name, known)
	}
	return f, nil
}
