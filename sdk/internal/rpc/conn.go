package rpc

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/api/serviceerror"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// internalAttempts bounds the attempts of a call that the server answers with INTERNAL or UNKNOWN: it may be a passing
// trouble, or a request that this server will never digest.
const internalAttempts = 4

// Conn is a gRPC connection with retries and typed errors. It is safe for concurrent use.
type Conn struct {
	inner   grpc.ClientConnInterface
	headers []string // key, value, key, value …
}

// New wraps a connection. The headers, key and value in turn, go with every call.
func New(inner grpc.ClientConnInterface, headers ...string) *Conn {
	return &Conn{inner: inner, headers: headers}
}

// Invoke makes a call until it succeeds, fails for good, or the context ends. Errors are those of package serviceerror; if
// the context ended they also wrap its cause.
func (c *Conn) Invoke(ctx context.Context, method string, request, reply any, options ...grpc.CallOption) error {
	how := modeOf(ctx)
	until, bounded := how.giveUpAt(ctx, time.Now())
	delays := newDelays()
	for attempt := 1; ; attempt++ {
		err := c.once(ctx, how.attempt, method, request, reply, options)
		if err == nil {
			return nil
		}
		code := status.Code(err)
		if ctx.Err() != nil {
			return ended(ctx, err)
		}
		if how.retryFor == 0 || !retryable(code, attempt) {
			return serviceerror.FromStatus(status.Convert(err))
		}
		delay := delays.next(code)
		if bounded && time.Now().Add(delay).After(until) {
			return serviceerror.FromStatus(status.Convert(err))
		}
		if !Sleep(ctx, delay) {
			return ended(ctx, err)
		}
	}
}

func (c *Conn) once(
	ctx context.Context, timeout time.Duration, method string, request, reply any, options []grpc.CallOption,
) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return c.inner.Invoke(metadata.AppendToOutgoingContext(ctx, c.headers...), method, request, reply, options...)
}

// NewStream opens a stream as it is: the service has no streaming methods that this package could retry.
func (c *Conn) NewStream(
	ctx context.Context, description *grpc.StreamDesc, method string, options ...grpc.CallOption,
) (grpc.ClientStream, error) {
	return c.inner.NewStream(metadata.AppendToOutgoingContext(ctx, c.headers...), description, method, options...)
}

// retryable says which failures pass. DEADLINE_EXCEEDED is that of one attempt: the caller's own deadline is checked before.
func retryable(code codes.Code, attempt int) bool {
	switch code {
	case codes.Unavailable, codes.ResourceExhausted, codes.Aborted, codes.DeadlineExceeded:
		return true
	case codes.Internal, codes.Unknown:
		return attempt < internalAttempts
	default:
		return false
	}
}

// ended reports the end of the caller's context, and with it the last failure, which often tells the reason.
func ended(ctx context.Context, last error) error {
	return fmt.Errorf("%w (last error: %w)", context.Cause(ctx), serviceerror.FromStatus(status.Convert(last)))
}
