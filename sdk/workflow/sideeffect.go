package workflow

import (
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
)

// SideEffect calls f once in the life of the run and records its value in the history, from which every replay takes it. Use it
// for short, local, infallible things such as reading a configuration value; f must not call functions of this package. If the
// workflow task fails, f is called again. It panics, which fails the workflow task, if the value cannot be encoded or decoded.
func SideEffect[T any](ctx Context, f func() T) T {
	run := runOf(ctx)
	recorded, err := run.SideEffect(func() (*commonpb.Payloads, error) { return run.Data().ToPayloads(f()) })
	var value T
	if err == nil {
		err = run.Data().FromPayloads(recorded, &value)
	}
	if err != nil {
		panic(fmt.Errorf("workflow: value of a side effect: %w", err))
	}
	return value
}
