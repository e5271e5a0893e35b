package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk/client"
)

var errStarted = errors.New("worker: it was started before")

// Worker polls one task queue. Register everything, then Run it, or Start and Stop it, once.
type Worker struct {
	client    *client.Client
	service   workflowservice.WorkflowServiceClient
	taskQueue string
	options   Options
	logger    *slog.Logger
	// instance tells this worker apart from others of the same identity.
	instance string
	// begun is when it was started, described when it was described last, in Unix nanoseconds.
	begun     time.Time
	described atomic.Int64

	workflows  *workflowHalf // nil if disabled
	activities *activityHalf // nil if disabled

	// accepting ends when no further poll should begin, polling when those that wait should end.
	accepting, polling         context.Context
	stopAccepting, stopPolling context.CancelFunc
	// polls is waited for before running, to which it adds.
	polls, running sync.WaitGroup
	// pollsComplete says that the server answers the waiting polls of a worker that signs off.
	pollsComplete bool
	// pollsScale says that the server advises how many polls are of use.
	pollsScale bool
	// describes says that the server wants to know how the worker is.
	describes bool

	mu               sync.Mutex
	started, stopped bool
	fatalOnce        sync.Once
	fatal            chan error // one error at most
}

// New returns a worker for a task queue. It makes no call.
func New(c *client.Client, taskQueue string, options Options) *Worker {
	options = options.withDefaults(c.Identity())
	w := &Worker{
		client:    c,
		service:   c.Service(),
		taskQueue: taskQueue,
		options:   options,
		logger:    c.Logger().With("task_queue", taskQueue),
		instance:  uuid.NewString(),
		fatal:     make(chan error, 1),
	}
	w.polling, w.stopPolling = context.WithCancel(context.Background())
	w.accepting, w.stopAccepting = context.WithCancel(w.polling)
	if !options.DisableActivities {
		w.activities = newActivityHalf(w)
	}
	if !options.DisableWorkflows {
		w.workflows = newWorkflowHalf(w)
	}
	return w
}

// RegisterWorkflow registers a workflow function by its name. Like all Register methods it panics on a function of the wrong
// shape or a name used twice, since either is a mistake in the program, and must be called before the start.
func (w *Worker) RegisterWorkflow(workflow any) {
	if w.workflows != nil {
		must(w.workflows.register("", workflow))
	}
}

// RegisterWorkflowAs registers a workflow function by another name.
func (w *Worker) RegisterWorkflowAs(name string, workflow any) {
	if w.workflows != nil {
		must(w.workflows.register(name, workflow))
	}
}

// RegisterActivity registers a function or method value by its name, or all methods of a struct that are activities by
// their signature: func([context.Context,] In...) ([Out,] error).
func (w *Worker) RegisterActivity(activity any) {
	if w.activities != nil {
		must(w.activities.registry.add(activity))
	}
}

// RegisterActivityAs registers a function by another name.
func (w *Worker) RegisterActivityAs(name string, activity any) {
	if w.activities != nil {
		must(w.activities.registry.addAs(name, activity))
	}
}

func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("worker: register: %v", err))
	}
}

// Start checks that the namespace exists and starts to poll. It returns serviceerror.NamespaceNotFound if it does not, or
// the error of a server that stays out of reach until ctx ends. Polling ends with Stop, not with ctx.
func (w *Worker) Start(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.started {
		return errStarted
	}
	description, err := w.client.DescribeNamespace(ctx, w.client.Namespace())
	if err != nil {
		return fmt.Errorf("worker: namespace %s: %w", w.client.Namespace(), err)
	}
	capabilities := description.GetNamespaceInfo().GetCapabilities()
	w.pollsComplete, w.pollsScale = capabilities.GetWorkerPollCompleteOnShutdown(), capabilities.GetPollerAutoscaling()
	w.started, w.begun = true, time.Now()
	if w.activities != nil && len(w.activities.registry) > 0 {
		w.activities.start()
	}
	if w.workflows != nil && w.workflows.registered > 0 {
		w.workflows.start()
	}
	if w.describes = capabilities.GetWorkerHeartbeats(); w.describes {
		w.polls.Go(func() { w.keepDescribing(w.accepting) })
	}
	return nil
}

// Run starts the worker, waits until ctx ends or the server will never answer, and stops. It returns nil after a stop that
// was asked for.
func (w *Worker) Run(ctx context.Context) error {
	if err := w.Start(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	defer w.Stop()
	select {
	case <-ctx.Done():
		return nil
	case err := <-w.fatal:
		return fmt.Errorf("worker: %w", err)
	}
}

// startPolls runs n loops of a poller, or for 0 as many as are of use, as far as the server says that; never more than most. It returns how many there are.
func startPolls[T answer](w *Worker, n, most int, p *poller[T]) *scale {
	p.fatal, p.logger, p.spawn = w.fail, w.logger, w.running.Go
	loop := func() { w.polls.Go(func() { p.run(w.accepting, w.polling) }) }
	p.scale = &scale{fixed: n > 0 || !w.pollsScale, most: most, start: loop, now: min(n, most)}
	if n == 0 {
		p.scale.now = min(firstPolls, most)
	}
	for range p.scale.now {
		loop()
	}
	return p.scale
}

// fail ends all polls: half a worker would only hide the trouble.
func (w *Worker) fail(err error) {
	w.fatalOnce.Do(func() {
		w.logger.Error("worker stopped polling", "error", err)
		w.fatal <- err
		w.options.OnFatalError(err)
	})
	w.stopPolling()
}
