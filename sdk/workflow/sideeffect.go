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

// MutableSideEffect is [SideEffect] for a value that may change, such as a piece of configuration: f is called at every call, and its value
// is recorded when it differs from the one recorded last under the id. An id names one value throughout the run.
func MutableSideEffect[T comparable](ctx Context, id string, f func() T) T {
	return MutableSideEffectFunc(ctx, id, f, func(a, b T) bool { return a == b })
}

// MutableSideEffectFunc is [MutableSideEffect] for values that need a function to be compared.
func MutableSideEffectFunc[T any](ctx Context, id string, f func() T, equal func(a, b T) bool) T {
	run := runOf(ctx)
	inForce, err := run.MutableSideEffect(id, func(inForce *commonpb.Payloads) (*commonpb.Payloads, error) {
		fresh := f()
		if inForce != nil {
			var known T
			if err := run.Data().FromPayloads(inForce, &known); err != nil {
				return nil, err
			}
			if equal(fresh, known) {
				return nil, nil
			}
		}
		return run.Data().ToPayloads(fresh)
	})
	var value T
	if err == nil {
		err = run.Data().FromPayloads(inForce, &value)
	}
	if err != nil {
		panic(fmt.Errorf("workflow: value of mutable side effect %s: %w", id, err))
	}
	return value
}
