package rpc

import (
	"context"
	"time"
)

const (
	attemptTimeout = 10 * time.Second
	// pollTimeout leaves servers, which hold a long poll for about a minute, time to answer that there is nothing.
	pollTimeout = 70 * time.Second
	// retryFor bounds the retries of a call whose context has no deadline.
	retryFor = time.Minute
)

// mode says how a call is bounded and retried.
type mode struct {
	attempt  time.Duration // the time one attempt may take
	retryFor time.Duration // the time to go on retrying without a deadline; zero: one attempt; negative: no bound
}

var ordinary = mode{attempt: attemptTimeout, retryFor: retryFor}

type modeKey struct{}

// LongPoll marks calls that wait for news. They are retried until the context ends.
func LongPoll(ctx context.Context) context.Context {
	return context.WithValue(ctx, modeKey{}, mode{attempt: pollTimeout, retryFor: -1})
}

// Poll marks calls of a loop that waits for news and does its own retrying.
func Poll(ctx context.Context) context.Context {
	return context.WithValue(ctx, modeKey{}, mode{attempt: pollTimeout})
}

// Patient marks calls whose answer is worked out by a worker, and so may take as long as a long poll.
func Patient(ctx context.Context) context.Context {
	return context.WithValue(ctx, modeKey{}, mode{attempt: pollTimeout, retryFor: retryFor})
}

// Once marks calls that are not worth a retry.
func Once(ctx context.Context) context.Context {
	return context.WithValue(ctx, modeKey{}, mode{attempt: attemptTimeout})
}

func modeOf(ctx context.Context) mode {
	if m, ok := ctx.Value(modeKey{}).(mode); ok {
		return m
	}
	return ordinary
}

// giveUpAt returns when to stop retrying, and false for never.
func (m mode) giveUpAt(ctx context.Context, now time.Time) (time.Time, bool) {
	if deadline, ok := ctx.Deadline(); ok && m.retryFor != 0 {
		return deadline, true
	}
	if m.retryFor < 0 {
		return time.Time{}, false
	}
	return now.Add(m.retryFor), true
}
