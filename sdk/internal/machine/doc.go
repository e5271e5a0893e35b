// Package machine is one workflow run in memory: it applies history events, runs the workflow's coroutines, and turns what the
// code asks for into commands. It knows no gRPC, no polling and no cache; package replay feeds it.
//
//	history ──Apply──▶ ┌──────────────── Run ────────────────┐
//	                   │ activities, timers, signals … settle │
//	                   │            │ futures wake            │
//	        Advance ──▶│       coroutines run                 │──▶ commands (live)
//	                   │            │ ask                     │      or
//	                   │   ScheduleActivity, StartTimer …     │    compared with the events that followed (replay)
//	                   └──────────────────────────────────────┘
//
// # A workflow task
//
// The unit of progress is one workflow task: the events up to and including its WorkflowTaskStarted are applied in order, which
// settles futures and fills channels but runs no workflow code; then all coroutines run until none can move. What they asked
// for, in order, is the task's list of commands. The server answers it with WorkflowTaskCompleted and exactly one event per
// command, in the same order, before anything else that happened meanwhile. So the position of a command's event is known before
// it exists:
//
//	event id = id of WorkflowTaskStarted + 2 + number of commands before it in the task
//
// and that number serves as the default id of activities and timers, as it does in the official Go SDK.
//
// # Replay
//
// Replaying is the same thing with the answer already there: after the coroutines ran, each following event must be the one that
// the next command makes. The first that is not is a [NondeterminismError].
//
// # Cancelling
//
// Taking back an activity or a timer is a command of its own, also in the task that asked for it: commands of workflow code are never
// removed, which keeps the arithmetic of ids true. The exception is a cancellation that comes with the task's events, before its
// code runs, and is overtaken by the end of what it cancels.
package machine
