package workflow

import (
	"time"
)

// Await waits until condition returns true. It is called again whenever other coroutines or events of the history may have changed
// something, any number of times, and must do nothing but look. Await returns a *sdk.CanceledError if the context is cancelled
// before.
func Await(ctx Context, condition func() bool) error {
	run := runOf(ctx)
	run.Guard("Await")
	var held bool
	run.Scheduler().ParkUntil("Await", func() bool {
		run.ReadOnly("a condition of Await", func() { held = condition() })
		return held || ctx.Err() != nil
	})
	if held {
		return nil
	}
	return ctx.Err()
}

// AwaitWithTimeout is [Await] for no longer than d. It reports whether the condition held.
func AwaitWithTimeout(ctx Context, d time.Duration, condition func() bool) (bool, error) {
	expired, timer := startTimer(ctx, d, TimerOptions{})
	var held bool
	err := Await(ctx, func() bool {
		held = condition()
		return held || expired.IsReady()
	})
	if timer != nil {
		timer.Cancel()
	}
	return held, err
}
