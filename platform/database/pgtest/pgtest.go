//go:build unix

package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tenuto-io/tenuto/platform/database"
)

// environment names, for child processes, the socket directory of the server that their ancestor has started.
const environment = "TENUTO_PGTEST"

// shared is the server of this process.
var shared struct {
	sync.Mutex
	server    *Server // nil: not started, or an ancestor's
	dir       string
	templates map[string]string // rooms -> template database
}

// made counts the databases of this process.
var made atomic.Int64

// Main runs the tests of a package and stops the server that they have used. It returns the exit code.
func Main(m *testing.M) int {
	code := m.Run()
	shared.Lock()
	defer shared.Unlock()
	if shared.server != nil {
		if err := shared.server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "pgtest:", err)
			return max(code, 1)
		}
	}
	return code
}

// Database returns the URL of a new database with the rooms' tables, which goes when the test ends. The first use starts the server; the
// package's TestMain must call Main.
func Database(t testing.TB, rooms ...database.Migrations) string {
	t.Helper()
	template, err := templateOf(rooms)
	if err != nil {
		t.Fatal(err)
	}
	name := newName("test")
	if err := admin("CREATE DATABASE " + name + " TEMPLATE " + template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := admin("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return urlOf(shared.dir, name)
}

func newName(kind string) string { return fmt.Sprintf("%s_%d_%d", kind, os.Getpid(), made.Add(1)) }

// templateOf is the database that those of the same rooms are copied from.
func templateOf(rooms []database.Migrations) (string, error) {
	shared.Lock()
	defer shared.Unlock()
	if err := ensure(); err != nil {
		return "", err
	}
	if len(rooms) == 0 {
		return "template0", nil
	}
	key, err := keyOf(rooms)
	if err != nil {
		return "", err
	}
	if name, ok := shared.templates[key]; ok {
		return name, nil
	}
	name := newName("template")
	if err := admin("CREATE DATABASE " + name + " TEMPLATE template0"); err != nil {
		return "", err
	}
	if err := database.MigratePostgres(context.Background(), urlOf(shared.dir, name), rooms...); err != nil {
		return "", err
	}
	shared.templates[key] = name
	return name, nil
}

// keyOf names a set of rooms by their files.
func keyOf(rooms []database.Migrations) (string, error) {
	var names []string
	for _, room := range rooms {
		files, err := fs.Glob(room.Files, "*.sql")
		if err != nil {
			return "", err
		}
		names = append(append(names, room.Room), files...)
	}
	return strings.Join(names, " "), nil
}

// ensure starts the server, or joins an ancestor's. shared is locked.
func ensure() error {
	if shared.dir != "" {
		return nil
	}
	shared.templates = map[string]string{}
	if dir := os.Getenv(environment); dir != "" {
		shared.dir = dir
		return nil
	}
	s, err := Start()
	if err != nil {
		return err
	}
	shared.server, shared.dir = s, s.dir
	return os.Setenv(environment, s.dir)
}

// admin runs a statement outside any test's database.
func admin(statement string) (err error) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, urlOf(shared.dir, "postgres"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	_, err = conn.Exec(ctx, statement)
	return err
}
