package worker

import (
	"context"
	"fmt"
	"reflect"

	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/activity"
	"github.com/tenuto-io/tenuto/sdk/converter"
)

var (
	contextType = reflect.TypeFor[context.Context]()
	errorType   = reflect.TypeFor[error]()
)

// function is a registered activity: func([context.Context,] In...) ([Out,] error).
type function struct {
	value       reflect.Value
	inputs      []reflect.Type
	withContext bool
	withResult  bool
}

func newFunction(fn reflect.Value) (*function, error) {
	t := fn.Type()
	if t.IsVariadic() {
		return nil, fmt.Errorf("%s is variadic", t)
	}
	if n := t.NumOut(); n == 0 || n > 2 || t.Out(n-1) != errorType {
		return nil, fmt.Errorf("%s does not return (Out, error) or error", t)
	}
	f := &function{value: fn, withResult: t.NumOut() == 2}
	for i := range t.NumIn() {
		if t.In(i) == contextType {
			if i > 0 {
				return nil, fmt.Errorf("%s: context.Context is not the first parameter", t)
			}
			f.withContext = true
			continue
		}
		f.inputs = append(f.inputs, t.In(i))
	}
	return f, nil
}

// invocation is what a function is called with.
type invocation struct {
	data         converter.DataConverter
	input        *commonpb.Payloads
	header       *commonpb.Header
	interceptors []activity.Interceptor
}

// call decodes the input, runs the function through the interceptors and encodes the result. A panic becomes a [sdk.PanicError].
func (f *function) call(ctx context.Context, i invocation) (*commonpb.Payloads, error) {
	return protect(func() (result *commonpb.Payloads, err error) {
		err = intercepted(ctx, i.interceptors, activity.Call{Header: i.header.GetFields()}, func(ctx context.Context) (err error) {
			result, err = f.invoke(ctx, i.data, i.input)
			return err
		})
		return result, err
	})
}

func intercepted(ctx context.Context, list []activity.Interceptor, call activity.Call, run func(context.Context) error) error {
	if len(list) == 0 {
		return run(ctx)
	}
	return list[0](ctx, call, func(ctx context.Context) error { return intercepted(ctx, list[1:], call, run) })
}

// invoke runs code of the application all along: the function, and the methods by which its types encode and decode themselves.
func (f *function) invoke(
	ctx context.Context, data converter.DataConverter, input *commonpb.Payloads,
) (*commonpb.Payloads, error) {
	args, err := f.decode(ctx, data, input)
	if err != nil {
		// The same input will not decode on the next attempt either.
		return nil, sdk.NewNonRetryableError("decode the activity's input", "InvalidInput", err)
	}
	outputs := f.value.Call(args)
	if err, ok := outputs[len(outputs)-1].Interface().(error); ok {
		return nil, err
	}
	if !f.withResult {
		return nil, nil
	}
	result, err := data.ToPayloads(outputs[0].Interface())
	if err != nil {
		return nil, sdk.NewNonRetryableError("encode the activity's result", "InvalidResult", err)
	}
	return result, nil
}

func (f *function) decode(
	ctx context.Context, data converter.DataConverter, input *commonpb.Payloads,
) ([]reflect.Value, error) {
	targets := make([]any, len(f.inputs))
	args := make([]reflect.Value, 0, len(f.inputs)+1)
	if f.withContext {
		args = append(args, reflect.ValueOf(ctx))
	}
	for i, t := range f.inputs {
		pointer := reflect.New(t)
		targets[i] = pointer.Interface()
		args = append(args, pointer.Elem())
	}
	return args, data.FromPayloads(input, targets...)
}
