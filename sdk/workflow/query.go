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
	run.SetQueryHandler(name, func(*commonpb.Payloads) (*commonpb.Payloads, error) {
		answer, err := handler()
		if err != nil {
			return nil, err
		}
		return run.Data().ToPayloads(answer)
	})
}

// SetQueryHandlerWithInput is [SetQueryHandler] for queries with an argument.
func SetQueryHandlerWithInput[I, R any](ctx Context, name string, handler func(I) (R, error)) {
	run := runOf(ctx)
	run.SetQueryHandler(name, func(args *commonpb.Payloads) (*commonpb.Payloads, error) {
		var input I
		if err := run.Data().FromPayloads(args, &input); err != nil {
			return nil, fmt.Errorf("argument of query %s: %w", name, err)
		}
		answer, err := handler(input)
		if err != nil {
			return nil, err
		}
		return run.Data().ToPayloads(answer)
	})
}
