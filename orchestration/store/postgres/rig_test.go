//go:build unix

package postgres_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/postgres"
	"github.com/tenuto-io/tenuto/platform/database"
	"github.com/tenuto-io/tenuto/platform/database/pgtest"
)

// rig is a store with a lane, and a session beside it that does what tests need done to a database.
type rig struct {
	testing.TB
	*postgres.Store
	db    *database.Postgres
	url   string
	admin *pgx.Conn
	fence store.Fence
	made  int
}

func newRig(t testing.TB) *rig {
	t.Helper()
	r := &rig{TB: t, url: pgtest.Database(t, room)}
	r.db, r.Store = open(t, r.url)
	r.admin = r.session()
	r.fence = r.acquire(r.Store)
	return r
}

// session is a connection of its own.
func (r *rig) session() *pgx.Conn {
	r.Helper()
	conn, err := pgx.Connect(context.Background(), r.url)
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { _ = conn.Close(context.Background()) }) // tests end some of them
	return conn
}

// elsewhere is a connection to the server's own database.
func (r *rig) elsewhere() *pgx.Conn {
	r.Helper()
	config := r.admin.Config()
	config.Database = "postgres"
	conn, err := pgx.ConnectConfig(context.Background(), config)
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func (r *rig) acquire(s *postgres.Store) store.Fence {
	r.Helper()
	f, err := s.AcquireLane(r.Context(), 1)
	if err != nil {
		r.Fatal(err)
	}
	return f
}

func (r *rig) exec(text string, args ...any) {
	r.Helper()
	if _, err := r.admin.Exec(context.Background(), text, args...); err != nil {
		r.Fatalf("%s: %v", text, err)
	}
}

// ask reads one value.
func ask[T any](r *rig, text string, args ...any) (v T) {
	r.Helper()
	if err := r.admin.QueryRow(context.Background(), text, args...).Scan(&v); err != nil {
		r.Fatalf("%s: %v", text, err)
	}
	return v
}

// backend is the process id of the lane's backend.
func (r *rig) backend() int { return ask[int](r, "SELECT pid FROM lane WHERE lane = 1") }

// until repeats a question to the database until the answer is yes. The database does the waiting in between.
func (r *rig) until(text string, args ...any) {
	r.Helper()
	for end := time.Now().Add(20 * time.Second); !ask[bool](r, text, args...); r.exec("SELECT pg_sleep(0.01)") {
		if time.Now().After(end) {
			r.Fatalf("it never came to: %s", text)
		}
	}
}

// start is the first commit of a new run.
func (r *rig) start() (orchestration.RunKey, []store.Write) {
	r.made++
	key := orchestration.WorkflowKey{Namespace: orchestration.NamespaceID{1}, WorkflowID: fmt.Sprint(r.made)}.Run(orchestration.RunID{1, byte(r.made >> 8), byte(r.made)})
	return key, []store.Write{{Workflow: key.WorkflowKey, Runs: []store.RunWrite{{RunID: key.RunID, Version: 1, State: []byte("1")}}}}
}

func (r *rig) commit(writes ...store.Write) {
	r.Helper()
	if err := r.Commit(r.Context(), r.fence, writes); err != nil {
		r.Fatal(err)
	}
}

// version is the stored version of a run; 0: there is none.
func (r *rig) version(key orchestration.RunKey) orchestration.Version {
	r.Helper()
	versions, err := r.Versions(context.Background(), []orchestration.RunKey{key})
	if err != nil {
		r.Fatal(err)
	}
	return versions[key.RunID]
}

// stall makes commits of a run whose state is "stall" sleep inside the database, holding their locks.
func (r *rig) stall() (orchestration.RunKey, []store.Write) {
	r.exec(`CREATE FUNCTION stall() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$`)
	r.exec(`CREATE TRIGGER stall BEFORE INSERT ON run FOR EACH ROW WHEN (NEW.state = 'stall') EXECUTE FUNCTION stall()`)
	key, writes := r.start()
	writes[0].Runs[0].State = []byte("stall")
	return key, writes
}

// stalled waits until the backend sleeps in a commit.
func (r *rig) stalled(pid int) {
	r.Helper()
	r.until("SELECT wait_event = 'PgSleep' IS TRUE FROM pg_stat_activity WHERE pid = $1", pid)
}

// step is the write of the v-th update of a one-activity workflow: start, two steps, close. The sizes are those of real runs.
func step(key orchestration.RunKey, v orchestration.Version, state, events []byte) store.Write {
	r := store.RunWrite{
		RunID: key.RunID, Expect: v, Version: v + 1, State: state,
		History: []store.Batch{{First: 1 + 3*int64(v), Last: 3 + 3*int64(v), Events: events}},
	}
	w := store.Write{Workflow: key.WorkflowKey, Shard: key.Shard()}
	started := time.UnixMilli(int64(key.RunID[2])<<24 | int64(key.RunID[3])<<16 | int64(key.RunID[4])<<8 | int64(key.RunID[5]))
	cur := store.Current{RunID: key.RunID, StartRequestID: "c9bf9e57-1685-4c89-bafb-ff5af830be8a", Status: 1}
	vis := &store.Visibility{
		Namespace: key.Namespace, WorkflowID: key.WorkflowID, RunID: key.RunID, Type: "Transfer", TaskQueue: "money", Status: 1,
		StartTime: started, ExecutionTime: started, Root: key.RunID, RootID: key.WorkflowID,
	}
	switch v {
	case 0:
		r.Visibility, r.Wake = vis, store.WakeWrite{Change: store.WakeSet, At: time.Now()}
		w.Current = &store.CurrentWrite{Set: cur}
	case 3:
		vis.Status, vis.CloseTime, vis.HistoryLength, cur.Status = 2, time.Now(), 12, 2
		r.Visibility, r.Wake = vis, store.WakeWrite{Change: store.WakeDelete}
		w.Current = &store.CurrentWrite{Expect: key.RunID, Set: cur}
	}
	w.Runs = []store.RunWrite{r}
	return w
}

var someState, someEvents = bytes.Repeat([]byte("s"), 400), bytes.Repeat([]byte("e"), 300)

// workflows runs so many workflows side by side, four commits in all.
func (r *rig) workflows(n int) {
	r.Helper()
	keys := make([]orchestration.RunKey, n)
	for i := range keys {
		r.made++
		keys[i] = orchestration.WorkflowKey{Namespace: orchestration.NamespaceID{1}, WorkflowID: fmt.Sprint("transfer-", r.made)}.Run(orchestration.NewRunID(time.Now()))
	}
	writes := make([]store.Write, n)
	for v := orchestration.Version(0); v < 4; v++ {
		for i, key := range keys {
			writes[i] = step(key, v, someState, someEvents)
		}
		r.commit(writes...)
	}
}
