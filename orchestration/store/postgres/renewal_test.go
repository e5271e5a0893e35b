//go:build unix

package postgres_test

import (
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/postgres"
)

// wire is a store's connections, as a network that misbehaves on demand.
type wire struct {
	*postgres.Store
	deaf    atomic.Bool  // the next answer arrives, is dropped, and its connection is cut
	packets atomic.Int64 // that were sent
}

// wired is a store of its own on the rig's database.
func (r *rig) wired() *wire {
	r.Helper()
	w := &wire{}
	config, err := pgxpool.ParseConfig(r.url)
	if err != nil {
		r.Fatal(err)
	}
	config.ConnConfig.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		return &wiredConn{Conn: conn, wire: w}, err
	}
	pool, err := pgxpool.NewWithConfig(r.Context(), config)
	if err != nil {
		r.Fatal(err)
	}
	w.Store = postgres.New(pool)
	r.Cleanup(func() {
		_ = w.Close() // of a connection that may be cut
		pool.Close()
	})
	return w
}

type wiredConn struct {
	net.Conn
	wire *wire
}

func (c *wiredConn) Write(p []byte) (int, error) {
	c.wire.packets.Add(1)
	return c.Conn.Write(p)
}

// Read hears the answer out before it drops it: what it answers to is done.
func (c *wiredConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err == nil && c.wire.deaf.CompareAndSwap(true, false) {
		_ = c.Close()
		return 0, io.ErrUnexpectedEOF
	}
	return n, err
}

// The answer to a renewal is lost after the epoch was bumped. Asking again under the fence that is known goes on in the same term; who acquires the
// lane in between stays its owner.
func TestRenewalWhoseAnswerIsLost(t *testing.T) {
	r := newRig(t)
	w := r.wired()
	for _, taken := range []bool{false, true} {
		r.fence = r.acquire(w.Store)
		var err error
		if r.fence, err = w.RenewLane(t.Context(), r.fence); err != nil { // from here on it is prepared: one answer each
			t.Fatal(err)
		}
		w.deaf.Store(true)
		if f, err := w.RenewLane(t.Context(), r.fence); !errors.Is(err, store.ErrUnavailable) {
			t.Fatalf("%+v, %v; want ErrUnavailable", f, err)
		}
		if epoch := ask[int64](r, "SELECT epoch FROM lane WHERE lane = 1"); epoch != int64(r.fence.Epoch)+1 {
			t.Fatalf("epoch %d after %d: the renewal was not done", epoch, r.fence.Epoch)
		}
		key, writes := r.start()
		if err := w.Commit(t.Context(), r.fence, writes); !errors.Is(err, store.ErrFenced) {
			t.Errorf("a commit under the fence that the renewal has voided: %v", err)
		}
		if taken {
			fresh := r.acquire(r.Store)
			if _, err := w.RenewLane(t.Context(), r.fence); !errors.Is(err, store.ErrFenced) {
				t.Errorf("renewal after another has acquired the lane: %v, want ErrFenced", err)
			}
			r.fence = fresh
			r.commit(writes...)
			continue
		}
		f, err := w.RenewLane(t.Context(), r.fence)
		if err != nil || f.Epoch != r.fence.Epoch+2 {
			t.Fatalf("%+v, %v; want the second renewal of %+v", f, err, r.fence)
		}
		if err := w.Commit(t.Context(), f, writes); err != nil || r.version(key) != 1 {
			t.Errorf("commit under the new fence: %v, version %d", err, r.version(key))
		}
		if ask[int](r, "SELECT count(*)::int FROM lane JOIN pg_stat_activity AS a ON a.pid = lane.pid AND a.backend_start = lane.started WHERE lane = 1") != 1 {
			t.Error("the lane's row does not name its new backend")
		}
	}
}

// A renewal whose commit is lost with its connection: the renewal waits for what the old backend still does, or ends it.
func TestRenewalResolvesUnknownOutcome(t *testing.T) {
	r := newRig(t)
	key, writes := r.stall()
	done := make(chan error)
	go func() { done <- r.Commit(t.Context(), r.fence, writes) }()
	r.stalled(r.backend())
	r.BreakLane(1)
	if err := <-done; !errors.Is(err, store.ErrUnknownOutcome) {
		t.Fatalf("got %v, want ErrUnknownOutcome", err)
	}
	fresh, err := r.RenewLane(t.Context(), r.fence)
	if err != nil || fresh.Epoch != r.fence.Epoch+1 {
		t.Fatalf("%+v, %v after %+v", fresh, err, r.fence)
	}
	if v := r.version(key); v != 0 {
		t.Errorf("version %d: the old backend was not ended", v)
	}
	r.fence = fresh
	_, other := r.start()
	r.commit(other...)
}
