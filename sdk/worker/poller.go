package worker

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/rpc"
)

// answer is what polls get, a task or nothing.
type answer interface {
	GetTaskToken() []byte
	GetPollerScalingDecision() *taskqueuepb.PollerScalingDecision
}

// poller is one kind of poll: for workflow tasks, for sticky ones, or for activities. It takes a slot, polls, and runs what
// it got beside the next poll.
type poller[T answer] struct {
	what   string
	slots  slots
	poll   func(ctx context.Context) (T, error)
	handle func(task T)
	fatal  func(error)
	logger *slog.Logger
	// spawn runs a function beside the caller and is waited for when the worker stops.
	spawn func(func())
	scale *scale
}

// run polls until accepting ends, the server will never answer, or one poll fewer is enough. A waiting poll goes on until polling ends.
func (p *poller[T]) run(accepting, polling context.Context) {
	delays := pollDelays()
	for p.slots.take(accepting) {
		task, err := p.poll(rpc.Poll(polling))
		found := err == nil && len(task.GetTaskToken()) > 0
		leave := err == nil && accepting.Err() == nil && p.scale.follow(task.GetPollerScalingDecision(), found)
		if found {
			// Even if the worker is stopping: the server counts on whom it gave the task.
			p.spawn(func() {
				defer p.slots.free()
				p.handle(task)
			})
			delays.Reset()
			if leave {
				return
			}
			continue
		}
		p.slots.free()
		switch {
		case leave, accepting.Err() != nil:
			return
		case err == nil:
			delays.Reset()
		case isFatal(err):
			p.fatal(err)
			return
		default:
			p.pause(accepting, delays.Next(), err)
		}
	}
}

func (p *poller[T]) pause(ctx context.Context, delay time.Duration, err error) {
	var late *serviceerror.DeadlineExceeded
	if errors.As(err, &late) {
		return // A long poll that nobody answered in time is as good as an empty one.
	}
	p.logger.Warn("poll failed", "poll", p.what, "error", err, "retry_in", delay)
	rpc.Sleep(ctx, delay)
}

// isFatal reports whether the server will answer the same poll the same way forever.
func isFatal(err error) bool {
	var (
		invalid   *serviceerror.InvalidArgument
		namespace *serviceerror.NamespaceNotFound
		version   *serviceerror.ClientVersionNotSupported
		missing   *serviceerror.Unimplemented
	)
	return errors.As(err, &invalid) || errors.As(err, &namespace) || errors.As(err, &version) || errors.As(err, &missing)
}
