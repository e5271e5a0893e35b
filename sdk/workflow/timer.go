package workflow

import (
	"fmt"
	"time"
)

// Now returns the workflow's time: that at which the server started the current workflow task. It stands still while code runs.
func Now(ctx Context) time.Time { return runOf(ctx).Now }

// TimerOptions describe a timer.
type TimerOptions struct {
	// Summary is a line for people, shown with the timer. It is encoded by the data converter.
	Summary string
}

// NewTimer returns a future that is ready after d, which may be years: the server keeps the timer. It is ready at once if d is
// zero or negative. Its error is a *sdk.CanceledError if the context is cancelled before d is over.
func NewTimer(ctx Context, d time.Duration) Future[struct{}] {
	return NewTimerWithOptions(ctx, d, TimerOptions{})
}

// NewTimerWithOptions is [NewTimer] with options.
func NewTimerWithOptions(ctx Context, d time.Duration, options TimerOptions) Future[struct{}] {
	run := runOf(ctx)
	run.Guard("NewTimer")
	p := newPromise[struct{}](run)
	if d <= 0 {
		return p.fail(nil) // also in a cancelled context, as the official SDK has it
	}
	summary, err := summaryOf(run, options.Summary)
	if err != nil {
		return p.fail(fmt.Errorf("workflow: summary of a timer: %w", err))
	}
	stop := func() {}
	timer := run.StartTimer(d, summary, func(err error) {
		stop()
		p.settle(func() (struct{}, error) { return struct{}{}, err })
	})
	stop = onCancel(ctx, timer.Cancel)
	return p
}

// Sleep waits for d. It returns a *sdk.CanceledError if the context is cancelled before.
func Sleep(ctx Context, d time.Duration) error {
	_, err := NewTimerWithOptions(ctx, d, TimerOptions{Summary: "Sleep"}).Get(ctx)
	return err
}
