package acceptance

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"
)

// newPostgresServer starts a `tenuto server` on a new database, whatever the storage under test, and waits until it is ready.
func newPostgresServer(t testing.TB, args ...string) *server {
	t.Helper()
	s := describePostgres(t, newDatabase(t), args...)
	s.start(t)
	return s
}

// describePostgres chooses where a `tenuto server` on this database will live, without starting it.
func describePostgres(t testing.TB, url string, args ...string) *server {
	t.Helper()
	s := describeDev(t, t.TempDir(), args...)
	s.postgres = url
	return s
}

// newMaltreatedServer is newPostgresServer for tests that give the server reasons to log errors.
func newMaltreatedServer(t testing.TB) *server {
	t.Helper()
	s := describePostgres(t, newDatabase(t))
	s.launch(t)
	t.Cleanup(s.kill)
	s.awaitReady(t)
	return s
}

// cutSessions ends every session that a server has with the database.
func cutSessions(t testing.TB, url string) {
	t.Helper()
	execute(t, url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
}

func TestServerSaysWhereItIsAndStopsCleanly(t *testing.T) {
	t.Parallel()
	s := newPostgresServer(t)
	l := labAt(t, s.grpc)
	l.work(code{"flow": oneStep}, code{"step": greet})
	run := l.start("flow", "you")
	equal(t, "result", result[string](l, run), "hello you")
	signIn(t, s)
	for _, want := range []string{s.grpc, "http://" + s.console + "/signin?token=", "Database    postgres://"} {
		if !strings.Contains(s.output(), want) {
			t.Errorf("%q is not in what it printed:\n%s", want, s.output())
		}
	}
	if err := s.stop(); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, s.output())
	}
	s.start(t)
	equal(t, "result after the restart", result[string](l, run), "hello you")
	if files, _ := filepath.Glob(filepath.Join(s.dir, "*")); len(files) != 1 {
		t.Errorf("files beside the log: %v", files)
	}
}

func TestServerGoesOnAfterAKill(t *testing.T) {
	t.Parallel()
	s := newPostgresServer(t)
	l := labAt(t, s.grpc)
	l.work(code{"flow": progress}, nil)
	run := l.start("flow")
	for i := range 3 {
		l.say(run, fmt.Sprint("word ", i))
		l.wantSeen(run, i+1) // no task is under way, for whose timeout we would have to wait
		s.restart(t, true)
	}
	l.say(run, "end")
	equal(t, "words", result[int](l, run), 3)
}

// Whoever administers the database may end every session: what is under way fails or waits, and then it goes on.
func TestServerGoesOnAfterItsSessionsAreCut(t *testing.T) {
	t.Parallel()
	s := newMaltreatedServer(t)
	l := labAt(t, s.grpc)
	l.work(code{"flow": oneStep}, code{"step": greet})
	for range 3 {
		cutSessions(t, s.postgres)
		equal(t, "result", result[string](l, l.start("flow", "you")), "hello you")
	}
	if !s.running() {
		t.Fatalf("it ended: %v\n%s", s.err, s.output())
	}
}

func TestSecondServerOnADatabaseIsRefused(t *testing.T) {
	t.Parallel()
	first := newPostgresServer(t)
	second := describePostgres(t, first.postgres)
	second.launch(t)
	t.Cleanup(second.kill)
	select {
	case <-second.exited:
	case <-time.After(patience):
		t.Fatal("two servers serve one database")
	}
	var exit *exec.ExitError
	if !errors.As(second.err, &exit) || exit.ExitCode() != 1 || !strings.Contains(second.output(), "another server is using it") {
		t.Errorf("it ended with %v and said:\n%s", second.err, second.output())
	}
	labAt(t, first.grpc).start("flow") // the first is unharmed
}

