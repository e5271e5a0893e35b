//go:build unix

package postgres_test

import (
	"errors"
	"syscall"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

// A process that was stopped in mid-pipeline holds its lane's row and does not answer. Whoever takes over ends its backend.
func TestTakeoverFromStoppedClient(t *testing.T) {
	r := newRig(t)
	stopped := r.session()
	if _, err := stopped.Exec(t.Context(), "UPDATE lane SET pid = pg_backend_pid(), started = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())"); err != nil {
		t.Fatal(err)
	}
	if _, err := stopped.Exec(t.Context(), "BEGIN; SELECT FROM lane WHERE lane = 1 FOR SHARE"); err != nil {
		t.Fatal(err)
	}
	_, next := open(t, r.url)
	fence := r.acquire(next)
	if fence.Epoch != r.fence.Epoch+1<<20 {
		t.Errorf("epoch %d after %d: a bump that had to wait must count once", fence.Epoch, r.fence.Epoch)
	}
	if err := stopped.Ping(t.Context()); err == nil {
		t.Error("the stopped client's session goes on")
	}
	_, writes := r.start()
	if err := next.Commit(t.Context(), fence, writes); err != nil {
		t.Error(err)
	}
	if err := r.Commit(t.Context(), r.fence, writes); !errors.Is(err, store.ErrFenced) {
		t.Errorf("the old owner's commit: %v, want ErrFenced", err)
	}
}

// Process ids are used again: a backend that started at another time than the lane's row says is not ours to end.
func TestTakeoverSparesStrangers(t *testing.T) {
	r := newRig(t)
	stranger := r.session()
	if _, err := stranger.Exec(t.Context(), "UPDATE lane SET pid = pg_backend_pid(), started = now() - interval '1 day'"); err != nil {
		t.Fatal(err)
	}
	if _, err := stranger.Exec(t.Context(), "BEGIN; SELECT FROM lane WHERE lane = 1 FOR SHARE"); err != nil {
		t.Fatal(err)
	}
	_, next := open(t, r.url)
	if _, err := next.AcquireLane(t.Context(), 1); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable while the row is held", err)
	}
	if _, err := stranger.Exec(t.Context(), "COMMIT"); err != nil {
		t.Fatalf("the stranger was ended: %v", err)
	}
	r.acquire(next)
}

// A backend that stands still between two commits is fenced without its help; when it runs again, what was sent to it meanwhile fails.
func TestStaleCommitOfPausedBackend(t *testing.T) {
	r := newRig(t)
	key, writes := r.start()
	pid := r.backend()
	r.signal(pid, syscall.SIGSTOP)
	done := make(chan error)
	go func() { done <- r.Commit(t.Context(), r.fence, writes) }()
	_, next := open(t, r.url)
	fence := r.acquire(next)
	if err := next.Commit(t.Context(), fence, nil); err != nil {
		t.Error(err)
	}
	r.signal(pid, syscall.SIGCONT)
	if err := <-done; !errors.Is(err, store.ErrFenced) {
		t.Errorf("the stale commit: %v, want ErrFenced", err)
	}
	if v := r.version(key); v != 0 {
		t.Errorf("the stale commit was stored: version %d", v)
	}
}

// A backend that stands still inside a commit cannot be ended and holds the lane: nobody gets a new fence, so nothing can be written
// beside it. When it runs again it finds its end, and the takeover succeeds.
func TestBackendPausedInsideCommit(t *testing.T) {
	r := newRig(t)
	key, writes := r.stall()
	pid := r.backend()
	done := make(chan error)
	go func() { done <- r.Commit(t.Context(), r.fence, writes) }()
	r.stalled(pid)
	r.signal(pid, syscall.SIGSTOP)
	_, next := open(t, r.url)
	if f, err := next.AcquireLane(t.Context(), 1); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("got %+v, %v while a commit may still come through, want ErrUnavailable", f, err)
	}
	r.signal(pid, syscall.SIGCONT)
	if err := <-done; !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("the commit: %v, want ErrUnavailable: its backend was ended before it had answered", err)
	}
	r.acquire(next)
	if v := r.version(key); v != 0 {
		t.Errorf("the commit was stored: version %d", v)
	}
}

func (r *rig) signal(pid int, s syscall.Signal) {
	r.Helper()
	if err := syscall.Kill(pid, s); err != nil {
		r.Fatalf("signal %d: %v", pid, err)
	}
	if s == syscall.SIGSTOP { // whatever happens, the server must be able to stop
		r.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGCONT) })
	}
}
