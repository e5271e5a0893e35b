package activity

import (
	"context"
	"errors"
	"log/slog"

	"github.com/tenuto-io/tenuto/sdk"
)

var (
	// ErrResultPending, returned by an activity, says that someone else will complete it later, with its task token
	// or its ids (client.CompleteActivity). The timeouts keep running.
	ErrResultPending = errors.New("activity: the result is pending")
	// ErrGone is the cause of a context that ended because the server no longer waits for the attempt: it timed out, its
	// workflow is closed, or a new attempt has started.
	ErrGone = errors.New("activity: the server no longer waits for this attempt")
	// ErrWorkerStopped is the cause of a context that ended because the worker is stopping.
	ErrWorkerStopped = errors.New("activity: the worker is stopping")
	// ErrPaused is the cause of a context that ended because an operator paused the activity.
	ErrPaused = errors.New("activity: paused by an operator")
	// ErrReset is the cause of a context that ended because an operator reset the activity to its first attempt.
	ErrReset = errors.New("activity: reset by an operator")
)

// RecordHeartbeat tells the server that the activity is alive and how far it is. It returns at once. Heartbeats closer
// together than 80 % of the heartbeat timeout (30 s without one, never more than a minute) are merged: the latest details
// win, and those of a failing attempt always reach the next one. The details must not be changed afterwards.
func RecordHeartbeat(ctx context.Context, details ...any) { environmentOf(ctx).Record(details...) }

// HasHeartbeatDetails reports whether an earlier attempt recorded details.
func HasHeartbeatDetails(ctx context.Context) bool {
	return len(environmentOf(ctx).LastHeartbeat.GetPayloads()) > 0
}

// HeartbeatDetails returns the first of the details that an earlier attempt recorded last. It returns [sdk.ErrNoDetails] if
// there are none, and the converter's error if they are not a T.
func HeartbeatDetails[T any](ctx context.Context) (T, error) {
	environment := environmentOf(ctx)
	return sdk.DetailAs[T](sdk.ReceivedDetails(environment.LastHeartbeat, environment.Decoder))
}

// Logger returns a logger that names the workflow, the activity and the attempt.
func Logger(ctx context.Context) *slog.Logger { return environmentOf(ctx).Logger }
