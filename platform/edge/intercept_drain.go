package edge

import (
	"context"

	"google.golang.org/grpc"
)

// endOnDrain ends a stream's context when the server drains: whoever watches the health of a server would otherwise keep it from stopping.
func (c *chain) endOnDrain(srv any, ss grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	ctx, cancel := context.WithCancel(ss.Context())
	defer cancel()
	defer context.AfterFunc(c.draining, cancel)()
	return next(srv, drainingStream{ss, ctx})
}

// drainingStream is a stream with a context of its own.
type drainingStream struct {
	grpc.ServerStream
	ctx context.Context
}

// Context implements grpc.ServerStream.
func (s drainingStream) Context() context.Context { return s.ctx }
