// Package rehearsal plays the server's part for one run, in memory and without a clock, so that workflow code can be tested
// against real histories: what a worker replies becomes events, and what the test says happens becomes events too.
//
//	Server.Task ──▶ worker ──▶ Server.Accept      commands become events; what came meanwhile follows
//	Signal, Cancel, CompleteActivity, Fire …      buffered while a workflow task is in flight
//	Advance                                        moves the time and fires timers
//
// It follows the rules that a worker can see: the order of events, the ids, what a sticky task brings. It does not check what a
// server would reject.
package rehearsal
