package worker

import (
	"errors"
	"fmt"
	"runtime/debug"

	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"

	"github.com/tenuto-io/tenuto/sdk"
)

var errGoexit = errors.New("the activity called runtime.Goexit")

// protect runs code of the application in a goroutine of its own and turns a panic or a Goexit into a [sdk.PanicError]. Whatever
// calls into the application goes through it, also an Error method or a MarshalJSON: no task may take the worker with it.
func protect[T any](run func() (T, error)) (result T, err error) {
	done := make(chan struct{})
	go func() {
		returned := false
		defer close(done)
		defer func() {
			if recovered := recover(); recovered != nil {
				err = sdk.NewPanicError(recovered, string(debug.Stack()))
			} else if !returned {
				err = sdk.NewPanicError(errGoexit, string(debug.Stack()))
			}
		}()
		result, err = run()
		returned = true
	}()
	<-done
	return result, err
}

// failureOf represents an error of the application. One that panics when it is asked for its message, such as a nil pointer
// of an error type, becomes the failure of that panic, without the cause that cannot be told.
func (w *Worker) failureOf(err error) *failurepb.Failure {
	failures := w.client.FailureConverter()
	failure, panicked := protect(func() (*failurepb.Failure, error) { return failures.ErrorToFailure(err), nil })
	if told := (*sdk.PanicError)(nil); errors.As(panicked, &told) {
		return failures.ErrorToFailure(&sdk.PanicError{Message: fmt.Sprintf("%T: %s", err, told.Message), Origin: told.Origin})
	}
	return failure
}

// encode encodes values of the application.
func (w *Worker) encode(values ...any) (*commonpb.Payloads, error) {
	return protect(func() (*commonpb.Payloads, error) { return w.client.DataConverter().ToPayloads(values...) })
}
