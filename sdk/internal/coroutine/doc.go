// Package coroutine runs workflow code: many coroutines, one at a time, in an order that depends on nothing but the code.
//
//	Execute ──▶ executor goroutine ──▶ Run: pass ─▶ pass ─▶ … until nothing moves
//	   │                                     │
//	   │ watches the clock                   ├─ coroutine 1 "main"   runs ─▶ Park
//	   ▼                                     ├─ coroutine 2          runs ─▶ Park
//	 deadlock: stack, give up                └─ coroutine 3          runs ─▶ ends
//
// # Order
//
// A pass visits the coroutines that were woken, oldest first. Waking one that is younger than the coroutine that runs puts it
// into the same pass, waking an older one into the next. Two executions that wake in the same order therefore run in the same
// order, which replay depends on. Conditions ([Scheduler.ParkUntil]) are looked at once in every pass.
//
// # Switching
//
// A coroutine is an iter.Pull iterator: control goes back and forth by a direct switch of goroutines, some sixty nanoseconds,
// with no channel, lock or run queue in between.
//
// # When something goes wrong
//
//   - A panic ends the run of the scheduler; Execute returns a [PanicError] with the stack.
//   - Code that does not come back within the limit is given up: Execute returns a [DeadlockError] with the stack of the
//     coroutine that holds on. Its goroutine cannot be killed; it is unwound when it next touches the scheduler.
//   - [Scheduler.Halt] stops everything from inside a coroutine without unwinding it, so that application code with a recover
//     cannot carry on.
//
// # Closing
//
// [Scheduler.Close] ends parked coroutines by runtime.Goexit: deferred functions run, recover sees nothing, and each attempt to
// park in them ends that deferred function as well. No goroutine is left behind.
package coroutine
