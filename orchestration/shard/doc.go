// Package shard owns workflows: it serialises what happens to each, commits it, and only then lets it be seen.
//
//	verb ─► Update ─► workflow (actor: one mutex, the tip of its runs)
//	                    │ history verb -> Transition, applied to the tip
//	                    │ ready tasks are placed: fused with a waiting poller, in memory, or in the backlog
//	                    ▼
//	                  lane (one committer): drain -> encode -> store.Commit -> settle
//	                    │ after the commit, in order
//	                    ▼
//	                  deliver to pollers, publish references, answer callers, wake watchers
//
// The tip runs ahead of the store: transitions apply to memory at once, and every output that was computed on the tip waits until that tip
// is committed. While one batch is in flight the next one gathers; a workflow is drained once per batch, however many transitions it saw.
//
// # When a commit fails
//
// A batch that the database refuses is bisected until the write to blame is alone. A workflow whose write failed is abandoned: its callers get
// Unavailable, its pollers go back to their queue, its memory is dropped and its runs are read again, from which their tasks and timers are
// derived anew. If the outcome is unknown the lane freezes, bumps its own epoch and reads the version of one run: a batch is atomic.
//
// # The conservative wake index
//
// For each open run, wake row ≤ history.Run.Wake(), checked when a run is drained: the row is written only when the true moment moved
// before it, and moved later in bulk by a slow pass. Recovery pages through the rows that are due. The owner remembers every run that it
// has adopted from a due row, also when the run's memory is evicted, so that a reload does not dispatch its tasks again.
package shard
