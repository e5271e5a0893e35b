package edge

import (
	"context"

	"google.golang.org/grpc"
)

// caller is who calls, as the call's metadata claims it. Nothing is allowed or refused by it.
type caller struct {
	sdk bool // the client is an SDK, whose workers understand transient events
}

type callerKey struct{}

// sdks are the values of the client-name header that SDKs send. Tools built on an SDK (CLI, UI) name themselves otherwise.
var sdks = map[string]bool{
	"temporal-go":         true,
	"temporal-java":       true,
	"temporal-typescript": true,
	"temporal-python":     true,
	"temporal-dotnet":     true,
	"temporal-ruby":       true,
	"temporal-rust":       true,
	"temporal-php":        true,
	"temporal-php-2":      true,
	"tenuto-go":           true,
}

// noteCaller leaves the caller in the context.
func (c *chain) noteCaller(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	return next(context.WithValue(ctx, callerKey{}, caller{sdk: sdks[clientName(ctx)]}), req)
}

// callerOf is the caller that noteCaller left in the context.
func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

// clientName is the client-name header of the call, or "".
func clientName(ctx context.Context) string {
	return header(ctx, "client-name")
}
