// Package activity is what the code of an activity may ask of its surroundings. An activity is an ordinary function
//
//	func(ctx context.Context, in In) (Out, error)
//
// that may do anything: call services, write files, take hours. The server schedules it, a worker runs it, and if it fails or
// its worker dies the server schedules it again as its retry policy says. So it must be safe to run twice: key its effects by
// something that both runs share, such as the workflow id and the activity id.
//
// # Cancellation
//
// The context ends when the activity should stop, and context.Cause tells why: an [sdk.CanceledError] when the workflow
// canceled it (heard of by heartbeat), [ErrGone] when the server no longer waits for it, [ErrWorkerStopped],
// or context.DeadlineExceeded.
//
// # Heartbeats
//
// A long activity records heartbeats. If they stop for longer than the heartbeat timeout the server schedules the next
// attempt, which finds the last recorded details with [HeartbeatDetails].
package activity
