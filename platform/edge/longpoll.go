package edge

import (
	"context"
	"errors"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// patience bounds the waits of long polls and questions. The engine has bounds of its own; these make its answer reach the caller.
type patience struct {
	draining context.Context // ends when the server drains
}

// poll derives the context of a worker's poll. It ends LongPollMargin before the caller's deadline, so that the caller gets an empty answer and
// no error, and when the server drains. It returns InvalidArgument when the caller leaves less than MinLongPoll: such a worker would poll
// in a tight loop.
func (p patience) poll(ctx context.Context) (context.Context, context.CancelFunc, error) {
	deadline, ok := ctx.Deadline()
	if !ok {
		waiting, cancel := p.wait(ctx, orchestration.LongPoll)
		return waiting, cancel, nil
	}
	left := time.Until(deadline)
	if left < MinLongPoll {
		return nil, nil, invalid("Context timeout is too short: a long poll needs at least %s.", MinLongPoll)
	}
	waiting, cancel := p.wait(ctx, left-LongPollMargin)
	return waiting, cancel, nil
}

// ask derives the context of a question: a query, or a wait for news of a run. Its caller may be in a hurry, so the margin is a tenth of what
// there is, at most LongPollMargin.
func (p patience) ask(ctx context.Context) (context.Context, context.CancelFunc) {
	most := orchestration.LongPoll
	if deadline, ok := ctx.Deadline(); ok {
		left := time.Until(deadline)
		most = min(most, left-min(left/10, LongPollMargin))
	}
	return p.wait(ctx, most)
}

func (p patience) wait(ctx context.Context, most time.Duration) (context.Context, context.CancelFunc) {
	waiting, cancel := context.WithTimeout(ctx, most)
	stop := context.AfterFunc(p.draining, cancel)
	return waiting, func() { stop(); cancel() }
}

// ranOut tells whether err only says that the wait ended, while the caller still listens: the answer is then empty.
func ranOut(ctx context.Context, err error) bool {
	return ctx.Err() == nil && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled))
}

// unanswered is the error of a question that found no answer in the time there was, with the reason for a caller who has to know.
func (p patience) unanswered(reason string) error {
	if p.draining.Err() != nil {
		return orchestration.Errorf(orchestration.Unavailable, "The server is shutting down.")
	}
	return orchestration.Errorf(orchestration.DeadlineExceeded, "%s", reason)
}
