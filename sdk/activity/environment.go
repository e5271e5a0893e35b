package activity

import (
	"context"
	"log/slog"

	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/sdk"
)

// Environment is what the context of an activity carries. The worker makes it; a test that calls an activity directly can
// make its own.
type Environment struct {
	// Info describes the attempt.
	Info Info
	// LastHeartbeat is what an earlier attempt recorded last, nil if nothing.
	LastHeartbeat *commonpb.Payloads
	// Decoder decodes LastHeartbeat.
	Decoder sdk.Decoder
	// Record sends a heartbeat. It must not block on the network. Nil: heartbeats are dropped.
	Record func(details ...any)
	// Logger is what [Logger] returns. Nil: slog.Default().
	Logger *slog.Logger
}

type environmentKey struct{}

// NewContext returns a context in which the functions of this package work.
func NewContext(parent context.Context, environment Environment) context.Context {
	if environment.Record == nil {
		environment.Record = func(...any) {}
	}
	if environment.Logger == nil {
		environment.Logger = slog.Default()
	}
	return context.WithValue(parent, environmentKey{}, &environment)
}

func environmentOf(ctx context.Context) *Environment {
	environment, ok := ctx.Value(environmentKey{}).(*Environment)
	if !ok {
		panic("activity: the context is not that of an activity")
	}
	return environment
}
