package acceptance

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"
)

// roleEnv names the part that a copy of the test binary plays: workers have to be processes to be killed.
const roleEnv = "TENUTO_ACCEPTANCE_ROLE"

// roles are the parts. Each runs until ctx ends and takes its settings from the environment.
var roles = map[string]func(ctx context.Context) error{
	"official-worker": officialWorker,
	"bank-worker":     bankWorker,
	"clearing-worker": clearingWorker,
}

// playRole is the main function of a child.
func playRole(name string) int {
	role, ok := roles[name]
	if !ok {
		fmt.Fprintf(os.Stderr, "no role %q\n", name)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := role(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		return 1
	}
	return 0
}

// spawnRole runs a copy of this test binary in the given part.
func spawnRole(t testing.TB, role, log string, env ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return spawn(t, role, log, append(env, roleEnv+"="+role), self)
}
