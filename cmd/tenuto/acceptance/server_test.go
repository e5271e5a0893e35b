package acceptance

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

// healthName is the service that official clients ask the health of.
const healthName = "temporal.api.workflowservice.v1.WorkflowService"

// server is one `tenuto dev` on a file, or one `tenuto server` on PostgreSQL: fixed addresses and database, any number of lives.
type server struct {
	dir      string // the file of the database, and the log
	db       string // path of the database file
	postgres string // URL of the database; empty: the file
	grpc     string
	console  string
	peer     string
	args     []string // flags beside those that say where the server is
	env      []string
	// trusted has the authority of its certificate, authority is its PEM file; nil: nothing is encrypted.
	trusted   *x509.CertPool
	authority string
	*process
}

// onPostgres tells whether the tests are to run on PostgreSQL where they do not care.
func onPostgres() bool { return os.Getenv("TENUTO_TEST_STORE") == "postgres" }

// newServer starts a server of the test's own, on the storage under test, and waits until it is ready.
func newServer(t testing.TB, args ...string) *server {
	t.Helper()
	s := describeServer(t, t.TempDir(), args...)
	s.start(t)
	return s
}

// describeServer chooses where a server will live, without starting it.
func describeServer(t testing.TB, dir string, args ...string) *server {
	t.Helper()
	s := describeDev(t, dir, args...)
	if onPostgres() {
		s.postgres = newDatabase(t)
	}
	return s
}

// newDev starts a `tenuto dev` on a file, whatever the storage under test, and waits until it is ready.
func newDev(t testing.TB, args ...string) *server {
	t.Helper()
	s := describeDev(t, t.TempDir(), args...)
	s.start(t)
	return s
}

// describeDev chooses where a `tenuto dev` will live, without starting it.
func describeDev(t testing.TB, dir string, args ...string) *server {
	t.Helper()
	return &server{dir: dir, db: filepath.Join(dir, "dev.db"), grpc: freeAddress(t), console: freeAddress(t), peer: freeAddress(t), args: args}
}

// command is what to run, and with which environment.
func (s *server) command() (argv, env []string) {
	argv = append([]string{"--grpc", s.grpc, "--console", s.console}, s.args...)
	if s.postgres == "" {
		return append([]string{"dev", "--db", s.db}, argv...), s.env
	}
	return append([]string{"server", "--peer", s.peer}, argv...), append(postgresEnv(s.postgres), s.env...)
}

// start begins the next life of the server and waits until it is ready.
func (s *server) start(t testing.TB) {
	t.Helper()
	s.launch(t)
	t.Cleanup(func() {
		s.kill()
		if err := s.complaints(); err != nil && !t.Failed() {
			t.Error(err)
		}
	})
	s.awaitReady(t)
}

// complaints are lines of the server's log that no test should cause: defects that it survived.
func (s *server) complaints() error {
	for line := range strings.Lines(s.output()) {
		for _, bad := range []string{"DATA RACE", "panic", "level=ERROR"} {
			if strings.Contains(line, bad) {
				return fmt.Errorf("the server's log says: %s", line)
			}
		}
	}
	return nil
}

// launch begins the next life and does not wait.
func (s *server) launch(t testing.TB) {
	t.Helper()
	binary, err := buildServer()
	if err != nil {
		t.Fatal(err)
	}
	argv, env := s.command()
	s.process, err = launch("tenuto "+argv[0], filepath.Join(s.dir, "server.log"), env, append([]string{binary}, argv...)...)
	if err != nil {
		t.Fatal(err)
	}
}

func (s *server) awaitReady(t testing.TB) {
	t.Helper()
	eventually(t, func() error {
		if !s.running() {
			t.Fatalf("%s ended by itself: %v\n%s", s.name, s.err, s.output())
		}
		transport := insecure.NewCredentials()
		if s.trusted != nil {
			transport = credentials.NewClientTLSFromCert(s.trusted, "")
		}
		return healthyOver(t.Context(), s.grpc, transport)
	})
}

// restart ends this life, by SIGKILL or politely, and begins the next.
func (s *server) restart(t testing.TB, kill bool) {
	t.Helper()
	if kill {
		s.kill()
	} else if err := s.stop(); err != nil {
		t.Fatalf("%s after SIGTERM: %v\n%s", s.name, err, s.output())
	}
	s.start(t)
}

// pause stops the process in its tracks until resume. The signal takes a moment to reach every thread: it waits for silence.
func (s *server) pause(t testing.TB) {
	t.Helper()
	s.signal(syscall.SIGSTOP)
	eventually(t, func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if healthy(ctx, s.grpc) == nil {
			return errors.New("the server still answers after SIGSTOP")
		}
		return nil
	})
}

func (s *server) resume() { s.signal(syscall.SIGCONT) }

// healthy asks the gRPC health service once.
func healthy(ctx context.Context, address string) error {
	return healthyOver(ctx, address, insecure.NewCredentials())
}

func healthyOver(ctx context.Context, address string, transport credentials.TransportCredentials) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(transport))
	if err != nil {
		return err
	}
	defer conn.Close()
	reply, err := healthpb.NewHealthClient(conn).Check(ctx, &healthpb.HealthCheckRequest{Service: healthName})
	if err != nil {
		return err
	}
	if reply.Status != healthpb.HealthCheckResponse_SERVING {
		return fmt.Errorf("health of %s: %v", address, reply.Status)
	}
	return nil
}

var shared struct {
	sync.Mutex
	server *server
}

// sharedServer is the one server of all tests that need nothing special. It ends after the last test.
func sharedServer(t testing.TB) *server {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		s := describeServer(t, workDir)
		s.launch(t)
		shared.server = s
	}
	shared.server.awaitReady(t)
	return shared.server
}

// stopShared ends the shared server and returns what it has to complain about.
func stopShared() error {
	if shared.server == nil {
		return nil
	}
	shared.server.kill()
	return shared.server.complaints()
}
