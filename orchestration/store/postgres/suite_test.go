//go:build unix

package postgres_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration/store/postgres"
	"github.com/tenuto-io/tenuto/orchestration/store/storetest"
	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/platform/database/pgtest"
)

var room = database.Migrations{Room: "engine", Files: postgres.Migrations()}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Opened { return openSuite(t, pgtest.Database(t, room)) })
}

func openSuite(t *testing.T, url string) storetest.Opened {
	db, s := open(t, url)
	return storetest.Opened{
		Store: s, Reader: s, Queues: s, Jobs: s, Usages: s, Traces: s,
		Durable: func(ctx context.Context) error { return durable(ctx, s) },
		Reopen: func(t *testing.T) storetest.Opened {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			db.Close()
			return openSuite(t, url)
		},
	}
}

func open(t testing.TB, url string) (*database.Postgres, *postgres.Store) {
	t.Helper()
	db, err := database.OpenPostgres(context.Background(), url, room)
	if err != nil {
		t.Fatal(err)
	}
	s := postgres.New(db.Pool)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		db.Close()
	})
	return db, s
}

// durable checks the lane's connection itself: the settings are per session.
func durable(ctx context.Context, s *postgres.Store) error {
	for setting, want := range map[string]string{"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on"} {
		got, err := s.LaneSetting(ctx, 1, setting)
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("%s=%s, want %s", setting, got, want)
		}
	}
	return nil
}
