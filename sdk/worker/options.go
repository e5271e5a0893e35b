package worker

import (
	"time"

	"github.com/tenuto-io/tenuto/sdk/activity"
	"github.com/tenuto-io/tenuto/sdk/internal/rpc"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// Options configure a [Worker]. The zero value is a good worker.
type Options struct {
	// MaxConcurrentActivities bounds the activities that run at a time. Default: 200.
	MaxConcurrentActivities int
	// MaxConcurrentWorkflowTasks bounds the workflow tasks that run at a time; they are short and need a processor each. A
	// worker for one at a time has no sticky queue. Default: 100.
	MaxConcurrentWorkflowTasks int
	// MaxConcurrentLocalActivities bounds the local activities that run at a time. Default: 1000.
	MaxConcurrentLocalActivities int
	// ActivityPollers is the number of polls for activities that wait at a time. Default: 5, and then as many as the
	// server says are of use, 1 to 100.
	ActivityPollers int
	// WorkflowPollers is the number of polls for workflow tasks that wait at a time, on the task queue and on the sticky
	// queue each; with a cache, at most half of MaxConcurrentWorkflowTasks. Default: 5, and then as many as the server says
	// are of use, 1 to 100.
	WorkflowPollers int
	// DisableWorkflows makes a worker for activities alone.
	DisableWorkflows bool
	// DisableActivities makes a worker for workflows alone.
	DisableActivities bool
	// DisableEagerActivities never asks the server to hand activities to this worker with the answer to a workflow task.
	DisableEagerActivities bool
	// StickyCacheBytes is the budget for the state of cached workflows. Default: 256 MiB. Negative: no cache, so that every
	// task replays its workflow from the start.
	StickyCacheBytes int64
	// StickyTimeout is how long the server waits for this process to take a task from its sticky queue before any worker
	// may. Default: 5 s.
	StickyTimeout time.Duration
	// Identity names this worker in histories. Default: the client's.
	Identity string
	// GracefulStopTimeout is the time that running activities get to finish when the worker stops, before their contexts are
	// canceled. Default: 10 s. Negative: none.
	GracefulStopTimeout time.Duration
	// DeadlockTimeout is the time that workflow code may run without yielding. Default: 1 s. Negative: unlimited.
	DeadlockTimeout time.Duration
	// WorkflowInterceptors surround workflow code, and ActivityInterceptors attempts at activities, local ones too; the first is outermost.
	WorkflowInterceptors []workflow.Interceptor
	ActivityInterceptors []activity.Interceptor
	// OnFatalError is called once if the worker stops polling because the server will never answer, for instance since
	// the namespace was deleted. [Worker.Run] also returns the error. Default: it is logged.
	OnFatalError func(error)
}

func (o Options) withDefaults(identity string) Options {
	o.MaxConcurrentActivities = positive(o.MaxConcurrentActivities, 200)
	o.MaxConcurrentWorkflowTasks = positive(o.MaxConcurrentWorkflowTasks, 100)
	o.MaxConcurrentLocalActivities = positive(o.MaxConcurrentLocalActivities, 1000)
	o.ActivityPollers = max(o.ActivityPollers, 0)
	o.WorkflowPollers = max(o.WorkflowPollers, 0)
	if o.StickyCacheBytes == 0 {
		o.StickyCacheBytes = 256 << 20
	}
	if o.StickyTimeout <= 0 {
		o.StickyTimeout = 5 * time.Second
	}
	if o.Identity == "" {
		o.Identity = identity
	}
	if o.GracefulStopTimeout == 0 {
		o.GracefulStopTimeout = 10 * time.Second
	}
	if o.DeadlockTimeout == 0 {
		o.DeadlockTimeout = time.Second
	}
	if o.OnFatalError == nil {
		o.OnFatalError = func(error) {}
	}
	return o
}

func positive(n, fallback int) int {
	if n <= 0 {
		return fallback
	}
	return n
}

// pollDelays is the pause between failed polls: short, since workers should be back as soon as the server is.
func pollDelays() rpc.Backoff {
	return rpc.Backoff{First: 100 * time.Millisecond, Max: 2 * time.Second}
}
