package edge

import (
	"context"
	"errors"
	"time"
)

// patience bounds the waits of long polls and queries.
type patience struct {
	draining context.Context // ends when the server drains
}

// wait derives the context in which the engine may wait for at most `most`. It ends LongPollMargin before the caller's deadline, so that the
// caller gets an answer and no error, and when the server drains. It returns InvalidArgument when the caller leaves less than MinLongPoll.
func (p patience) wait(ctx context.Context, most time.Duration) (context.Context, context.CancelFunc, error) {
	if deadline, ok := ctx.Deadline(); ok {
		left := time.Until(deadline)
		if left < MinLongPoll {
			return nil, nil, invalid("Context timeout is too short: a long poll needs at least %s.", MinLongPoll)
		}
		most = min(most, max(left-LongPollMargin, 0))
	}
	waiting, cancel := context.WithTimeout(ctx, most)
	stop := context.AfterFunc(p.draining, cancel)
	return waiting, func() { stop(); cancel() }, nil
}

// ranOut tells whether err only says that the wait ended, while the caller still listens: the answer is then empty.
func ranOut(ctx context.Context, err error) bool {
	return ctx.Err() == nil && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled))
}

// ask derives the context of a question to a worker: like wait, but a caller in a hurry is let in, and its margin is a tenth of what it has, at
// most LongPollMargin.
func (p patience) ask(ctx context.Context, most time.Duration) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		left := time.Until(deadline)
		most = min(most, left-min(left/10, LongPollMargin))
	}
	waiting, cancel := context.WithTimeout(ctx, most)
	stop := context.AfterFunc(p.draining, cancel)
	return waiting, func() { stop(); cancel() }
}
