// Package bench measures a server of the Temporal protocol from outside: throughput, latency, and what a workflow costs.
//
//	driver (this process, or a program)                     server (any address, or several)
//	  starters × in-flight   Start ───────────────────────►
//	                         GetHistory, long poll to close ►   /proc: CPU, memory, bytes written
//	  workflow pollers       Poll, Respond  (normal queue)  ►   SQLite: size of the file and its log
//	                         Poll, Respond  (sticky queue)  ►   PostgreSQL: transactions, statements, log, dead rows, CPU
//	  activity pollers       Poll, Respond ────────────────►    Redis: commands, CPU
//
// A scenario is data (scenario.go) and a function that drives it; a cell is a scenario, a driver and a level, and a line of the report:
//
//	warm-up ► prepare ► read the meters ► drive ► read the meters ► clean up
//
// By the raw driver a one-activity workflow is eight calls: start, workflow task (poll and respond) twice, activity task (poll and respond), result.
// Nothing is eager and nothing rides inline, so that every server is asked for the same. SDKs drive as they come, eager activities included.
//
//	rate      units done / wall time; a unit is a workflow, a signal, or a second of idling
//	latency   from the call of start to the answer that shows the close, per workflow
//	task      from the moment when the server scheduled a task, by its clock, to the task's arrival, by ours
//	step      mean latency / activities per workflow
//	CPU       (user + system time after − before) / units, per process; the driver's own apart
//
// # Closed and open loops
//
// --in-flight is a closed loop: so many callers, and each starts its next workflow when its last one has ended. The server sets the pace. While it stalls,
// nobody new comes, so a stall of a second is one late workflow per caller, however many users would have come in that second: percentiles of a closed loop
// say how long the callers waited who were there, at the rate that came out, and nothing about what a given rate feels like. They are right for the question
// "what does it do with n at a time", and flatter a server that stalls (this is known as coordinated omission).
//
// --rate is an open loop: workflows come at their moments, whatever became of those before. Each counts from the moment at which it was due, not from that at
// which this process got round to it, so whoever would have come during a stall is among the percentiles. Its figures say what users see at that rate; a
// rate that the server does not keep up with ends the measurement.
//
// # Neighbours
//
// --noise has another namespace start workflows at --noise-rate beside the load, on a connection of its own, without waiting and without repeating what is refused. What a
// quota is for is seen in two runs, with and without it. Give the noisy namespace a quota (or all of them: TENUTO_QUOTA_STARTS), offer ten times of it, and
// compare the percentiles of an open loop (--rate) in the quiet one:
//
//	TENUTO_QUOTA_STARTS=100 tenuto server …
//	tenuto bench --rate 40 --count 2400 --duration 60s                                       # quiet
//	tenuto bench --rate 40 --count 2400 --duration 60s --noise loud --noise-rate 1000          # beside a neighbour at ten times its quota
//
// # Programs as drivers
//
// A driver that is neither raw nor sdk is the path of a program, started as
//
//	PROGRAM --address A --namespace N --scenario S --in-flight I --count C --duration D --warm-up W --json --wait
//
// which connects, runs W workflows that do not count, prints "ready", waits for a line on its input, runs the load, prints one line of JSON
//
//	{"count": 5000, "seconds": 17.2, "latency_ms": {"mean": …, "p50": …, "p95": …, "p99": …, "max": …}}
//
// and stays until its input ends: while it waits, the meters are read. deploy/load is one, on the official Go SDK.
//
// # What the figures do not say
//
// CPU comes in ticks of 10 ms, so short runs are coarse; driver and server share the machine and compete for it. Growth of the database file is not what was
// written to it (a log is reused once it is checkpointed), bytes written are. Counters of a database are of the whole of it, whoever uses it; those of
// transactions and dead rows are complete ten seconds later, for which each cell waits, and the server's idle transactions of that time are among them.
package bench
