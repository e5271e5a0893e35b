package edge

import (
	"context"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// whileAdmitted makes a long call end when its principal is not admitted any more. Whatever it came to by then, nothing of it leaves: a task that it got is
// given to somebody else when it times out, as its worker could not report on it any more.
func (c *chain) whileAdmitted(epoch context.Context, p *tenants.Principal, admit func() error, call func(context.Context) (any, error)) func(context.Context) (any, error) {
	return func(ctx context.Context) (any, error) {
		ctx, end := context.WithCancelCause(ctx)
		defer end(nil)
		w := &watch{guard: c.guard, admit: admit, end: end}
		w.arm(epoch)
		defer w.disarm()
		if expires := p.Credential.Expires; !expires.IsZero() {
			timer := time.AfterFunc(time.Until(expires), w.look)
			defer timer.Stop()
		}
		resp, err := call(ctx)
		if why := context.Cause(ctx); refusal(why) {
			return nil, why
		}
		return resp, err
	}
}

// watch looks again whether a call is admitted, each time that anything has changed.
type watch struct {
	guard Guard
	admit func() error
	end   context.CancelCauseFunc

	mu   sync.Mutex
	stop func() bool // of the wait for the present epoch's end
	over bool
}

func (w *watch) arm(epoch context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over {
		w.stop = context.AfterFunc(epoch, w.look)
	}
}

func (w *watch) disarm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	w.stop()
}

// look ends the call, or waits for the next change. What cannot be found out now is no reason to end it: it will be looked at again.
func (w *watch) look() {
	epoch := w.guard.Epoch()
	if err := w.admit(); refusal(err) {
		w.end(err)
		return
	}
	w.arm(epoch)
}

// refusal tells whether an error says that a caller may not call.
func refusal(err error) bool {
	switch orchestration.CodeOf(err) {
	case orchestration.PermissionDenied, orchestration.NamespaceNotFound, orchestration.FailedPrecondition:
		return true
	}
	return status.Code(err) == codes.Unauthenticated
}
