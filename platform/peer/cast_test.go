package peer

import (
	"context"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
)

// numbers handles casts that carry a number.
func numbers(out chan<- int) orchestration.PeerHandler {
	return func(_ context.Context, _ orchestration.NodeID, body []byte) ([]byte, error) {
		out <- int(binary.BigEndian.Uint32(body))
		return nil, nil
	}
}

func number(i int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(i)) }

// The first casts wait for the connection that they cause, and all come in order.
func TestCastsComeInOrder(t *testing.T) {
	a, b := two(t)
	got := make(chan int, 3000)
	b.Handle("number", numbers(got))
	for i := range 3000 {
		a.Cast(2, "number", number(i))
	}
	for want := range 3000 {
		if i := <-got; i != want {
			t.Fatalf("number %d came when %d was next", i, want)
		}
	}
}

// Casts are handled one after the other, and calls are not held up by them.
func TestCastsDoNotHoldUpCalls(t *testing.T) {
	a, b := two(t)
	entered, free := make(chan struct{}, 10), make(chan struct{})
	b.Handle("slow", func(context.Context, orchestration.NodeID, []byte) ([]byte, error) {
		entered <- struct{}{}
		<-free
		return nil, nil
	})
	for range 3 {
		a.Cast(2, "slow", nil)
	}
	<-entered
	if _, err := a.Call(soon(t), 2, "echo", nil); err != nil {
		t.Error(err)
	}
	if len(entered) != 0 {
		t.Error("two casts were handled at the same time")
	}
	close(free)
	<-entered
	<-entered
}

// What a slow handler has not got to is bounded, in number and in bytes; the rest is dropped, and those that come are in order.
func TestCastsThatWaitAreBounded(t *testing.T) {
	a, b := two(t)
	entered, free := make(chan struct{}), make(chan struct{})
	got := make(chan int, 3*laneCount)
	b.Handle("number", func(ctx context.Context, from orchestration.NodeID, body []byte) ([]byte, error) {
		if binary.BigEndian.Uint32(body) == 0 {
			close(entered)
			<-free
		}
		return numbers(got)(ctx, from, body)
	})
	a.Cast(2, "number", number(0))
	<-entered
	for i := 1; i < 2*laneCount; i++ {
		a.Cast(2, "number", number(i))
	}
	if _, err := a.Call(soon(t), 2, "echo", nil); err != nil { // they have all arrived when this is answered
		t.Fatal(err)
	}
	close(free)
	for want := range laneCount + 1 {
		if i := <-got; i != want {
			t.Fatalf("number %d came when %d was next", i, want)
		}
	}
	if log := b.log.String(); !strings.Contains(log, "dropped") || !strings.Contains(log, "verb=number") {
		t.Errorf("the log says nothing: %s", log)
	}
}

func TestLaneBytes(t *testing.T) {
	var l lane
	for i, c := range []struct {
		size int
		ok   bool
	}{{maxBody, true}, {1, false}, {0, true}} { // the largest always fits when nothing waits
		if got := l.append(told{echo, make([]byte, c.size)}); got != c.ok {
			t.Errorf("%d: %d bytes: %v", i, c.size, got)
		}
	}
	if !l.claim() || l.claim() || l.idle() {
		t.Error("a lane has one that works it")
	}
	for range 2 {
		if _, ok := l.next(); !ok {
			t.Error("a cast is lost")
		}
	}
	if _, ok := l.next(); ok || !l.idle() || l.claim() || l.bytes != 0 {
		t.Error("the lane is not empty")
	}
}

// A handler of casts that fails or panics takes nothing else with it.
func TestCastWhoseHandlerPanics(t *testing.T) {
	a, b := two(t)
	got := make(chan int, 1)
	b.Handle("panic", func(context.Context, orchestration.NodeID, []byte) ([]byte, error) { panic("oh no") })
	b.Handle("number", numbers(got))
	a.Cast(2, "panic", nil)
	a.Cast(2, "unknown", nil)
	a.Cast(2, "number", number(5))
	if i := <-got; i != 5 {
		t.Error(i)
	}
}

// A cast never waits and never fails, wherever it goes.
func TestCastToNowhere(t *testing.T) {
	a, _ := two(t)
	a.Cast(99, "number", nil)
	a.Cast(1, "number", nil)
	a.Cast(2, "large", make([]byte, maxBody+1))
	a.Cast(2, strings.Repeat("v", maxVerb+1), nil)
	if log := a.log.String(); strings.Count(log, "too large") != 2 {
		t.Error(log)
	}
	if _, err := a.Call(soon(t), 2, "echo", nil); err != nil {
		t.Error(err)
	}
}
