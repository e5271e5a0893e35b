package replay

import (
	"fmt"
	"reflect"

	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/machine"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// function is a workflow function that can be called with payloads.
type function struct {
	value reflect.Value
	// input is nil for a function without one.
	input     reflect.Type
	hasResult bool
	// interceptors surround it: a []workflow.Interceptor, boxed once.
	interceptors any
}

var (
	contextType = reflect.TypeFor[workflow.Context]()
	errorType   = reflect.TypeFor[error]()
)

func newFunction(fn any) (function, error) {
	f := function{value: reflect.ValueOf(fn)}
	if f.value.Kind() != reflect.Func || f.value.IsNil() {
		return f, fmt.Errorf("%T is not a function", fn)
	}
	t := f.value.Type()
	if t.IsVariadic() || t.NumIn() < 1 || t.NumIn() > 2 || t.In(0) != contextType {
		return f, fmt.Errorf("%v does not take a workflow.Context and at most one input", t)
	}
	if t.NumOut() < 1 || t.NumOut() > 2 || t.Out(t.NumOut()-1) != errorType {
		return f, fmt.Errorf("%v does not return at most one result and an error", t)
	}
	if t.NumIn() == 2 {
		f.input = t.In(1)
	}
	f.hasResult = t.NumOut() == 2
	return f, nil
}

// main calls the function for a run. It is a run's Main.
func (f function) main(run *machine.Run, input *commonpb.Payloads) (*commonpb.Payloads, error) {
	ctx, cancel := workflow.WithCancel(rootContext{run: run, interceptors: f.interceptors})
	run.OnCancel(cancel)
	if run.CancelRequested() {
		cancel()
	}
	args := []reflect.Value{reflect.ValueOf(&ctx).Elem()}
	if f.input != nil {
		target := reflect.New(f.input)
		if err := run.Data().FromPayloads(input, target.Interface()); err != nil {
			run.Scheduler().Halt(fmt.Errorf("input of the workflow: %w", err))
		}
		args = append(args, target.Elem())
	}
	var results []reflect.Value
	call := &workflow.InCall{Kind: workflow.ExecuteWorkflow, Name: run.Start.GetWorkflowType().GetName(), Header: run.Start.GetHeader().GetFields()}
	err := workflow.Intercepted(ctx, call, func(ctx workflow.Context) error {
		args[0] = reflect.ValueOf(&ctx).Elem()
		results = f.value.Call(args)
		err, _ := results[len(results)-1].Interface().(error)
		return err
	})
	if err != nil || !f.hasResult {
		return nil, err
	}
	result, err := run.Data().ToPayloads(results[0].Interface())
	if err != nil {
		run.Scheduler().Halt(fmt.Errorf("result of the workflow: %w", err))
	}
	return result, nil
}

// rootContext is the context of a run before it is made cancellable.
type rootContext struct {
	run          *machine.Run
	interceptors any
}

func (rootContext) Done() workflow.ReceiveChannel[struct{}] { return nil }
func (rootContext) Err() error                              { return nil }

func (c rootContext) Value(key any) any {
	if key == (machine.ContextKey{}) {
		return c.run
	}
	if key == (machine.InterceptorsKey{}) {
		return c.interceptors
	}
	return nil
}
