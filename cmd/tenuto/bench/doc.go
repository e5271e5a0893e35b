// Package bench measures a server of the Temporal protocol from outside: throughput, latency, and what a workflow costs.
//
//	driver (this process, raw gRPC)                         server (any address)
//	  starters × in-flight   Start ───────────────────────►
//	                         GetHistory, long poll to close ►   /proc: CPU, memory, bytes written
//	  workflow pollers       Poll, Respond  (normal queue)  ►   database file and its log: size
//	                         Poll, Respond  (sticky queue)  ►
//	  activity pollers       Poll, Respond ────────────────►
//
// A one-activity workflow is eight calls: start, workflow task (poll and respond) twice, activity task (poll and respond), result.
// Nothing is eager and nothing rides inline, so that every server is asked for the same.
//
//	rate      workflows completed / wall time
//	latency   from the call of start to the answer that shows the close, per workflow
//	step      mean latency / activities per workflow
//	CPU       (user + system time after − before) / workflows, per process; the driver's own apart
//
// What the figures do not say: CPU comes in ticks of 10 ms, so short runs are coarse; driver and server share the machine and compete for
// it; growth of the database file is not what was written to it (a log is reused once it is checkpointed), bytes written are.
package bench
