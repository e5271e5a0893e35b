package peer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
)

// soon is a ctx that no test should reach the end of.
func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// two are nodes 1 and 2, of which the second answers.
func two(t testing.TB, change ...func(*Config)) (from, to *node) {
	book := newPhonebook()
	from, to = serve(t, book, 1, change...), serve(t, book, 2, change...)
	to.Handle("echo", echo)
	return from, to
}

func TestCallBothWays(t *testing.T) {
	a, b := two(t)
	a.Handle("who", func(_ context.Context, from orchestration.NodeID, _ []byte) ([]byte, error) {
		return fmt.Append(nil, from), nil
	})
	if got, err := a.Call(soon(t), 2, "echo", []byte("hello")); err != nil || string(got) != "hello" {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := b.Call(soon(t), 1, "who", nil); err != nil || string(got) != "2" {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := a.Call(soon(t), 2, "echo", nil); err != nil || len(got) != 0 {
		t.Errorf("%q, %v", got, err)
	}
	if got := a.Others(); fmt.Sprint(got) != "[7 9]" { // what the directory says
		t.Errorf("others are %v", got)
	}
}

// Thousands of calls side by side, of all sizes, each with its own answer.
func TestCallsSideBySide(t *testing.T) {
	a, _ := two(t)
	ctx := soon(t)
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), 1))
			for j := range 60 {
				body := bytes.Repeat([]byte{byte(i), byte(j)}, r.IntN(1<<r.IntN(16)))
				if got, err := a.Call(ctx, 2, "echo", body); err != nil || !bytes.Equal(got, body) {
					t.Errorf("call %d.%d of %d bytes: %d bytes, %v", i, j, len(body), len(got), err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestCallOfTheLargestBody(t *testing.T) {
	a, b := two(t)
	b.Handle("more", func(context.Context, orchestration.NodeID, []byte) ([]byte, error) {
		return make([]byte, maxBody+1), nil
	})
	body := make([]byte, maxBody)
	for i := range body {
		body[i] = byte(i * i >> 3)
	}
	ctx := soon(t)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if got, err := a.Call(ctx, 2, "echo", body); err != nil || !bytes.Equal(got, body) {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
	wg.Wait()
	for what, call := range map[string]func() error{
		"body":   func() error { _, err := a.Call(ctx, 2, "echo", make([]byte, maxBody+1)); return err },
		"answer": func() error { _, err := a.Call(ctx, 2, "more", nil); return err },
		"verb":   func() error { _, err := a.Call(ctx, 2, strings.Repeat("v", maxVerb+1), nil); return err },
	} {
		if err := call(); orchestration.CodeOf(err) != orchestration.InvalidArgument {
			t.Errorf("a %s that is too large: %v", what, err)
		}
	}
}

func TestCallReturnsTheHandlersError(t *testing.T) {
	a, b := two(t)
	var returned error
	b.Handle("fail", func(context.Context, orchestration.NodeID, []byte) ([]byte, error) { return []byte("lost"), returned })
	ask := func(err error) error {
		returned = err
		body, err := a.Call(soon(t), 2, "fail", nil)
		if body != nil {
			t.Errorf("a body came with error %v", err)
		}
		return err
	}
	var e *orchestration.Error
	if err := ask(full()); !errors.As(err, &e) || e.RunID != "run" || !proto.Equal(e.Failure, full().Failure) || e.Message != full().Message {
		t.Errorf("%+v", err)
	}
	if err := ask(context.Canceled); err != context.Canceled {
		t.Error(err)
	}
	if err := ask(context.DeadlineExceeded); err != context.DeadlineExceeded {
		t.Error(err)
	}
	if err := ask(errors.New("odd")); err.Error() != "node 2: odd" {
		t.Error(err)
	}
}

func TestCallOfAnUnknownVerb(t *testing.T) {
	a, _ := two(t)
	_, err := a.Call(soon(t), 2, "task.none", nil)
	if orchestration.CodeOf(err) != orchestration.Unimplemented || !strings.Contains(err.Error(), `node 2 does not know how to answer "task.none"`) {
		t.Error(err)
	}
}

// A panic fails its call, is logged with its stack, and nothing else ends.
func TestCallWhoseHandlerPanics(t *testing.T) {
	a, b := two(t)
	b.Handle("panic", func(context.Context, orchestration.NodeID, []byte) ([]byte, error) { panic("oh no") })
	if _, err := a.Call(soon(t), 2, "panic", nil); err == nil || strings.Contains(err.Error(), "oh no") {
		t.Error(err)
	}
	if _, err := a.Call(soon(t), 2, "echo", nil); err != nil {
		t.Error(err)
	}
	if log := b.log.String(); !strings.Contains(log, "oh no") || !strings.Contains(log, "call_test.go") {
		t.Error(log)
	}
}

// waiting is a handler that says when it began and with what time left, and how its ctx ended.
type waiting struct {
	began chan time.Duration
	ended chan error
}

func newWaiting() *waiting {
	return &waiting{make(chan time.Duration, 10_000), make(chan error, 10_000)}
}

func (w *waiting) handle(ctx context.Context, _ orchestration.NodeID, _ []byte) ([]byte, error) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return nil, errors.New("no deadline")
	}
	w.began <- time.Until(deadline)
	<-ctx.Done()
	w.ended <- ctx.Err()
	return nil, ctx.Err()
}

func TestCallCanceled(t *testing.T) {
	a, b := two(t)
	w := newWaiting()
	b.Handle("wait", w.handle)
	ctx, cancel := context.WithCancel(soon(t))
	done := make(chan error)
	go func() {
		_, err := a.Call(ctx, 2, "wait", nil)
		done <- err
	}()
	<-w.began
	cancel()
	if err := <-done; err != context.Canceled {
		t.Errorf("the call ended with %v", err)
	}
	if err := <-w.ended; err != context.Canceled {
		t.Errorf("the handler's ctx ended with %v", err)
	}
	if _, err := a.Call(ctx, 2, "wait", nil); err != context.Canceled {
		t.Errorf("a call that was canceled before ended with %v", err)
	}
	select {
	case <-w.began:
		t.Error("and reached the handler")
	default:
	}
}

func TestCallDeadline(t *testing.T) {
	a, b := two(t)
	w := newWaiting()
	b.Handle("wait", w.handle)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	if _, err := a.Call(ctx, 2, "wait", nil); err != context.DeadlineExceeded {
		t.Errorf("the call ended with %v", err)
	}
	if left := <-w.began; left > 300*time.Millisecond {
		t.Errorf("the handler had %v", left)
	}
	if err := <-w.ended; err == nil {
		t.Error("the handler's ctx did not end")
	}
	// A deadline far away arrives as such.
	far, cancel := context.WithTimeout(context.Background(), 1000*time.Hour)
	go func() {
		<-w.began
		cancel()
	}()
	if _, err := a.Call(far, 2, "wait", nil); err != context.Canceled {
		t.Errorf("the call ended with %v", err)
	}
}

// A call without deadline is bounded too; its own ctx has not ended, so the error is not that.
func TestCallWithoutDeadline(t *testing.T) {
	a, b := two(t, func(c *Config) { c.Patience = 200 * time.Millisecond })
	w := newWaiting()
	b.Handle("wait", w.handle)
	_, err := a.Call(context.Background(), 2, "wait", nil)
	if orchestration.CodeOf(err) != orchestration.Unavailable || !strings.Contains(err.Error(), "has not answered within 200ms") {
		t.Error(err)
	}
	if left := <-w.began; left > 1200*time.Millisecond {
		t.Errorf("the handler had %v", left)
	}
	<-w.ended
	if _, err := a.Call(context.Background(), 2, "echo", nil); err != nil {
		t.Error(err)
	}
}

// The bound holds on the calling side, and on the answering one against a caller that does not keep it.
func TestCallsAreBounded(t *testing.T) {
	for _, side := range []orchestration.NodeID{1, 2} {
		book := newPhonebook()
		bound := func(c *Config) {
			if c.ID == side {
				c.Handlers = 3
			}
		}
		a, b := serve(t, book, 1, bound), serve(t, book, 2, bound)
		w := newWaiting()
		b.Handle("wait", w.handle)
		b.Handle("echo", echo)
		ctx, cancel := context.WithCancel(soon(t))
		done := make(chan error, 3)
		for range 3 {
			go func() {
				_, err := a.Call(ctx, 2, "wait", nil)
				done <- err
			}()
			<-w.began
		}
		_, err := a.Call(ctx, 2, "echo", nil)
		var e *orchestration.Error
		if !errors.As(err, &e) || e.Code != orchestration.ResourceExhausted || e.Cause != enumspb.RESOURCE_EXHAUSTED_CAUSE_SYSTEM_OVERLOADED {
			t.Errorf("a fourth call, bounded by node %d: %+v", side, err)
		}
		cancel()
		for range 3 {
			<-done
			<-w.ended
		}
		retry(t, func() error { // the bound is free again once the handlers have returned
			_, err := a.Call(soon(t), 2, "echo", nil)
			return err
		})
	}
}

// retry repeats what is to succeed soon.
func retry(t testing.TB, f func() error) {
	t.Helper()
	ctx := soon(t)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for err := f(); err != nil; err = f() {
		select {
		case <-ctx.Done():
			t.Fatal(err)
		case <-tick.C:
		}
	}
}

func TestHandleRefuses(t *testing.T) {
	a, _ := two(t)
	a.Handle("once", echo)
	for _, verb := range []string{"once", strings.Repeat("v", maxVerb+1)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q was taken", verb)
				}
			}()
			a.Handle(verb, echo)
		}()
	}
}
