package acceptance

import (
	"fmt"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tenuto-io/tenuto/platform/database/pgtest"
)

// cluster is the PostgreSQL of these tests. Its databases go with it.
var cluster struct {
	sync.Mutex
	server *pgtest.Server
}

// startedCluster is the cluster, started at its first use.
func startedCluster() (*pgtest.Server, error) {
	cluster.Lock()
	defer cluster.Unlock()
	if cluster.server != nil {
		return cluster.server, nil
	}
	s, err := pgtest.Start()
	if err == nil {
		cluster.server = s
	}
	return s, err
}

func stopCluster() error {
	cluster.Lock()
	defer cluster.Unlock()
	if cluster.server == nil {
		return nil
	}
	return cluster.server.Stop()
}

var databases atomic.Int32

// emptyDatabase makes a database without tables and returns its URL.
func emptyDatabase(t testing.TB) string {
	t.Helper()
	c, err := startedCluster()
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("tenuto_%d", databases.Add(1))
	execute(t, c.URL("postgres"), "CREATE DATABASE "+name)
	return c.URL(name)
}

// newDatabase makes a database that is ready to be served.
func newDatabase(t testing.TB) string {
	t.Helper()
	url := emptyDatabase(t)
	if out, err := tenuto(t, postgresEnv(url), "migrate"); err != nil {
		t.Fatalf("tenuto migrate: %v\n%s", err, out)
	}
	return url
}

// execute runs one statement in a session of its own.
func execute(t testing.TB, url, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// postgresEnv is how the servers of these tests learn where they are.
func postgresEnv(url string) []string {
	return []string{"TENUTO_POSTGRES_URL=" + url, "TENUTO_AUTH=off"}
}

// tenuto runs a command of the binary to its end.
func tenuto(t testing.TB, env []string, args ...string) (output string, err error) {
	t.Helper()
	binary, err := buildServer()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}
