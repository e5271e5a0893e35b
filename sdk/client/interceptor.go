package client

import (
	"context"

	commonpb "go.temporal.io/api/common/v1"
)

// Kind is a kind of call of a workflow.
type Kind int

// Workflows are started, signalled, updated and queried. SignalWithStart and UpdateWithStart are one call each.
const (
	KindStart Kind = iota + 1
	KindSignal
	KindSignalWithStart
	KindUpdate
	KindUpdateWithStart
	KindQuery
)

// Call is a call of a workflow that is about to be made.
type Call struct {
	Kind Kind
	// WorkflowID and RunID name the workflow. RunID may be empty.
	WorkflowID, RunID string
	// Name is the workflow's type for a start, and else the name of the signal, update or query.
	Name string
	// Header is sent along, and may be added to.
	Header map[string]*commonpb.Payload
}

// Interceptor surrounds calls of workflows, for tracing, logging and the like. It must call next, unless it refuses the call, and return its
// error or another.
type Interceptor func(ctx context.Context, call *Call, next func(context.Context) error) error

// intercept makes a call through the interceptors, the first of them outermost. The header that comes of it is put into what send sends.
func (c *Client) intercept(ctx context.Context, call *Call, header **commonpb.Header, send func(context.Context) error) error {
	if len(c.options.Interceptors) == 0 {
		return send(ctx)
	}
	call.Header = make(map[string]*commonpb.Payload)
	for key, value := range (*header).GetFields() {
		call.Header[key] = value
	}
	return intercepted(ctx, c.options.Interceptors, call, func(ctx context.Context) error {
		if len(call.Header) > 0 {
			*header = &commonpb.Header{Fields: call.Header}
		}
		return send(ctx)
	})
}

func intercepted(ctx context.Context, list []Interceptor, call *Call, send func(context.Context) error) error {
	if len(list) == 0 {
		return send(ctx)
	}
	return list[0](ctx, call, func(ctx context.Context) error { return intercepted(ctx, list[1:], call, send) })
}
