//go:build unix

package postgres_test

import (
	"errors"
	"syscall"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/postgres"
)

// joins makes a node of the rig's store, with a lane, whose lease has run out, and another store to fence it from.
func (r *rig) joins() (id orchestration.NodeID, other *postgres.Store) {
	r.Helper()
	id, err := r.Join(r.Context(), store.NewNode{Address: "a:1", Lease: 0})
	if err != nil {
		r.Fatal(err)
	}
	if r.fence, err = r.AcquireLane(r.Context(), id.Lane(0)); err != nil {
		r.Fatal(err)
	}
	if _, err := r.AcquireShards(r.Context(), id, []orchestration.ShardID{1, 2}); err != nil {
		r.Fatal(err)
	}
	_, other = open(r, r.url)
	return id, other
}

// nodeBackend is the process id of the backend that the node's lane names.
func (r *rig) nodeBackend() int {
	return ask[int](r, "SELECT pid FROM lane WHERE lane = $1", int32(r.fence.Lane))
}

// gone checks that nothing of the node is left.
func (r *rig) gone(id orchestration.NodeID) {
	r.Helper()
	if n := ask[int](r, `SELECT (SELECT count(*) FROM node WHERE id = $1) + (SELECT count(*) FROM shard WHERE node = $1)
		+ (SELECT count(*) FROM lane WHERE lane / 64 = $1)`, int32(id)); n != 0 {
		r.Errorf("%d rows of node %d are left", n, id)
	}
}

// A commit that is in flight is waited for: it is acknowledged, and what comes after it is refused.
func TestFenceWaitsForCommit(t *testing.T) {
	r := newRig(t)
	id, other := r.joins()
	r.exec(`CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.3); RETURN NEW; END $$`)
	r.exec(`CREATE TRIGGER pause BEFORE INSERT ON run FOR EACH ROW EXECUTE FUNCTION pause()`)
	key, writes := r.start()
	done := make(chan error)
	go func() { done <- r.Commit(t.Context(), r.fence, writes) }()
	r.stalled(r.nodeBackend())
	if err := other.Fence(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if v := r.version(key); v != 1 {
		t.Errorf("version %d once the node is fenced: its commit may still come", v)
	}
	if err := <-done; err != nil {
		t.Errorf("the commit: %v", err)
	}
	_, more := r.start()
	if err := r.Commit(t.Context(), r.fence, more); !errors.Is(err, store.ErrFenced) {
		t.Errorf("a later commit: %v, want ErrFenced", err)
	}
	r.gone(id)
}

// A commit that does not end is defeated: its backend is ended after two seconds, and nothing of it is stored.
func TestFenceDefeatsCommit(t *testing.T) {
	r := newRig(t)
	id, other := r.joins()
	key, writes := r.stall()
	done := make(chan error)
	go func() { done <- r.Commit(t.Context(), r.fence, writes) }()
	r.stalled(r.nodeBackend())
	if err := other.Fence(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("the commit: %v, want ErrUnavailable: its backend was ended before it had answered", err)
	}
	if v := r.version(key); v != 0 {
		t.Errorf("the commit was stored: version %d", v)
	}
	if err := r.Commit(t.Context(), r.fence, writes); !errors.Is(err, store.ErrFenced) {
		t.Errorf("the same again: %v, want ErrFenced", err)
	}
	r.gone(id)
}

// A process that was stopped in mid-pipeline holds a lane of the node and does not answer.
func TestFenceEndsStoppedClient(t *testing.T) {
	r := newRig(t)
	id, other := r.joins()
	stopped := r.session()
	if _, err := stopped.Exec(t.Context(), "UPDATE lane SET pid = pg_backend_pid(), started = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())"); err != nil {
		t.Fatal(err)
	}
	if _, err := stopped.Exec(t.Context(), "BEGIN; SELECT FROM lane FOR SHARE"); err != nil {
		t.Fatal(err)
	}
	if err := other.Fence(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := stopped.Ping(t.Context()); err == nil {
		t.Error("the stopped client's session goes on")
	}
	r.gone(id)
}

// A backend that the lane's row does not name is not ours to end. The node stays as it was, its renewals too, until the lane is free.
func TestFenceSparesStrangers(t *testing.T) {
	r := newRig(t)
	id, other := r.joins()
	stranger := r.session()
	if _, err := stranger.Exec(t.Context(), "UPDATE lane SET pid = pg_backend_pid(), started = now() - interval '1 day'"); err != nil {
		t.Fatal(err)
	}
	if _, err := stranger.Exec(t.Context(), "BEGIN; SELECT FROM lane FOR SHARE"); err != nil {
		t.Fatal(err)
	}
	if err := other.Fence(t.Context(), id); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable while the lane is held", err)
	}
	if _, err := stranger.Exec(t.Context(), "COMMIT"); err != nil {
		t.Fatalf("the stranger was ended: %v", err)
	}
	if _, err := r.Renew(t.Context(), id, 0); err != nil {
		t.Errorf("renewal after a fencing that failed: %v", err)
	}
	if err := other.Fence(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	r.gone(id)
}

// A backend that stands still inside a commit cannot be ended: nobody gets its shards, so nothing can be written beside it.
func TestFenceOfPausedBackend(t *testing.T) {
	r := newRig(t)
	id, other := r.joins()
	key, writes := r.stall()
	pid := r.nodeBackend()
	done := make(chan error)
	go func() { done <- r.Commit(t.Context(), r.fence, writes) }()
	r.stalled(pid)
	r.signal(pid, syscall.SIGSTOP)
	if err := other.Fence(t.Context(), id); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("got %v while a commit may still come through, want ErrUnavailable", err)
	}
	if owners, err := other.Owners(t.Context()); err != nil || owners[1] != id {
		t.Errorf("shard 1 is owned by %d, %v; want still by %d", owners[1], err, id)
	}
	r.signal(pid, syscall.SIGCONT)
	if err := <-done; !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("the commit: %v, want ErrUnavailable", err)
	}
	if err := other.Fence(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if v := r.version(key); v != 0 {
		t.Errorf("the commit was stored: version %d", v)
	}
	r.gone(id)
}

// A node that is being fenced does not wait for ever to learn it, and acquires nothing meanwhile.
func TestRenewalBesideFencing(t *testing.T) {
	r := newRig(t)
	id, _ := r.joins()
	r.exec("BEGIN; SELECT FROM node FOR UPDATE")
	began := time.Now()
	if _, err := r.Renew(t.Context(), id, time.Hour); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("Renew: %v, want ErrUnavailable", err)
	}
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("it took %v to say so", took)
	}
	if got, err := r.AcquireShards(t.Context(), id, []orchestration.ShardID{3}); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("AcquireShards: %v, %v, want ErrUnavailable", got, err)
	}
	r.exec("DELETE FROM node")
	r.exec("COMMIT")
	if _, err := r.Renew(t.Context(), id, time.Hour); !errors.Is(err, store.ErrFenced) {
		t.Errorf("Renew: %v, want ErrFenced", err)
	}
	if owner := ask[*int32](r, "SELECT node FROM shard WHERE shard = 3"); owner != nil {
		t.Errorf("shard 3 is owned by %d", *owner)
	}
}
