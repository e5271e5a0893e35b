package peer

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	failurepb "go.temporal.io/api/failure/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
)

// town is a directory that tests write.
type town struct {
	mu        sync.Mutex
	addresses map[orchestration.NodeID]string
}

func (d *town) Address(n orchestration.NodeID) (string, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, ok := d.addresses[n]
	return a, ok
}

func (d *town) Others() []orchestration.NodeID { return nil }

func (d *town) set(n orchestration.NodeID, address string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.addresses[n] = address
}

const secret = "a secret of these tests"

func newTown() *town { return &town{addresses: map[orchestration.NodeID]string{}} }

// settle makes a node that serves, until the end of the test.
func (d *town) settle(t testing.TB, id orchestration.NodeID, c *Credentials) *Peers {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := New(Config{Self: id, Credentials: c, Directory: d, Logger: slog.New(slog.DiscardHandler)})
	p.Handle("echo", func(_ context.Context, from orchestration.NodeID, body []byte) ([]byte, error) {
		return append([]byte(fmt.Sprint(from, ":")), body...), nil
	})
	served := make(chan error, 1)
	go func() { served <- p.Serve(l) }()
	d.set(id, l.Addr().String())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := p.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return p
}

func known(t testing.TB) *Credentials {
	t.Helper()
	c, err := FromSecret(secret)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func pair(t testing.TB) (a, b *Peers) {
	t.Helper()
	d := newTown()
	return d.settle(t, 1, known(t)), d.settle(t, 2, known(t))
}

func TestCallsAreAnswered(t *testing.T) {
	a, b := pair(t)
	for from, p := range map[orchestration.NodeID]*Peers{1: a, 2: b} {
		for _, size := range []int{0, 1, 300, 1 << 20, maxBody - 2} {
			body := bytes.Repeat([]byte("x"), size)
			got, err := p.Call(t.Context(), 3-from, "echo", body)
			if err != nil || !bytes.Equal(got, append([]byte(fmt.Sprint(from, ":")), body...)) {
				t.Fatalf("%d bytes from %d: %d bytes, %v", size, from, len(got), err)
			}
		}
	}
	var all sync.WaitGroup
	for i := range 500 {
		all.Go(func() {
			want := fmt.Sprint("message ", i)
			if got, err := a.Call(t.Context(), 2, "echo", []byte(want)); err != nil || string(got) != "1:"+want {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
	all.Wait()
}

func TestErrorsTravelWhole(t *testing.T) {
	a, b := pair(t)
	want := &orchestration.Error{
		Code: orchestration.AlreadyStarted, Message: "it runs", RunID: "run", StartRequestID: "request", Cause: 3, Scope: 2, Namespace: "ns",
		Failure: &failurepb.Failure{Message: "why"},
	}
	var fail error
	b.Handle("fail", func(context.Context, orchestration.NodeID, []byte) ([]byte, error) { return nil, fail })
	b.Handle("panic", func(context.Context, orchestration.NodeID, []byte) ([]byte, error) { panic("hunter2") })
	fail = fmt.Errorf("wrapped: %w", want)
	_, err := a.Call(t.Context(), 2, "fail", nil)
	var got *orchestration.Error
	if !errors.As(err, &got) || got.Code != want.Code || got.Message != want.Message || got.RunID != want.RunID || got.StartRequestID != want.StartRequestID ||
		got.Cause != want.Cause || got.Scope != want.Scope || got.Namespace != want.Namespace || !proto.Equal(got.Failure, want.Failure) {
		t.Fatalf("%+v", got)
	}
	for _, c := range []struct {
		verb string
		fail error
		want orchestration.Code
	}{
		{"fail", errors.New("hunter2"), orchestration.Unavailable}, {"fail", context.DeadlineExceeded, orchestration.DeadlineExceeded},
		{"panic", nil, orchestration.Unavailable}, {"unknown", nil, orchestration.Unimplemented},
	} {
		fail = c.fail
		if _, err := a.Call(t.Context(), 2, c.verb, nil); orchestration.CodeOf(err) != c.want || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s with %v: %v", c.verb, c.fail, err)
		}
	}
	if _, err := a.Call(t.Context(), 2, "echo", make([]byte, maxBody+1)); orchestration.CodeOf(err) != orchestration.ResourceExhausted {
		t.Errorf("a body that is too large: %v", err)
	}
	b.Handle("large", func(context.Context, orchestration.NodeID, []byte) ([]byte, error) {
		return make([]byte, maxBody+1), nil
	})
	if _, err := a.Call(t.Context(), 2, "large", nil); orchestration.CodeOf(err) != orchestration.ResourceExhausted {
		t.Errorf("an answer that is too large: %v", err)
	}
}

func TestContextsReachTheHandler(t *testing.T) {
	a, b := pair(t)
	deadlines, ended := make(chan time.Duration, 1), make(chan error, 1)
	b.Handle("wait", func(ctx context.Context, _ orchestration.NodeID, _ []byte) ([]byte, error) {
		deadline, _ := ctx.Deadline()
		deadlines <- time.Until(deadline)
		<-ctx.Done()
		ended <- ctx.Err()
		return nil, ctx.Err()
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	go func() {
		if left := <-deadlines; left < 30*time.Second || left > time.Minute {
			t.Errorf("%v left", left)
		}
		cancel()
	}()
	if _, err := a.Call(ctx, 2, "wait", nil); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := a.Call(ctx, 2, "wait", nil); !errors.Is(err, context.DeadlineExceeded) && orchestration.CodeOf(err) != orchestration.DeadlineExceeded {
		t.Fatal(err)
	}
	<-deadlines
	<-ended
}

func TestCastsComeInOrder(t *testing.T) {
	a, b := pair(t)
	got := make(chan byte, 256)
	b.Handle("tell", func(_ context.Context, from orchestration.NodeID, body []byte) ([]byte, error) {
		if from != 1 {
			t.Errorf("from %d", from)
		}
		got <- body[0]
		return nil, nil
	})
	if _, err := a.Call(t.Context(), 2, "echo", nil); err != nil { // connected: from now on casts arrive
		t.Fatal(err)
	}
	for i := range 200 {
		a.Cast(2, "tell", []byte{byte(i)})
	}
	for i := range 200 {
		if b := <-got; b != byte(i) {
			t.Fatalf("%d came as number %d", b, i)
		}
	}
	a.Cast(7, "tell", nil) // nobody: dropped
}

// TestStrangersAreRefused: whoever does not have the secret gets nowhere, on either side.
func TestStrangersAreRefused(t *testing.T) {
	d := newTown()
	a := d.settle(t, 1, known(t))
	other, err := FromSecret("another secret of these tests")
	if err != nil {
		t.Fatal(err)
	}
	alone, err := Alone()
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int32
	a.Handle("ask", func(context.Context, orchestration.NodeID, []byte) ([]byte, error) { asked.Add(1); return nil, nil })
	for i, c := range []*Credentials{other, alone} {
		id := orchestration.NodeID(2 + i)
		stranger := d.settle(t, id, c)
		for from, to := range map[*Peers]orchestration.NodeID{stranger: 1, a: id} {
			ctx, cancel := context.WithTimeout(t.Context(), 2*connectTime)
			if _, err := from.Call(ctx, to, "ask", nil); orchestration.CodeOf(err) != orchestration.Unavailable {
				t.Errorf("%v", err)
			}
			cancel()
		}
	}
	address, _ := d.Address(1)
	for name, config := range map[string]*tls.Config{
		"without a certificate": {InsecureSkipVerify: true, NextProtos: []string{"h2"}},
		"TLS 1.2":               {InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12, GetClientCertificate: known(t).client().GetClientCertificate},
	} {
		conn, err := tls.Dial("tcp", address, config)
		if err == nil {
			_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
			if _, err = conn.Read(make([]byte, 1)); err == nil {
				t.Errorf("%s: it was answered", name)
			}
			_ = conn.Close()
		}
	}
	if asked.Load() != 0 {
		t.Error("a stranger was heard")
	}
	if bytes.Equal(known(t).Mark(), other.Mark()) || !bytes.Equal(known(t).Mark(), known(t).Mark()) || strings.Contains(string(known(t).Mark()), secret) {
		t.Error("the mark does not tell authorities apart")
	}
	if _, err := FromSecret("hunter2"); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a short secret: %v", err)
	}
}

// TestAddressOfAnotherNode: a process that took over an address is not the node that had it.
func TestAddressOfAnotherNode(t *testing.T) {
	d := newTown()
	a, _ := d.settle(t, 1, known(t)), d.settle(t, 2, known(t))
	address, _ := d.Address(2)
	d.set(3, address)
	if _, err := a.Call(t.Context(), 3, "echo", nil); orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Errorf("%v", err)
	}
	if err := a.CheckAdvertised(t.Context(), address); err == nil || !strings.Contains(err.Error(), address) {
		t.Errorf("%v", err)
	}
	own, _ := d.Address(1)
	if err := a.CheckAdvertised(t.Context(), own); err != nil {
		t.Error(err)
	}
}

// TestLostConnectionFailsCalls: who waits is told at once, and the next call connects again.
func TestLostConnectionFailsCalls(t *testing.T) {
	d := newTown()
	a := d.settle(t, 1, known(t))
	entered := make(chan struct{}, 1)
	first := New(Config{Self: 2, Credentials: known(t), Directory: d, Logger: slog.New(slog.DiscardHandler)})
	first.Handle("hang", func(ctx context.Context, _ orchestration.NodeID, _ []byte) ([]byte, error) {
		entered <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d.set(2, l.Addr().String())
	served := make(chan error, 1)
	go func() { served <- first.Serve(l) }()
	failed := make(chan error, 1)
	go func() {
		_, err := a.Call(t.Context(), 2, "hang", nil)
		failed <- err
	}()
	<-entered
	if err := first.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; orchestration.CodeOf(err) != orchestration.Unavailable && orchestration.CodeOf(err) != orchestration.Canceled {
		t.Fatal(err)
	}
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	d.settle(t, 2, known(t))
	for end := time.Now().Add(20 * time.Second); ; {
		if _, err = a.Call(t.Context(), 2, "echo", nil); err == nil || time.Now().After(end) {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func FuzzNext(f *testing.F) {
	f.Add([]byte{})
	f.Add(appendMessage(appendMessage(nil, &message{kind: call, id: 7, left: time.Second, verb: "echo", body: []byte("x")}), &message{kind: cancel, id: 7}))
	f.Fuzz(func(t *testing.T, b []byte) {
		for len(b) > 0 {
			m, rest, err := next(b)
			if err != nil {
				return
			}
			if len(rest) >= len(b) || len(m.body) > maxBody || len(m.verb) > maxVerb {
				t.Fatalf("%d bytes left of %d", len(rest), len(b))
			}
			again, _, err := next(appendMessage(nil, &m))
			if err != nil || again.id != m.id || again.verb != m.verb || !bytes.Equal(again.body, m.body) {
				t.Fatalf("%+v is read as %+v, %v", m, again, err)
			}
			b = rest
		}
	})
}

// BenchmarkCall: both ends are in this process, so CPU per call is that of both.
func BenchmarkCall(b *testing.B) {
	for _, inFlight := range []int{1, 50, 500} {
		b.Run(fmt.Sprint(inFlight), func(b *testing.B) {
			p, _ := pair(b)
			body := bytes.Repeat([]byte("x"), 300)
			before := cpu()
			var left atomic.Int64
			left.Store(int64(b.N))
			var all sync.WaitGroup
			for range inFlight {
				all.Go(func() {
					for left.Add(-1) >= 0 {
						if _, err := p.Call(b.Context(), 2, "echo", body); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			all.Wait()
			b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}
