package workflow

import (
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
)

// SetQueryHandler makes handler answer queries of a name without arguments, in place of an earlier handler. It runs between two
// steps of the workflow, in any worker and any number of times, also after the workflow is closed: it must only look. What it
// would change or block on fails the query. Names that begin with two underscores are reserved.
func SetQueryHandler[R any](ctx Context, name string, handler func() (R, error)) {
	run := runOf(ctx)
	run.SetQueryHandler(name, func(_ *commonpb.Payloads, header *commonpb.Header) (*commonpb.Payloads, error) {
		return answerQuery(ctx, name, header, handler)
	})
}

// SetQueryHandlerWithInput is [SetQueryHandler] for queries with an argument.
func SetQueryHandlerWithInput[I, R any](ctx Context, name string, handler func(I) (R, error)) {
	run := runOf(ctx)
	run.SetQueryHandler(name, func(args *commonpb.Payloads, header *commonpb.Header) (*commonpb.Payloads, error) {
		var input I
		if err := run.Data().FromPayloads(args, &input); err != nil {
			return nil, fmt.Errorf("argument of query %s: %w", name, err)
		}
		return answerQuery(ctx, name, header, func() (R, error) { return handler(input) })
	})
}

// answerQuery runs a handler with its input and encodes what it says.
func answerQuery[R any](ctx Context, name string, header *commonpb.Header, handler func() (R, error)) (*commonpb.Payloads, error) {
	var answer R
	err := Intercepted(ctx, &InCall{Kind: HandleQuery, Name: name, Header: header.GetFields()}, func(Context) (err error) {
		answer, err = handler()
		return err
	})
	if err != nil {
		return nil, err
	}
	return runOf(ctx).Data().ToPayloads(answer)
}
