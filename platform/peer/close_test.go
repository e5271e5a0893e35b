package peer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Handlers at work finish, and their answers arrive; what comes meanwhile is refused, not lost.
func TestCloseLetsHandlersFinish(t *testing.T) {
	a, b := two(t)
	entered, free := make(chan struct{}), make(chan struct{})
	b.Handle("slow", func(ctx context.Context, _ orchestration.NodeID, body []byte) ([]byte, error) {
		entered <- struct{}{}
		<-free
		return body, ctx.Err()
	})
	a.Handle("echo", echo)
	type result struct {
		body []byte
		err  error
	}
	done := make(chan result, 20)
	body := make([]byte, 1<<20)
	ctx := soon(t)
	for range 20 {
		go func() {
			got, err := a.Call(ctx, 2, "slow", body)
			done <- result{got, err}
		}()
		<-entered
	}
	closed := make(chan error, 1)
	go func() { closed <- b.Close(ctx) }()
	retry(t, func() error { // until it is closing
		_, err := a.Call(ctx, 2, "echo", nil)
		if orchestration.CodeOf(err) != orchestration.Unavailable || err.Error() != "node 2 is stopping" {
			return fmt.Errorf("ended with %v", err)
		}
		return nil
	})
	if _, err := b.Call(ctx, 1, "echo", nil); err != nil {
		t.Errorf("its handlers cannot call others: %v", err)
	}
	close(free)
	for range 20 {
		if r := <-done; r.err != nil || len(r.body) != len(body) {
			t.Errorf("%d bytes, %v", len(r.body), r.err)
		}
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if _, err := b.Call(ctx, 1, "echo", nil); orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Errorf("a call of a closed node: %v", err)
	}
	if _, err := b.Call(ctx, 5, "echo", nil); orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Errorf("a call of a closed node: %v", err)
	}
	b.Cast(1, "echo", nil)
	retry(t, func() error {
		if _, err := a.Call(ctx, 2, "echo", nil); orchestration.CodeOf(err) != orchestration.Unavailable {
			return fmt.Errorf("a call to a closed node: %v", err)
		}
		return nil
	})
}

// Handlers that do not finish in time get their ctx ended, and Close says so.
func TestCloseDoesNotWaitForever(t *testing.T) {
	a, b := two(t)
	w, done := wait(t, a, b, 3)
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	err := b.Close(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "3 handlers were still at work") {
		t.Error(err)
	}
	for range 3 {
		if err := <-w.ended; err != context.Canceled {
			t.Error(err)
		}
		if err := <-done; err != context.Canceled && orchestration.CodeOf(err) != orchestration.Unavailable {
			t.Errorf("a call ended with %v", err)
		}
	}
}

// Close ends what this node has asked others for, while it waits for the connection too.
func TestCloseEndsOwnCalls(t *testing.T) {
	book := newPhonebook()
	a, b := serve(t, book, 1), serve(t, book, 2)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	book.set(3, l.Addr().String())
	w, done := wait(t, a, b, 3)
	dialing := make(chan error, 1)
	go func() {
		_, err := a.Call(soon(t), 3, "echo", nil)
		dialing <- err
	}()
	if c, err := l.Accept(); err != nil {
		t.Error(err)
	} else {
		defer c.Close()
	}
	begin := time.Now()
	if err := a.Close(soon(t)); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > quick.open/2 {
		t.Errorf("took %v", took)
	}
	for range 3 {
		if err := <-done; orchestration.CodeOf(err) != orchestration.Unavailable {
			t.Error(err)
		}
		<-w.ended
	}
	if err := <-dialing; orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Error(err)
	}
}

// A stranger who holds a handshake open holds up nobody who closes.
func TestCloseDuringAHandshake(t *testing.T) {
	n := serve(t, newPhonebook(), 1, func(c *Config) { c.pace.open = time.Minute })
	c, err := net.Dial("tcp", n.address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	begin := time.Now()
	if err := n.Close(soon(t)); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestCloseOfWhatNeverServed(t *testing.T) {
	p := New(Config{Credentials: alone(t), Logger: slog.New(slog.DiscardHandler)})
	if others := p.Others(); len(others) != 0 {
		t.Errorf("others are %v", others)
	}
	if _, err := p.Call(soon(t), 2, "echo", nil); orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Error(err)
	}
	for range 2 {
		if err := p.Close(soon(t)); err != nil {
			t.Error(err)
		}
	}
}
