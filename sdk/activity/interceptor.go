package activity

import (
	"context"

	commonpb "go.temporal.io/api/common/v1"
)

// Call is an attempt at an activity that is about to run. [GetInfo] of its context describes it.
type Call struct {
	// Header is what the workflow sent along. It must not be changed.
	Header map[string]*commonpb.Payload
}

// Interceptor surrounds attempts at activities, for tracing, logging and the like. It must call next, with its context or one derived from
// it, unless it refuses the attempt, and return its error or another.
type Interceptor func(ctx context.Context, call Call, next func(context.Context) error) error
