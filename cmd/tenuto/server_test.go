package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	commonpb "go.temporal.io/api/common/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"

	enginepostgres "github.com/tenuto-io/tenuto/orchestration/store/postgres"
	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/platform/database/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// password is in every URL of these tests. Nothing may print it.
const password = "hunter2"

// emptyDatabase is the URL of a database without tables, with a password that PostgreSQL does not ask for.
func emptyDatabase(t *testing.T) string {
	t.Helper()
	return strings.Replace(pgtest.Database(t), "?", "?password="+password+"&", 1)
}

// migratedDatabase is the URL of a database that tenuto migrate has brought up to date.
func migratedDatabase(t *testing.T) string {
	t.Helper()
	url := emptyDatabase(t)
	if err := runMigrate(t.Context(), url, io.Discard); err != nil {
		t.Fatal(err)
	}
	return url
}

// fileWith is a configuration file for this database, and further lines.
func fileWith(t *testing.T, url string, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tenuto.yaml")
	text := "postgres:\n  url: " + url + "\nauth: off\n" + strings.Join(lines, "\n")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// beginServer starts tenuto server on this database and waits until it has said where to connect.
func beginServer(t *testing.T, url string) *life {
	t.Helper()
	l := launch(t, "server", "--config", fileWith(t, url))
	l.awaitReady()
	return l
}

// startWorkflow starts a workflow that nobody works on.
func (l *life) startWorkflow(id string) error {
	l.t.Helper()
	_, err := l.service().StartWorkflowExecution(l.t.Context(), &workflowservice.StartWorkflowExecutionRequest{
		Namespace: "default", WorkflowId: id, WorkflowType: &commonpb.WorkflowType{Name: "flow"},
		TaskQueue: &taskqueuepb.TaskQueue{Name: "queue"}, RequestId: id,
	})
	return err
}

// execute runs a statement in a session of its own.
func execute(t *testing.T, url, statement string, args ...any) {
	t.Helper()
	conn := session(t, url)
	if _, err := conn.Exec(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

func session(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func TestServerKeepsItsWorkOnPostgres(t *testing.T) {
	url := migratedDatabase(t)
	var ids []string
	for range 2 {
		l := beginServer(t, url)
		info, err := l.service().GetClusterInfo(t.Context(), &workflowservice.GetClusterInfoRequest{})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, info.ClusterId)
		if info.PersistenceStore != "postgres" {
			t.Errorf("it says that it keeps things in %q", info.PersistenceStore)
		}
		if len(ids) == 1 {
			if err := l.startWorkflow("kept"); err != nil {
				t.Fatal(err)
			}
		} else if _, err := l.service().DescribeWorkflowExecution(t.Context(), &workflowservice.DescribeWorkflowExecutionRequest{
			Namespace: "default", Execution: &commonpb.WorkflowExecution{WorkflowId: "kept"},
		}); err != nil {
			t.Errorf("after the restart: %v", err)
		}
		if err := l.end(); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{l.out.String(), l.err.String()} {
			if strings.Contains(text, password) {
				t.Errorf("it prints the password:\n%s", text)
			}
		}
		if strings.Contains(l.err.String(), "token=") {
			t.Error("a sign-in link is in the log")
		}
	}
	if ids[0] != ids[1] || ids[0] == "" {
		t.Errorf("cluster ids %v", ids)
	}
}

func TestServerRefusals(t *testing.T) {
	for _, name := range []string{"TENUTO_CONFIG", "TENUTO_POSTGRES_URL", "TENUTO_AUTH"} {
		t.Setenv(name, "")
	}
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = busy.Close() }()
	taken := busy.Addr().String()
	good := fileWith(t, migratedDatabase(t))
	newer, bare := migratedDatabase(t), migratedDatabase(t)
	execute(t, newer, `INSERT INTO schema_engine (version_id, is_applied) VALUES (9999, true)`)
	execute(t, bare, `DELETE FROM namespace`)
	missing := strings.Replace(emptyDatabase(t), "test_", "missing_", 1)
	for _, c := range []struct {
		args []string
		want []string
	}{
		{nil, []string{"postgres.url is not set", "1 more", "tenuto config check"}},
		{[]string{"--config", "/no/such/file"}, []string{"/no/such/file"}},
		{[]string{"--config", fileWith(t, "x", "gprc: y")}, []string{"line 4", "gprc", "did you mean grpc"}},
		{[]string{"--config", fileWith(t, emptyDatabase(t))}, []string{"not up to date", "tenuto migrate"}},
		{[]string{"--config", fileWith(t, newer)}, []string{"newer version", "9999"}},
		{[]string{"--config", fileWith(t, bare)}, []string{"no namespace default", "tenuto migrate"}},
		{[]string{"--config", fileWith(t, missing)}, []string{"does not exist"}},
		{[]string{"--config", fileWith(t, "postgres://tenuto:hunter2@127.0.0.1:1/tenuto")}, []string{"tenuto at 127.0.0.1:1", "cannot be reached"}},
		{[]string{"--config", fileWith(t, "postgres://tenuto:hunter2@no-such-host.invalid/tenuto")}, []string{"no-such-host.invalid", "cannot be reached"}},
		{[]string{"--config", good, "--grpc", taken}, []string{taken, "in use", "--grpc"}},
		{[]string{"--config", good, "--console", "0.0.0.0:0"}, []string{"--console 0.0.0.0:0", "this machine"}},
		{[]string{"--config", good, "--log-level", "loud"}, []string{"--log-level", "loud"}},
		{[]string{"--config", good, "--auth", "off"}, []string{"--auth", "tenuto server --help"}},
		{[]string{"--config", good, "surplus"}, []string{"surplus"}},
	} {
		sentence := refused(t, append([]string{"server", "--grpc", "127.0.0.1:0", "--console", "127.0.0.1:0", "--peer", "127.0.0.1:0"}, c.args...)...)
		for _, want := range c.want {
			if !strings.Contains(sentence, want) {
				t.Errorf("%v: %q does not mention %q", c.args, sentence, want)
			}
		}
		if strings.Contains(sentence, password) {
			t.Errorf("%v: %q shows the password", c.args, sentence)
		}
	}
}

// The other way in: no file, everything in the environment, the secret in a file.
func TestServerFromTheEnvironment(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(secret, []byte(migratedDatabase(t)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TENUTO_POSTGRES_URL_FILE", secret)
	t.Setenv("TENUTO_AUTH", "off")
	t.Setenv("TENUTO_LOG_FORMAT", "json")
	l := launch(t, "server")
	l.awaitReady()
	if err := l.end(); err != nil {
		t.Error(err)
	}
	if first, _, _ := strings.Cut(l.err.String(), "\n"); !strings.HasPrefix(first, "{") {
		t.Errorf("not a JSON log: %s", first)
	}
}

// An address beyond this machine is allowed, because that is what servers are for, but not in silence.
func TestServerWithoutSignInWarns(t *testing.T) {
	path := fileWith(t, migratedDatabase(t))
	for address, warns := range map[string]bool{"127.0.0.1:0": false, "0.0.0.0:0": true} {
		l := launchAt(t, address, "server", "--config", path)
		l.awaitReady()
		if err := l.end(); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(l.err.String(), "auth is off"); got != warns {
			t.Errorf("%s: warns: %v\n%s", address, got, l.err)
		}
	}
}

func TestSessionsCommitSafelyWhateverTheDatabaseSays(t *testing.T) {
	url := migratedDatabase(t)
	execute(t, url, `DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET synchronous_commit = off'; END $$`)
	log := newBuffer()
	s, err := openPostgres(t.Context(), url, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
	if strings.Contains(log.String(), "fsync") {
		t.Errorf("it complains without a reason:\n%s", log)
	}
}

func TestUnsafeSettings(t *testing.T) {
	for _, c := range []struct {
		commit, fsync    string
		refused, warning bool
	}{
		{"on", "on", false, false}, {"remote_apply", "on", false, false}, {"local", "on", false, false},
		{"off", "on", true, false}, {"on", "off", false, true},
	} {
		log := newBuffer()
		err := unsafeSettings(c.commit, c.fsync, slog.New(slog.NewTextHandler(log, nil)))
		if (err != nil) != c.refused || strings.Contains(log.String(), "fsync=off") != c.warning {
			t.Errorf("%+v: %v, %s", c, err, log)
		}
	}
}

// Whoever fences this node, it stops serving and says why, in one sentence.
func TestFencedServerStops(t *testing.T) {
	url := migratedDatabase(t)
	l := beginServer(t, url)
	execute(t, url, "UPDATE node SET expires = '-infinity'")
	db, err := database.OpenPostgres(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	usurper := enginepostgres.New(db.Pool)
	defer func() { _ = usurper.Close() }()
	if err := usurper.Fence(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if err := l.startWorkflow("late"); err == nil {
		t.Error("a server without its lane acknowledged a start")
	}
	err = <-l.ended
	if err == nil || !strings.Contains(err.Error(), "another server has taken over") || strings.Contains(err.Error(), "\n") {
		t.Errorf("it ended with %v", err)
	}
}

// A server that knows another one by no secret waits for that one's lease, and is refused.
func TestSecondServerIsRefused(t *testing.T) {
	url := migratedDatabase(t)
	first := beginServer(t, url)
	second := launch(t, "server", "--config", fileWith(t, url))
	err := <-second.ended
	if err == nil || !strings.Contains(err.Error(), "cannot use the database postgres://") || !strings.Contains(err.Error(), "peer.secret") || strings.Contains(err.Error(), password) {
		t.Errorf("the second: %v", err)
	}
	if err := first.startWorkflow("unharmed"); err != nil {
		t.Errorf("the first: %v", err)
	}
}

func TestServerWaitsForItsPredecessor(t *testing.T) {
	url := migratedDatabase(t)
	first := beginServer(t, url)
	second := launch(t, "server", "--config", fileWith(t, url))
	second.await(second.err, "trying again")
	if err := first.end(); err != nil {
		t.Error(err)
	}
	second.awaitReady()
	if err := second.startWorkflow("next"); err != nil {
		t.Error(err)
	}
}

func TestDevOnPostgres(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_STATE_HOME", "")
	url := emptyDatabase(t)
	for range 2 { // it migrates by itself, and again without complaint
		l := begin(t, "--postgres", url, "--namespace", "orders", "--demo")
		for _, name := range []string{"default", "orders"} {
			if _, err := l.service().DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: name}); err != nil {
				t.Errorf("namespace %s: %v", name, err)
			}
		}
		if text := l.out.String(); strings.Contains(text, password) || !strings.Contains(text, "Database    postgres://") {
			t.Errorf("it prints\n%s", text)
		}
		if err := l.end(); err != nil {
			t.Fatal(err)
		}
	}
}
