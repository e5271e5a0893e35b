// Package shard owns workflows: it serialises what happens to each, commits it, and only then lets it be seen.
//
//	verb ─► Update ─► workflow (actor: one mutex, the tip of its runs)
//	                    │ history verb -> Transition, applied to the tip
//	                    │ ready tasks are placed: fused with a waiting poller, in memory, or in the backlog
//	                    ▼
//	                  lane (one committer, its own timers): drain -> encode -> store.Commit -> settle
//	                    │ after the commit, in order
//	                    ▼
//	                  deliver to pollers, publish references, answer callers, wake watchers
//
// The tip runs ahead of the store: transitions apply to memory at once, and every output that was computed on the tip waits until that tip
// is committed. While one batch is in flight the next one gathers; a workflow is drained once per batch, however many transitions it saw.
//
// # Which shards
//
// An owner serves a changing set of shards: all of them for ever when it is alone with its store, else those that it was told to.
//
//	            Adopt                                       Surrender
//	not served ───────► served                      served ───────────► leaving ───────► not served
//	   backlog rows are counted                        turns are refused with Moved
//	   turns may begin                                 the last turns end, everything is committed, heartbeats too
//	   wake rows are read in the background            long polls end with Moved, riding queries are asked again
//	                                                   memory, timers, references and counts go
//
// Whether a turn may begin is asked with its workflow's mutex held, and Surrender visits every workflow after it has changed the answer: so a turn
// is either refused or waited for. Waiting is for the place in each lane's queue, not for an idle lane, so that other shards are served meanwhile.
// What is read of the store beside the turns may be overtaken by a Surrender. A wake row is dropped when the shard's term, which grows with each
// change, is not the one that it was read in; a backlog row by matching.Queues.Drop. After a Surrender nothing is remembered, so that an Adopt, here or elsewhere, derives
// tasks and timers from what is stored as for any run that was never seen.
//
// Deliveries, answers and forwards may come for a shard that has just left: each is a turn, and is refused with Moved. A turn that finds the lease
// not sure (Config.Alive) is refused with Unavailable, and timers wait; commits need no such question, for the lane's fence answers it.
//
// # What is not stored
//
// Admitted updates and their speculative workflow tasks are in memory only. A turn that does nothing else has nothing to commit: its deliveries and
// answers hang on the commit of the tip that they were computed on. A workflow with a speculative task, or with callers who wait for an update, is not
// evicted. When its memory goes for another reason those callers learn that the update is lost, and ask again.
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
