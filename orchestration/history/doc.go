// Package history is the state machine of one run: pure, without context, clock, goroutine or I/O.
//
//	(Run, command or event, now) -> Transition
//
// A Run is a fixed Header and items (activities, timers, buffered events …). Every verb appends events and applies each with apply, the
// same function that Fold uses: so folding the events of a run gives the event-derived part of its live state. What is not event-derived
// (attempts, heartbeats, started-but-unrecorded activities, buffered events, the transient workflow task) lives in the same structs and is
// marked there.
//
// Effects are data: a Transition says which tasks became ready and which were dropped, whether the visibility row changed, and what the
// verb answers. The shard room commits, then performs them.
//
// A verb that returns an error has changed nothing.
package history
