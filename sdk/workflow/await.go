package workflow

import (
	"time"

	"github.com/tenuto-io/tenuto/sdk/internal/machine"
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

// AwaitWithTimeout is [Await] for no longer than d. It reports whether the condition held. The timer is left to fire then, as the
// official Go SDK leaves it: where that is too many timers, wait with [NewTimer] and a [Selector] in a scope that you cancel.
func AwaitWithTimeout(ctx Context, d time.Duration, condition func() bool) (bool, error) {
	run, held := runOf(ctx), false
	if run.Uses(machine.FlagAwaitCancelsTimer) {
		return awaitOrCancel(ctx, d, condition)
	}
	expired := NewTimerWithOptions(ctx, d, TimerOptions{Summary: "AwaitWithTimeout"})
	if expired.IsReady() {
		return false, ctx.Err()
	}
	// Other coroutines go first, as they do in the official Go SDK, for the same order of commands.
	run.Scheduler().Yield("AwaitWithTimeout")
	run.Scheduler().ParkUntil("AwaitWithTimeout", func() bool {
		run.ReadOnly("a condition of AwaitWithTimeout", func() { held = condition() })
		return held || expired.IsReady()
	})
	if held {
		return true, nil
	}
	return false, ctx.Err()
}

// awaitOrCancel is AwaitWithTimeout in a run that an official worker began with the flag for it: no timer for a condition that holds, and
// none left when it does.
func awaitOrCancel(ctx Context, d time.Duration, condition func() bool) (held bool, err error) {
	run := runOf(ctx)
	look := func() { run.ReadOnly("a condition of AwaitWithTimeout", func() { held = condition() }) }
	if look(); held {
		return true, nil
	}
	scope, cancel := WithCancel(ctx)
	expired := NewTimerWithOptions(scope, d, TimerOptions{Summary: "AwaitWithTimeout"})
	if expired.IsReady() {
		return false, ctx.Err()
	}
	run.Scheduler().Yield("AwaitWithTimeout")
	run.Scheduler().ParkUntil("AwaitWithTimeout", func() bool {
		look()
		return held || expired.IsReady()
	})
	if held {
		cancel()
		return true, nil
	}
	return false, ctx.Err()
}
