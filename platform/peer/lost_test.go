package peer

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// through are nodes 1 and 2 with a proxy on the way to the second.
func through(t testing.TB, change ...func(*Config)) (from, to *node, line *proxy, book *phonebook) {
	book = newPhonebook()
	from, to = serve(t, book, 1, change...), serve(t, book, 2, change...)
	to.Handle("echo", echo)
	line = newProxy(t, to.address)
	book.set(2, line.address())
	return from, to, line, book
}

// wait begins n calls that wait at the other node, and returns once they do.
func wait(t testing.TB, from, to *node, n int) (w *waiting, done chan error) {
	w, done = newWaiting(), make(chan error, n)
	to.Handle("wait", w.handle)
	ctx := soon(t)
	for range n {
		go func() {
			_, err := from.Call(ctx, 2, "wait", nil)
			done <- err
		}()
	}
	for range n {
		<-w.began
	}
	return w, done
}

// Calls on a connection that breaks end at once, on both sides; the next call makes another connection.
func TestConnectionCut(t *testing.T) {
	a, b, line, _ := through(t)
	w, done := wait(t, a, b, 50)
	line.cut()
	for range 50 {
		if err := <-done; orchestration.CodeOf(err) != orchestration.Unavailable || !strings.Contains(err.Error(), "connection to node 2 was lost") {
			t.Errorf("a call ended with %v", err)
		}
		if err := <-w.ended; err != context.Canceled {
			t.Errorf("a handler's ctx ended with %v", err)
		}
	}
	retry(t, func() error {
		_, err := a.Call(soon(t), 2, "echo", nil)
		return err
	})
	if log := a.log.String(); !strings.Contains(log, "connection to a node is over") || strings.Count(log, "connected to a node") < 2 {
		t.Error(log)
	}
}

// After a connection that served for a while, the next is made at once: no call fails for it.
func TestConnectionCutAndMadeAtOnce(t *testing.T) {
	a, b, line, _ := through(t)
	w := newWaiting()
	b.Handle("wait", w.handle)
	served, cancel := context.WithTimeout(context.Background(), 2*quick.tick)
	defer cancel()
	if _, err := a.Call(served, 2, "wait", nil); err != context.DeadlineExceeded {
		t.Fatal(err)
	}
	broken := a.links[2].current.Load().ctx
	line.cut()
	<-broken.Done()
	retry(t, func() error {
		if a.links[2].current.Load() != nil {
			return fmt.Errorf("the session is still there")
		}
		return nil
	})
	if _, err := a.Call(soon(t), 2, "echo", nil); err != nil {
		t.Error(err)
	}
}

// Nothing arrives any more, and nothing says so: what is under way ends on both sides when the signs of life stay out.
func TestConnectionSilent(t *testing.T) {
	a, b, line, _ := through(t)
	w, done := wait(t, a, b, 10)
	line.freeze(true)
	begin := time.Now()
	for range 10 {
		if err := <-done; orchestration.CodeOf(err) != orchestration.Unavailable {
			t.Errorf("a call ended with %v", err)
		}
		if err := <-w.ended; err != context.Canceled {
			t.Errorf("a handler's ctx ended with %v", err)
		}
	}
	if took := time.Since(begin); took < quick.silence/2 || took > 10*quick.silence {
		t.Errorf("noticed after %v", took)
	}
	if log := a.log.String(); !strings.Contains(log, errSilent.Error()) {
		t.Error(log)
	}
	if log := b.log.String(); !strings.Contains(log, "fell silent") {
		t.Error(log)
	}
	line.freeze(false)
	retry(t, func() error {
		_, err := a.Call(soon(t), 2, "echo", nil)
		return err
	})
}

// A quiet connection lives on: signs of life are enough.
func TestConnectionQuiet(t *testing.T) {
	a, b, line, _ := through(t, func(c *Config) { c.pace.tick, c.pace.silence = 20*time.Millisecond, 400*time.Millisecond })
	w := newWaiting()
	b.Handle("wait", w.handle)
	ctx, cancel := context.WithTimeout(context.Background(), 1200*time.Millisecond)
	defer cancel()
	if _, err := a.Call(ctx, 2, "wait", nil); err != context.DeadlineExceeded {
		t.Error(err)
	}
	if line.connections() != 1 {
		t.Errorf("%d connections", line.connections())
	}
}

// What waits for a node that takes nothing is bounded; calls beyond fail, casts beyond are dropped.
func TestStuckNodeHoldsNoMemory(t *testing.T) {
	a, _, line, _ := through(t, func(c *Config) { c.pace.silence = 30 * time.Second })
	if _, err := a.Call(soon(t), 2, "echo", nil); err != nil {
		t.Fatal(err)
	}
	line.freeze(true)
	body := make([]byte, 1<<20)
	for range 200 {
		a.Cast(2, "echo", body)
	}
	_, err := a.Call(soon(t), 2, "echo", body)
	if orchestration.CodeOf(err) != orchestration.Unavailable || !strings.Contains(err.Error(), "too much waits") {
		t.Error(err)
	}
	o := a.links[2].current.Load()
	o.outbox.mu.Lock()
	if o.outbox.bytes > maxWaiting+maxBody {
		t.Errorf("%d bytes wait", o.outbox.bytes)
	}
	o.outbox.mu.Unlock()
	o.mu.Lock()
	if len(o.pending) != 0 {
		t.Errorf("%d calls wait", len(o.pending))
	}
	o.mu.Unlock()
}