// A server that was stopped in its tracks, robbed of its session and resumed meanwhile may not go on beside its successor.
func TestPausedServerMakesWayForItsSuccessor(t *testing.T) {
	t.Parallel()
	old := newMaltreatedServer(t)
	client := labAt(t, old.grpc) // connected now: the old server may end before anybody could connect again
	client.start("flow")
	old.pause(t)
	cutSessions(t, old.postgres)
	next := describePostgres(t, old.postgres)
	next.start(t)
	l := labAt(t, next.grpc)
	l.work(code{"flow": oneStep}, code{"step": greet})
	old.resume()
	start := &workflowservice.StartWorkflowExecutionRequest{
		Namespace: namespace, WorkflowId: "late", WorkflowType: &commonpb.WorkflowType{Name: "flow"}, TaskQueue: l.taskQueue(), RequestId: "late",
	}
	ctx, cancel := context.WithTimeout(l.ctx, patience)
	defer cancel()
	if _, err := client.service().StartWorkflowExecution(ctx, start); err == nil {
		t.Error("the old server acknowledged a start")
	}
	select {
	case <-old.exited:
	case <-time.After(patience):
		t.Fatalf("the old server goes on:\n%s", old.output())
	}
	if old.err == nil || !strings.Contains(old.output(), "has taken over") {
		t.Errorf("it ended with %v and said:\n%s", old.err, old.output())
	}
	equal(t, "result", result[string](l, l.start("flow", "you")), "hello you")
}

func TestServerRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	url := newDatabase(t)
	for name, c := range map[string]struct {
		env  []string
		args []string
		want string
	}{
		"no auth":        {[]string{"TENUTO_POSTGRES_URL=" + url, "TENUTO_AUTH="}, nil, "tenuto key create --break-glass"},
		"no database":    {[]string{"TENUTO_POSTGRES_URL=", "TENUTO_AUTH=off"}, nil, "postgres.url is not set"},
		"unreachable":    {postgresEnv("postgres://tenuto:hunter2@127.0.0.1:1/tenuto"), nil, "cannot be reached"},
		"not migrated":   {postgresEnv(emptyDatabase(t)), nil, "tenuto migrate"},
		"no such file":   {postgresEnv(url), []string{"--config", "/no/such/file.yaml"}, "/no/such/file.yaml"},
		"public console": {postgresEnv(url), []string{"--console", "0.0.0.0:18233"}, "--console"},
	} {
		args := append([]string{"server", "--grpc", freeAddress(t), "--console", freeAddress(t)}, c.args...)
		out, err := tenuto(t, c.env, args...)
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 {
			t.Errorf("%s: got %v, want exit status 1\n%s", name, err, out)
		}
		if lines := len(regexp.MustCompile(`(?m)^.+$`).FindAllString(out, -1)); lines != 1 || !strings.Contains(out, c.want) || strings.Contains(out, "hunter2") {
			t.Errorf("%s: want one clear sentence with %q:\n%s", name, c.want, out)
		}
	}
}

func TestMigrateFromSeveralNodesAtOnce(t *testing.T) {
	t.Parallel()
	url := emptyDatabase(t)
	var nodes sync.WaitGroup
	for range 4 {
		nodes.Go(func() {
			if out, err := tenuto(t, postgresEnv(url), "migrate"); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	nodes.Wait()
	out, err := tenuto(t, postgresEnv(url), "migrate")
	if err != nil || strings.Count(out, "up to date") != 2 || !strings.Contains(out, "namespace default: is there") {
		t.Errorf("after all that: %v\n%s", err, out)
	}
}

func TestDevOnPostgresMigratesByItself(t *testing.T) {
	t.Parallel()
	url := emptyDatabase(t)
	dir, address := t.TempDir(), freeAddress(t)
	binary, err := buildServer()
	if err != nil {
		t.Fatal(err)
	}
	spawn(t, "tenuto dev", filepath.Join(dir, "dev.log"), nil, binary, "dev", "--postgres", url, "--grpc", address, "--console", freeAddress(t), "--peer", freeAddress(t))
	eventually(t, func() error { return healthy(t.Context(), address) })
	l := labAt(t, address)
	l.work(code{"flow": oneStep}, code{"step": greet})
	equal(t, "result", result[string](l, l.start("flow", "you")), "hello you")
}
