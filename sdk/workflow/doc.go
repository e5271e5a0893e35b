// Package workflow is what workflow code may use. Workflow code is ordinary Go that runs again from its history whenever a worker
// has lost it, so it must do the same things in the same order each time:
//
//   - time, randomness, blocking and concurrency come from here: [Now], [Sleep], [NewUUID], [Go], [Channel], [Selector], [Future];
//   - everything that touches the world is an activity ([ExecuteActivity], [ExecuteLocalActivity] for steps of milliseconds) or, for a
//     value only, a [SideEffect];
//   - no package-level state, goroutines, Go channels, locks, or ranging over maps where the order shows.
//
// A workflow function takes a [Context], at most one input, and returns at most one result and an error:
//
//	func TransferFunds(ctx workflow.Context, in Transfer) (Receipt, error) {
//		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 10 * time.Second})
//		debit, err := workflow.ExecuteActivity(ctx, bank.Debit, in.From).Get(ctx) // debit has Debit's result type
//		…
//	}
//
// # How it runs
//
// One coroutine at a time runs, until it blocks in a function of this package. Code that blocks elsewhere, or computes for longer
// than the worker's deadlock timeout (one second by default), fails the workflow task, which is then tried again. So does a
// panic: the run stays open and goes on when the code is repaired. Only an error that the workflow function returns fails the
// workflow.
//
// # Other workflows, other runs
//
// A workflow has children ([ExecuteChildWorkflow]), signals and cancels others ([SignalExternal], [CancelExternal]), is updated by callers who
// wait for the result ([SetUpdateHandler]), and begins again as a new run before its history grows too long ([ContinueAsNew]).
//
// # Changing code
//
// Code may change as long as open runs that replay it ask for the same things in the same order. Where it cannot, [GetVersion] keeps the old
// branch for the runs that need it. What the code asks for has the form that the official Go SDK gives it: commands, numbering of events,
// markers and behaviour flags, so that an open run may move between workers of the two.
//
// # Cancellation
//
// A context is a cancellation scope ([WithCancel]). Cancelling it settles the timers and activities that were started with it or
// with a context derived from it with a *sdk.CanceledError, asks children to end, and ends [Sleep] and [Await]. Receiving from channels and waiting for
// futures goes on. The root context is cancelled when somebody asks for the workflow's cancellation; clean up with a
// [NewDisconnectedContext].
//
// # When a run leaves memory
//
// A worker keeps runs in a cache and closes those that it has no room for. Deferred functions of workflow code then run in the
// middle of nowhere: every function of this package that would do something ends them, and none of their wishes is carried out.
// A deferred function must therefore not touch the world either, which workflow code never may. recover returns nil there.
package workflow
