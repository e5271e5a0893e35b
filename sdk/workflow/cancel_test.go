package workflow_test

import (
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

func TestDoneIsClosedAtCancellation(t *testing.T) {
	check(t, "canceled inner:canceled values:v", func(ctx workflow.Context, did *journal) error {
		type key struct{}
		ctx = workflow.WithValue(ctx, key{}, "v")
		scope, cancel := workflow.WithCancel(ctx)
		inner, _ := workflow.WithCancel(scope)
		workflow.Go(ctx, func(workflow.Context) { cancel(); cancel() })
		_, open := inner.Done().Receive(ctx)
		if !open {
			did.add("%v", scope.Err())
		}
		late, _ := workflow.WithCancel(scope)
		did.add("inner:%v", late.Err())
		did.add("values:%v", late.Value(key{}))
		return nil
	})
}

func TestDisconnectedContextOutlivesItsParent(t *testing.T) {
	check(t, "parent:canceled child:<nil> child:canceled", func(ctx workflow.Context, did *journal) error {
		parent, cancelParent := workflow.WithCancel(ctx)
		child, cancelChild := workflow.NewDisconnectedContext(parent)
		cancelParent()
		did.add("parent:%v", parent.Err())
		did.add("child:%v", child.Err())
		cancelChild()
		did.add("child:%v", child.Err())
		return nil
	})
}

func TestCancelledActivityIsACanceledError(t *testing.T) {
	check(t, "true true", func(ctx workflow.Context, did *journal) error {
		scope, cancel := workflow.WithCancel(ctx)
		work := workflow.ExecuteActivityByName[string](scope, "Unheard", "x")
		workflow.Sleep(ctx, time.Second)
		cancel()
		did.add("%v", work.IsReady())
		_, err := work.Get(ctx)
		did.add("%v", sdk.IsCanceled(err))
		return nil
	})
}

func TestAwaitEndsWithTheContext(t *testing.T) {
	check(t, "canceled <nil>:true", func(ctx workflow.Context, did *journal) error {
		scope, cancel := workflow.WithCancel(ctx)
		workflow.Go(ctx, func(ctx workflow.Context) {
			workflow.Sleep(ctx, time.Second)
			cancel()
		})
		did.add("%v", workflow.Await(scope, func() bool { return false }))
		held, err := workflow.AwaitWithTimeout(ctx, time.Second, func() bool { return true })
		did.add("%v:%v", err, held)
		return nil
	})
}

func TestMutexEndsItsWaitWithTheContext(t *testing.T) {
	check(t, "canceled free:false free:true", func(ctx workflow.Context, did *journal) error {
		mutex := workflow.NewMutex(ctx)
		if err := mutex.Lock(ctx); err != nil {
			return err
		}
		scope, cancel := workflow.WithCancel(ctx)
		workflow.Go(ctx, func(workflow.Context) { cancel() })
		did.add("%v", mutex.Lock(scope))
		did.add("free:%v", mutex.TryLock())
		mutex.Unlock()
		did.add("free:%v", mutex.TryLock())
		return nil
	})
}
