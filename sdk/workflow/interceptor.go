package workflow

import (
	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/machine"
)

// Interceptor is told what passes between a workflow's code and the rest of the world, for tracing, logging and the like. Either function
// may be nil. It is workflow code: it runs again in replay, and must do nothing but look, set headers and derive contexts.
type Interceptor struct {
	// In surrounds code of the workflow that somebody calls. It must call next, with its context or one derived from it, and return its error
	// or another.
	In func(ctx Context, call *InCall, next func(Context) error) error
	// Out comes before something that the workflow asks for. It may set headers.
	Out func(ctx Context, call *OutCall)
}

// InKind is a kind of call of workflow code.
type InKind int

// The workflow function, the validator and the handler of an update, and the handler of a query are called.
const (
	ExecuteWorkflow InKind = iota + 1
	ValidateUpdate
	HandleUpdate
	HandleQuery
)

// InCall is a call of workflow code.
type InCall struct {
	Kind InKind
	// Name is the workflow type, or the name of the update or query.
	Name string
	// Header is what the caller sent along. It must not be changed.
	Header map[string]*commonpb.Payload
}

// OutKind is a kind of thing that workflow code asks for.
type OutKind int

// Workflow code asks for activities, local ones, children, signals to other workflows and the next run.
const (
	StartActivity OutKind = iota + 1
	StartLocalActivity
	StartChild
	SignalOther
	StartNextRun
)

// OutCall is something that workflow code asks for.
type OutCall struct {
	Kind OutKind
	// Name is the type of the activity or workflow, or the name of the signal.
	Name string
	// Header is sent along.
	Header map[string]*commonpb.Payload
}

func interceptorsOf(ctx Context) []Interceptor {
	list, _ := ctx.Value(machine.InterceptorsKey{}).([]Interceptor)
	return list
}

// Intercepted calls code of a workflow through the interceptors of its context, the first of them outermost. Workers use it.
func Intercepted(ctx Context, call *InCall, code func(Context) error) error {
	return interceptIn(ctx, interceptorsOf(ctx), call, code)
}

func interceptIn(ctx Context, list []Interceptor, call *InCall, code func(Context) error) error {
	for i, interceptor := range list {
		if interceptor.In != nil {
			return interceptor.In(ctx, call, func(ctx Context) error { return interceptIn(ctx, list[i+1:], call, code) })
		}
	}
	return code(ctx)
}

// outHeader returns the header that interceptors give to something that the code asks for.
func outHeader(ctx Context, kind OutKind, name string) *commonpb.Header {
	header := &commonpb.Header{}
	list := interceptorsOf(ctx)
	if len(list) == 0 {
		return header
	}
	call := &OutCall{Kind: kind, Name: name, Header: make(map[string]*commonpb.Payload)}
	for _, interceptor := range list {
		if interceptor.Out != nil {
			interceptor.Out(ctx, call)
		}
	}
	if len(call.Header) > 0 {
		header.Fields = call.Header
	}
	return header
}
