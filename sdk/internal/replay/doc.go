// Package replay turns workflow tasks into replies: it brings a run to the task's point of its history, from a cached state or
// from the first event, runs the workflow code, and packs what it asked for.
//
//	task ─▶ Handle ─┬─ cached run at previous Started ──▶ apply the new events ─┐
//	                │                                                            ├─▶ queries ─▶ Reply
//	                └─ no run, or one at another point                           │
//	                      └─▶ full history, page by page ──▶ replay ─────────────┘
//	                                                              │
//	                        machine.Run ◀── one workflow task at a time
//
// # The cache
//
// After a task the run stays in memory, and the reply names the worker's sticky queue, so that the server sends the next task
// there with only the new events. A cached run is used only if the task begins with the event right after the last one that it ran
// at; anything else (a task delivered twice, a reply that was lost, a reset, another worker in between) is answered by
// replaying the full history, which the worker fetches if the task does not bring it. The worker calls [Processor.Forget] when a
// reply did not arrive. So the cache is an optimisation and never a truth: any run may be evicted at any time.
//
// The cache has a budget in bytes; runs are evicted least recently used first. What a run costs is estimated, see
// machine.Run.Cost.
//
// # Failures
//
//   - Nondeterminism fails the task with the cause NON_DETERMINISTIC_ERROR, a panic, a deadlock or a history that makes no
//     sense with WORKFLOW_WORKER_UNHANDLED_FAILURE. The run stays open, and the server tries the task again.
//   - A history page that cannot be fetched is an error of Handle: nothing is reported and the task times out.
//   - A query that fails is a reply like any other.
package replay
