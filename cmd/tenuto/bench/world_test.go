package bench

import (
	"context"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/engine"
	enginesqlite "github.com/tenuto-io/tenuto/orchestration/store/sqlite"
	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/platform/edge"
	"github.com/tenuto-io/tenuto/tenants"
	tenantsqlite "github.com/tenuto-io/tenuto/tenants/sqlite"
)

// realServer serves on SQLite in memory until the test ends, with these namespaces, and returns the address.
func realServer(t *testing.T, namespaces ...string) string {
	t.Helper()
	address, _, _ := realWorld(t, namespaces...)
	return address
}

// realWorld is realServer with what it keeps.
func realWorld(t *testing.T, namespaces ...string) (string, *enginesqlite.Store, *tenants.Directory) {
	t.Helper()
	db, err := database.OpenSQLite(t.Context(), database.Memory,
		database.Migrations{Room: "engine", Files: enginesqlite.Migrations()}, database.Migrations{Room: "tenants", Files: tenantsqlite.Migrations()})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	directory := tenants.NewDirectory(tenantsqlite.New(db.Write, db.Read), time.Now)
	for _, name := range namespaces {
		_, err := directory.Register(t.Context(), tenants.Registration{Name: name, Retention: tenants.Retention(24 * time.Hour)})
		must(t, err)
	}
	store := enginesqlite.New(db.Write, db.Read)
	t.Cleanup(func() { must(t, store.Close()) })
	quiet := slog.New(slog.DiscardHandler)
	e, err := engine.Open(t.Context(), engine.Config{Store: store, Reader: store, Queues: store, Logger: quiet})
	must(t, err)
	t.Cleanup(func() { must(t, e.Close(context.Background())) })
	server := edge.New(edge.Config{Engine: e, Namespaces: directory, Logger: quiet})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		must(t, server.Drain(context.Background()))
		<-served
	})
	return l.Addr().String(), store, directory
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
