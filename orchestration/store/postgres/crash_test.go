//go:build unix

package postgres_test

import (
	"context"
	"errors"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/platform/database/pgtest"
)

// The server crashes while commits are coming in. What was acknowledged is there when it is back, and the lane goes on by itself,
// under the same fence or, after an unknown outcome, the next.
func TestServerCrash(t *testing.T) {
	server, err := pgtest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	url := server.URL("postgres")
	if err := database.MigratePostgres(t.Context(), url, room); err != nil {
		t.Fatal(err)
	}
	r := &rig{TB: t, url: url}
	r.db, r.Store = open(t, url)
	r.fence = r.acquire(r.Store)

	ctx, cancel := context.WithCancel(t.Context())
	acknowledged := make(chan map[orchestration.RunID]orchestration.RunKey)
	progress := make(chan struct{}, 1000)
	go func() {
		keys := map[orchestration.RunID]orchestration.RunKey{}
		for ctx.Err() == nil {
			key, writes := r.start()
			switch err := r.Commit(t.Context(), r.fence, writes); {
			case err == nil:
				keys[key.RunID] = key
			case errors.Is(err, store.ErrUnknownOutcome), errors.Is(err, store.ErrFenced): // fenced by a bump whose answer was lost
				if f, err := r.AcquireLane(t.Context(), 1); err == nil {
					r.fence = f
				}
			case !errors.Is(err, store.ErrUnavailable):
				t.Errorf("Commit: %v", err)
			}
			select {
			case progress <- struct{}{}:
			default:
			}
		}
		acknowledged <- keys
	}()
	for range 3 {
		for range 20 {
			<-progress
		}
		if err := server.Crash(); err != nil {
			t.Error(err)
		}
	}
	cancel()
	keys := <-acknowledged
	r.fence = r.acquireStubbornly(r.Store)
	t.Logf("%d commits acknowledged", len(keys))
	for _, key := range keys {
		if r.version(key) != 1 {
			t.Fatalf("run %s was acknowledged and is lost", key.RunID)
		}
	}
	_, writes := r.start()
	r.commit(writes...)
}
