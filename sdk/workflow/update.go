package workflow

import (
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	updatepb "go.temporal.io/api/update/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/machine"
)

// UpdateHandlerOptions say how updates with an input of type I are handled.
type UpdateHandlerOptions[I any] struct {
	// Validator may refuse an update with an error, before anything of it is in the history. It must only look. Default: none is refused.
	Validator func(ctx Context, input I) error
	// MayBeLeft says that the workflow may end while the handler runs. Default: that is logged as a mistake, see [AllHandlersFinished].
	MayBeLeft bool
}

// UpdateInfo describes the update that a handler runs.
type UpdateInfo struct {
	ID, Name string
}

type updateInfoKey struct{}

// CurrentUpdate describes the update whose handler or validator has the context. It returns false elsewhere.
func CurrentUpdate(ctx Context) (UpdateInfo, bool) {
	info, ok := ctx.Value(updateInfoKey{}).(UpdateInfo)
	return info, ok
}

// SetUpdateHandler makes handler run updates of a name, in place of an earlier one, each in a coroutine of its own. It may do whatever
// workflow code may, and its result is the caller's. Set handlers before the workflow first blocks: an update that finds none is refused. The
// caller lets updates that wait go first. Names that begin with two underscores are reserved.
func SetUpdateHandler[I, O any](ctx Context, name string, handler func(Context, I) (O, error)) {
	SetUpdateHandlerWithOptions(ctx, name, handler, UpdateHandlerOptions[I]{})
}

// SetUpdateHandlerWithOptions is [SetUpdateHandler] with options.
func SetUpdateHandlerWithOptions[I, O any](ctx Context, name string, handler func(Context, I) (O, error), options UpdateHandlerOptions[I]) {
	run := runOf(ctx)
	run.SetUpdateHandler(name, machine.UpdateHandler{
		MayBeLeft: options.MayBeLeft,
		Begin: func(id string, args *updatepb.Input) (func() error, func() (*commonpb.Payloads, error), error) {
			var input I
			if err := run.Data().FromPayloads(args.GetArgs(), &input); err != nil {
				return nil, nil, fmt.Errorf("unable to decode the input for update %q: %w", name, err)
			}
			call := updateCall{WithValue(ctx, updateInfoKey{}, UpdateInfo{ID: id, Name: name}), name, args.GetHeader()}
			validate := func(ctx Context) error {
				if options.Validator == nil {
					return nil
				}
				return options.Validator(ctx, input)
			}
			return func() error { return call.intercepted(ValidateUpdate, validate) }, func() (*commonpb.Payloads, error) {
				return runUpdate(call, func(ctx Context) (O, error) { return handler(ctx, input) })
			}, nil
		},
	})
}

// SetUpdateHandlerNoInput is [SetUpdateHandler] for updates without an input.
func SetUpdateHandlerNoInput[O any](ctx Context, name string, handler func(Context) (O, error)) {
	runOf(ctx).SetUpdateHandler(name, machine.UpdateHandler{
		Begin: func(id string, args *updatepb.Input) (func() error, func() (*commonpb.Payloads, error), error) {
			call := updateCall{WithValue(ctx, updateInfoKey{}, UpdateInfo{ID: id, Name: name}), name, args.GetHeader()}
			return func() error { return nil }, func() (*commonpb.Payloads, error) { return runUpdate(call, handler) }, nil
		},
	})
}

// SetUpdateHandlerNoResult is [SetUpdateHandler] for updates without a result.
func SetUpdateHandlerNoResult[I any](ctx Context, name string, handler func(Context, I) error) {
	SetUpdateHandler(ctx, name, func(ctx Context, input I) (any, error) { return nil, handler(ctx, input) })
}

// updateCall is one update as its handler meets it.
type updateCall struct {
	ctx    Context
	name   string
	header *commonpb.Header
}

func (u updateCall) intercepted(kind InKind, code func(Context) error) error {
	return Intercepted(u.ctx, &InCall{Kind: kind, Name: u.name, Header: u.header.GetFields()}, code)
}

// runUpdate runs a handler and encodes its result.
func runUpdate[O any](call updateCall, handler func(Context) (O, error)) (*commonpb.Payloads, error) {
	var result O
	err := call.intercepted(HandleUpdate, func(ctx Context) (err error) {
		result, err = handler(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return encodeUpdateResult(runOf(call.ctx), call.name, result)
}

// encodeUpdateResult fails the workflow task for a value that has no encoding: the update stays open for code that is repaired.
func encodeUpdateResult(run *machine.Run, name string, result any) (*commonpb.Payloads, error) {
	payloads, err := run.Data().ToPayloads(result)
	if err != nil {
		run.Scheduler().Halt(fmt.Errorf("result of update %s: %w", name, err))
	}
	return payloads, nil
}

// AllHandlersFinished reports whether no update handler runs. Wait for it before the workflow ends or continues as new:
//
//	workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
func AllHandlersFinished(ctx Context) bool { return runOf(ctx).RunningUpdates() == 0 }
