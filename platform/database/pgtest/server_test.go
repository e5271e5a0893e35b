//go:build unix

package pgtest

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const asChild = "PGTEST_CHILD"

// TestMain also plays the process that starts a server and is killed.
func TestMain(m *testing.M) {
	if os.Getenv(asChild) == "" {
		os.Exit(Main(m))
	}
	s, err := Start()
	if err != nil {
		panic(err)
	}
	os.Stdout.WriteString(s.dir + "\n")
	select {}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// gone waits until a server's directory has been removed.
func gone(t *testing.T, dir string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) { // another process removes it and tells nobody
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s is still there", dir)
		}
	}
}

// A server of its own loses nothing that was committed when it crashes, and leaves nothing when it stops.
func TestServer(t *testing.T) {
	s, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Stop() }() // twice is harmless
	if _, err := connect(t, s.URL("postgres")).Exec(t.Context(), "CREATE TABLE kept (x INTEGER); INSERT INTO kept VALUES (42)"); err != nil {
		t.Fatal(err)
	}
	if err := s.Crash(); err != nil {
		t.Fatal(err)
	}
	var x int
	if err := connect(t, s.URL("postgres")).QueryRow(t.Context(), "SELECT x FROM kept").Scan(&x); err != nil || x != 42 {
		t.Errorf("after a crash: %d, %v", x, err)
	}
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	gone(t, s.dir)
}

// A process that is killed takes its server along.
func TestKilledProcessTakesItsServerAlong(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asChild+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	dir, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	gone(t, strings.TrimSpace(dir))
}

// Databases of one process are apart, on one server, which child processes find in the environment.
func TestDatabases(t *testing.T) {
	one, two := Database(t), Database(t)
	if one == two {
		t.Fatal("two tests share a database")
	}
	if _, err := connect(t, one).Exec(t.Context(), "CREATE TABLE a (x INTEGER)"); err != nil {
		t.Fatal(err)
	}
	var tables int
	if err := connect(t, two).QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE tablename = 'a'").Scan(&tables); err != nil || tables != 0 {
		t.Errorf("%d tables of the other database, %v", tables, err)
	}
	dir := os.Getenv(environment)
	if dir == "" || !strings.Contains(one, dir) || !strings.Contains(two, dir) {
		t.Errorf("child processes would not find the server: %s=%q", environment, dir)
	}
}
