package acceptance

import (
	"testing"
	"time"
)

// patience is how long a test waits for something that a healthy server does in milliseconds. It is generous because
// the machine may be busy; it is never waited out when all is well.
const patience = 30 * time.Second

// eventually calls check until it returns nil, and fails the test with its last error when patience ends. It is the one
// place in these tests that sleeps: what it waits for happens in another process, which offers no channel.
func eventually(t testing.TB, check func() error) {
	t.Helper()
	within(t, patience, check)
}

// within is eventually with a limit of its own.
func within(t testing.TB, limit time.Duration, check func() error) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for pause := 2 * time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
		err := check()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %v", limit, err)
		}
		time.Sleep(pause)
	}
}