// A caller that takes no answers is cut off before they fill the memory.
func TestStuckCallerIsCutOff(t *testing.T) {
	a, b, line, _ := through(t, func(c *Config) { c.pace.silence = 30 * time.Second })
	free := make(chan struct{})
	entered := make(chan struct{}, 100)
	b.Handle("large", func(context.Context, orchestration.NodeID, []byte) ([]byte, error) {
		entered <- struct{}{}
		<-free
		return make([]byte, maxBody), nil
	})
	done := make(chan error, 40)
	ctx := soon(t)
	for range 40 {
		go func() {
			_, err := a.Call(ctx, 2, "large", nil)
			done <- err
		}()
	}
	for range 40 {
		<-entered
	}
	line.freeze(true)
	close(free)
	retry(t, func() error {
		b.mu.RLock()
		defer b.mu.RUnlock()
		if len(b.incoming) != 0 {
			return fmt.Errorf("the caller is still connected")
		}
		return nil
	})
	line.cut()
	line.freeze(false)
	for range 40 {
		if err := <-done; orchestration.CodeOf(err) != orchestration.Unavailable {
			t.Error(err)
		}
	}
}

// An address that another node has now answers for nobody else.
func TestAddressReused(t *testing.T) {
	book := newPhonebook()
	a, b := serve(t, book, 1), serve(t, book, 3)
	reached := make(chan struct{}, 10)
	b.Handle("echo", func(_ context.Context, _ orchestration.NodeID, body []byte) ([]byte, error) {
		reached <- struct{}{}
		return body, nil
	})
	book.set(2, b.address)
	_, err := a.Call(soon(t), 2, "echo", nil)
	if orchestration.CodeOf(err) != orchestration.Unavailable || err.Error() != "node 2 cannot be reached" {
		t.Error(err)
	}
	if log := a.log.String(); !strings.Contains(log, "this is node 3, not 2") || len(reached) != 0 {
		t.Errorf("%d messages arrived, log %s", len(reached), log)
	}
	if _, err := a.Call(soon(t), 3, "echo", nil); err != nil { // under its own id it is reached
		t.Error(err)
	}
}

// A node that left the directory is given up, with what waits for it.
func TestNodeGone(t *testing.T) {
	a, b, _, book := through(t)
	w, done := wait(t, a, b, 3)
	book.remove(2)
	for range 3 {
		if err := <-done; orchestration.CodeOf(err) != orchestration.Unavailable {
			t.Error(err)
		}
		<-w.ended
	}
	if _, err := a.Call(soon(t), 2, "echo", nil); orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Error(err)
	}
	// Its link goes when another one is made.
	serve(t, book, 4)
	retry(t, func() error {
		if _, err := a.Call(soon(t), 4, "none", nil); orchestration.CodeOf(err) != orchestration.Unimplemented {
			return err
		}
		return nil
	})
	a.mu.RLock()
	defer a.mu.RUnlock()
	if a.links[2] != nil || a.links[4] == nil {
		t.Error("links are kept for ever")
	}
}

// Nobody listens: the call fails at once, and for a while no other attempt is made.
func TestNodeUnreachable(t *testing.T) {
	book := newPhonebook()
	a := serve(t, book, 1, func(c *Config) { c.pace.pause = time.Hour; c.pace.longest = time.Hour })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	book.set(2, l.Addr().String())
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := a.Call(soon(t), 2, "echo", nil); orchestration.CodeOf(err) != orchestration.Unavailable || err.Error() != "node 2 cannot be reached" {
			t.Error(err)
		}
	}
	if log := a.log.String(); strings.Count(log, "connection refused") != 1 {
		t.Error(log)
	}
	for _, id := range []orchestration.NodeID{1, 99, 0} {
		if _, err := a.Call(soon(t), id, "echo", nil); orchestration.CodeOf(err) != orchestration.Unavailable {
			t.Errorf("node %d: %v", id, err)
		}
	}
}

// Somebody accepts and says nothing: an attempt ends in time, and a caller that waits for it can leave before.
func TestNodeThatSaysNothing(t *testing.T) {
	book := newPhonebook()
	a := serve(t, book, 1, func(c *Config) { c.pace.open = 300 * time.Millisecond })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	book.set(2, l.Addr().String())
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := a.Call(ctx, 2, "echo", nil); err != context.DeadlineExceeded {
		t.Error(err)
	}
	if _, err := a.Call(soon(t), 2, "echo", nil); orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Error(err)
	}
	if log := a.log.String(); !strings.Contains(log, errSlow.Error()) {
		t.Error(log)
	}
}
