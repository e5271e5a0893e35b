//go:build unix

package postgres_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/postgres"
)

// Sessions are ended and connections cut at random moments of commits. Whatever a commit returns is true: what was acknowledged is stored,
// what was refused is not, and what is unknown can be learned after a bump of the epoch, which stands between us and whatever the
// lost backend might still do.
func TestLostConnections(t *testing.T) {
	const commits = 150
	r := newRig(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	cut := r.cuttable(rand.New(rand.NewPCG(seed, 1)))
	key, writes := r.start()
	r.commit(writes...)
	var outcomes [3]int // applied, refused, unknown
	stored := orchestration.Version(1)
	for i := range commits {
		w := step(key, stored, someState, someEvents)
		w.Runs[0].Wake, w.Runs[0].Visibility, w.Current = store.WakeWrite{}, nil, nil
		attacked := make(chan struct{})
		go func() {
			defer close(attacked)
			if i%3 > 0 {
				cut.attack()
			}
		}()
		err := cut.Commit(t.Context(), r.fence, []store.Write{w})
		<-attacked
		if errors.Is(err, store.ErrUnknownOutcome) {
			outcomes[2]++
			r.fence = r.acquireStubbornly(cut.Store)
			stored = r.version(key)
			continue
		}
		now := r.version(key)
		switch {
		case err == nil && now == stored+1:
			outcomes[0]++
		case errors.Is(err, store.ErrUnavailable) && now == stored:
			outcomes[1]++
		default:
			t.Fatalf("after %v the version is %d, it was %d", err, now, stored)
		}
		stored = now
	}
	t.Logf("commits applied %d, refused %d, unknown %d", outcomes[0], outcomes[1], outcomes[2])
	if batches, err := r.History(t.Context(), store.HistoryRange{Run: key}); err != nil || len(batches) != int(stored)-1 {
		t.Errorf("%d batches of history at version %d, %v: a commit was applied in part or twice", len(batches), stored, err)
	}
	if outcomes[0] == 0 || outcomes[1]+outcomes[2] == 0 {
		t.Errorf("outcomes %v: nothing was tested", outcomes)
	}
}

// cuttable is a store whose lane loses its connection on demand.
type cuttable struct {
	*postgres.Store
	r    *rig
	rng  *rand.Rand
	conn atomic.Pointer[net.Conn] // the newest
}

func (r *rig) cuttable(rng *rand.Rand) *cuttable {
	r.Helper()
	c := &cuttable{r: r, rng: rng}
	config, err := pgxpool.ParseConfig(r.url)
	if err != nil {
		r.Fatal(err)
	}
	config.ConnConfig.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err == nil {
			c.conn.Store(&conn)
		}
		return conn, err
	}
	pool, err := pgxpool.NewWithConfig(r.Context(), config)
	if err != nil {
		r.Fatal(err)
	}
	c.Store = postgres.New(pool)
	r.Cleanup(func() {
		_ = c.Close() // of a connection that may be cut
		pool.Close()
	})
	r.fence = r.acquire(c.Store)
	return c
}

// attack ends the lane's session or cuts its connection, after a random number of statements of its own.
func (c *cuttable) attack() {
	for range c.rng.IntN(8) {
		c.r.exec("SELECT 1")
	}
	if c.rng.IntN(2) == 0 {
		c.r.exec("SELECT pg_terminate_backend(pid) FROM lane JOIN pg_stat_activity USING (pid) WHERE lane = 1")
	} else {
		_ = (*c.conn.Load()).Close()
	}
}

func (r *rig) acquireStubbornly(s *postgres.Store) store.Fence {
	r.Helper()
	for {
		f, err := s.AcquireLane(r.Context(), 1)
		if err == nil {
			return f
		}
		if !errors.Is(err, store.ErrUnavailable) {
			r.Fatal(err)
		}
	}
}

// A session that was ended while idle: the next commit says that nothing was written, and the one after that goes through.
func TestIdleConnectionLost(t *testing.T) {
	r := newRig(t)
	pid := r.backend()
	r.exec("SELECT pg_terminate_backend($1, 5000)", pid)
	key, writes := r.start()
	err := r.Commit(t.Context(), r.fence, writes)
	if !errors.Is(err, store.ErrUnavailable) || r.version(key) != 0 {
		t.Fatalf("got %v and version %d, want ErrUnavailable and nothing", err, r.version(key))
	}
	r.commit(writes...)
	if now := r.backend(); now == pid {
		t.Error("the lane's row still names the lost backend")
	}
}

// A connection that breaks without a word while a commit is in flight leaves the outcome open.
func TestBrokenConnectionIsUnknown(t *testing.T) {
	r := newRig(t)
	key, writes := r.stall()
	done := make(chan error)
	go func() { done <- r.Commit(t.Context(), r.fence, writes) }()
	pid := r.backend()
	r.stalled(pid)
	r.BreakLane(1)
	if err := <-done; !errors.Is(err, store.ErrUnknownOutcome) {
		t.Fatalf("got %v, want ErrUnknownOutcome", err)
	}
	r.fence = r.acquire(r.Store) // the backend still sleeps, and holds the lane's row
	if v := r.version(key); v != 0 {
		t.Errorf("version %d: the backend was not ended before the new epoch", v)
	}
	if ask[bool](r, "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)", pid) {
		t.Error("the old backend is still there")
	}
	_, other := r.start()
	r.commit(other...)
}
