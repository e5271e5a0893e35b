// Package worker runs workflows and activities: it polls a task queue, executes what it finds and reports the outcome.
//
//	w := worker.New(c, "bank", worker.Options{})
//	w.RegisterWorkflow(TransferFunds)
//	w.RegisterActivity(bank) // every method that is an activity, by its name
//	err := w.Run(ctx)        // until ctx ends, then a graceful stop
//
// The parts:
//
//	pollers (task queue) ───┐
//	pollers (sticky queue) ─┴─ slot ─ replay.Processor ─ respond ─┬─ new workflow task, handled at once
//	                                                              └─ eager activity tasks ─┐
//	                                 │ local activities, within the task
//	pollers (activities) ──── slot ──────────────── attempt: deadline, heartbeats, panics ─┴─ respond
//
// A slot is taken before a poll, so that a worker never holds a task that it has no room to run. The sticky queue belongs to
// this process: the server sends it the tasks of workflows whose state is cached here, with only the new events.
//
// # Failures
//
// A lost connection is polled again with a growing delay of at most two seconds. An outcome that cannot be reported is
// reported again until the server's own timeout for the task has passed; then the server hands the task to someone else, so
// an activity must be safe to run twice. A cached workflow is dropped whenever its outcome may not have been
// taken, and comes back by replay. A panic fails its task with the stack, and the worker lives on.
package worker
