// Package history is the state machine of one run: pure, without context, clock, goroutine or I/O.
//
//	(Run, command or event, now) -> Transition
//
//	verb ──validate──▶ step ──append──▶ apply ──▶ Header + items      (what is)
//	                    │                 ▲
//	                    │                 └──── Fold(events)          (the same function)
//	                    └──finish──▶ Transition: events, ready and dropped tasks (what to do)
//
// A Run is a fixed Header and items (activities, timers, buffered events …). Every verb appends events and applies each with apply, the
// same function that Fold uses: so folding the events of a run gives the event-derived part of its live state. What is not event-derived
// (attempts, heartbeats, started-but-unrecorded activities, buffered events, the transient workflow task) lives in the same structs and is
// marked there.
//
// # When events enter history
//
// While no workflow task is in flight, an event is appended at once and asks for a workflow task. While one is in flight, history must
// end with its Started event, so everything from outside is buffered as items; the buffer is flushed when the task ends, after the
// events of its commands: signals and the like in order of arrival, then the closes of activities. ActivityTaskStarted is written when
// the activity closes, WorkflowTaskStarted when the task ends: a start that is taken back leaves no trace, and a retried attempt neither.
//
// A workflow task of attempt 2 or later is transient: its Scheduled and Started events exist only in what its worker is shown, until it
// completes. So a task that fails for days grows no history.
//
// # Updates
//
// An admitted update, and the speculative workflow task that carries it when no other task is due, live in memory: Save leaves them out, and a
// transition that touches nothing else is Volatile, not Changed. Whatever is written first makes the task a normal one. An accepted update is an event
// and an item that stays after the close (speculative.go, update.go, command_message.go).
//
// # Chains
//
// A run may be followed by another one of the same workflow id: its code continues as new, or it failed, timed out or completed under a
// retry policy or a cron schedule. The closing transition then carries, as data, all that the next run begins with (Transition.Next); the
// id of that run came as an argument. Its owner stores the close, the next run and which of them is current in one commit.
//
// # Effects as data
//
// A Transition says which tasks became ready and which were dropped, whether the visibility row changed, which run follows, and what the
// verb answers. The shard room commits, then performs them.
//
// A verb that returns an error has changed nothing.
package history
