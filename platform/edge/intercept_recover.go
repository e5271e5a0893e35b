package edge

import (
	"context"
	"runtime/debug"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// errInternal is all that a client learns of a fault of ours.
var errInternal = status.Error(codes.Internal, "Internal server error.")

// recoverPanics turns a panic of a handler into Internal. The stack goes to the log and never to the client.
func (c *chain) recoverPanics(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (resp any, err error) {
	defer func() {
		if p := recover(); p != nil {
			c.logPanic(info.FullMethod, p)
			resp, err = nil, errInternal
		}
	}()
	return next(ctx, req)
}

// recoverStream is recoverPanics for streaming methods.
func (c *chain) recoverStream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) (err error) {
	defer func() {
		if p := recover(); p != nil {
			c.logPanic(info.FullMethod, p)
			err = errInternal
		}
	}()
	return next(srv, ss)
}

func (c *chain) logPanic(method string, p any) {
	c.log.Error("panic in a handler", "method", method, "panic", p, "stack", string(debug.Stack()))
}
