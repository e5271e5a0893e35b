package replay

import (
	"context"
	"errors"
	"time"

	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/internal/machine"
)

// A workflow task that waits for local activities is extended before it times out, when this much of its time is over.
const heartbeatAt = 0.8

// defaultTaskTimeout is that of a workflow task whose history does not say.
const defaultTaskTimeout = 10 * time.Second

var errNoLocalActivities = errors.New("this worker does not execute local activities")

// LocalAttempt is one attempt at a local activity.
type LocalAttempt struct {
	*machine.LocalActivity
	Execution    *commonpb.WorkflowExecution
	WorkflowType string
	// Attempt counts from 1. It was scheduled, and must end, at these times of this process's clock.
	Attempt             int32
	Scheduled, Deadline time.Time
	// expires is the end of the time for all attempts.
	expires time.Time
}

// locals executes the local activities of one run, as long as the run is in memory: from one workflow task to the next, if need be.
type locals struct {
	ctx    context.Context
	cancel context.CancelFunc
	ended  chan ended
}

type ended struct {
	activity *machine.LocalActivity
	outcome  machine.LocalOutcome
}

func newLocals() *locals {
	l := &locals{ended: make(chan ended)}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	return l
}

func (l *locals) stop() {
	if l != nil {
		l.cancel()
	}
}

// awaitLocals executes what the task waits for and runs the workflow on with each result. It reports true if the task must be answered before
// that is done, and continued by another.
func (p *Processor) awaitLocals(ctx context.Context, slot *slot) (heartbeat bool, err error) {
	run := slot.run
	if !run.Pending() {
		return false, nil
	}
	if p.options.LocalActivity == nil {
		return false, errNoLocalActivities
	}
	if slot.locals == nil {
		slot.locals = newLocals()
	}
	timer := time.NewTimer(time.Duration(heartbeatAt * float64(taskTimeout(run))))
	defer timer.Stop()
	for run.Pending() {
		for _, activity := range run.TakeLocalActivities() {
			p.startLocal(slot.locals, run, activity)
		}
		select {
		case e := <-slot.locals.ended:
			if err := run.Resolve(e.activity, e.outcome); err != nil {
				return false, err
			}
			continue
		case <-timer.C:
		case <-ctx.Done():
		}
		heartbeat = true
		break
	}
	run.Finish()
	return heartbeat, nil
}

func taskTimeout(run *machine.Run) time.Duration {
	if timeout := run.Start.GetWorkflowTaskTimeout().AsDuration(); timeout > 0 {
		return timeout
	}
	return defaultTaskTimeout
}

// startLocal executes a local activity in a goroutine of its own.
func (p *Processor) startLocal(l *locals, run *machine.Run, activity *machine.LocalActivity) {
	ctx, cancel := context.WithCancel(l.ctx)
	activity.Stop(cancel)
	attempt := LocalAttempt{
		LocalActivity: activity, Execution: run.Execution(), WorkflowType: run.Start.GetWorkflowType().GetName(), Attempt: activity.Attempt,
	}
	// The workflow's clock is compared only with itself: it is the server's.
	attempt.expires = time.Now().Add(activity.ScheduleToCloseTimeout - run.Now.Sub(activity.Scheduled))
	patience := taskTimeout(run)
	go func() {
		defer cancel()
		outcome := p.executeLocal(ctx, attempt, patience)
		select {
		case l.ended <- ended{activity, outcome}:
		case <-l.ctx.Done():
		}
	}()
}

// executeLocal makes attempts until one succeeds or there is to be no other within the time that it has patience for.
func (p *Processor) executeLocal(ctx context.Context, attempt LocalAttempt, patience time.Duration) machine.LocalOutcome {
	for {
		result, err := p.attemptLocal(ctx, &attempt)
		outcome := machine.LocalOutcome{Result: result, Err: err, Attempt: attempt.Attempt}
		if err == nil || sdk.IsCanceled(err) {
			return outcome
		}
		backoff := p.backoff(attempt, err)
		if backoff <= 0 || backoff > patience {
			outcome.Backoff = backoff
			return outcome
		}
		select {
		case <-time.After(backoff):
			attempt.Attempt++
		case <-ctx.Done():
			outcome.Err = sdk.NewCanceledError()
			return outcome
		}
	}
}

// attemptLocal makes one attempt. It does not wait for a function that ignores the end of its context.
func (p *Processor) attemptLocal(ctx context.Context, attempt *LocalAttempt) (*commonpb.Payloads, error) {
	attempt.Scheduled = time.Now()
	attempt.Deadline = attempt.Scheduled.Add(attempt.StartToCloseTimeout)
	if attempt.expires.Before(attempt.Deadline) {
		attempt.Deadline = attempt.expires
	}
	ctx, cancel := context.WithDeadline(ctx, attempt.Deadline)
	defer cancel()
	if ctx.Err() != nil {
		return nil, attempt.timeout(ctx)
	}
	type answer struct {
		result *commonpb.Payloads
		err    error
	}
	answered, copied := make(chan answer, 1), *attempt
	go func() {
		result, err := p.options.LocalActivity(ctx, copied)
		answered <- answer{result, err}
	}()
	select {
	case a := <-answered:
		if ended := ctx.Err(); ended != nil && errors.Is(a.err, ended) {
			return nil, attempt.timeout(ctx) // It heeds its context.
		}
		return a.result, a.err
	case <-ctx.Done():
		return nil, attempt.timeout(ctx)
	}
}
