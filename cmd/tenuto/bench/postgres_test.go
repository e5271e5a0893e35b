package bench

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenuto-io/tenuto/platform/database/pgtest"
)

// The counters count what is done to the database, and nothing is missing when they have settled.
func TestPostgresMeter(t *testing.T) {
	url := pgtest.Database(t)
	m, err := newPostgresMeter(t.Context(), url, 0)
	must(t, err)
	defer m.close()
	if !m.statements || m.postmaster == 0 {
		t.Errorf("a server of our own, without statements or CPU: %+v", m)
	}
	conn, err := pgx.Connect(t.Context(), url)
	must(t, err)
	run := func(statements ...string) {
		t.Helper()
		for _, s := range statements {
			_, err := conn.Exec(t.Context(), s)
			must(t, err)
		}
	}
	run("CREATE TABLE kept (id INTEGER PRIMARY KEY, x TEXT) WITH (autovacuum_enabled = false)", "INSERT INTO kept SELECT n, '' FROM generate_series(1, 10) n")
	before := readAll(t, m)
	const rounds = 20
	for range rounds {
		run("UPDATE kept SET x = repeat('x', 100) WHERE id = 1", "SELECT x FROM kept")
	}
	run("DELETE FROM kept WHERE id = 2")
	must(t, conn.Close(t.Context())) // a session that ends tells what it did
	after := readAll(t, m)
	for end := time.Now().Add(10 * time.Second); after.lagging.left < 21 && time.Now().Before(end); { // the session ends on its own time
		after = readAll(t, m)
	}
	c := m.cost(before, after, rounds)
	if c.Writes < 1 || c.Writes > 3 || c.Transactions < 2 || c.Transactions > 4 || *c.Statements < 2 || *c.Statements > 4 || c.WAL < 50 {
		t.Errorf("%+v, statements %v", c, *c.Statements)
	}
	if c.Dead != 1.05 || c.Hot < 0.5 || c.Hot >= 1 || c.Left != 21 || *c.CPU < 0 {
		t.Errorf("%+v", c)
	}
}

func readAll(t *testing.T, m *postgresMeter) (r reading) {
	t.Helper()
	var err error
	r.postgres, err = m.read(t.Context())
	must(t, err)
	must(t, m.settle(t.Context()))
	r.lagging, err = m.lagging(t.Context())
	must(t, err)
	return r
}

// Without the counters of statements they are left out, and it is said.
func TestPostgresWithoutStatements(t *testing.T) {
	url := pgtest.Database(t)
	conn, err := pgx.Connect(t.Context(), url)
	must(t, err)
	_, err = conn.Exec(t.Context(), "CREATE TABLE public.pg_stat_statements (x INTEGER)") // in the way of the extension's view
	must(t, err)
	must(t, conn.Close(t.Context()))
	m, err := newPostgresMeter(t.Context(), url, 0)
	must(t, err)
	defer m.close()
	if m.statements {
		t.Error("statements are counted")
	}
	if c := m.cost(readAll(t, m), readAll(t, m), 1); c.Statements != nil || c.CPU == nil {
		t.Errorf("%+v", c)
	}
}

// The whole of it: the report has the database's part, and the waiting for late counters is between the cells.
func TestMeasureWithPostgres(t *testing.T) {
	c := config{
		addresses: []string{newFakeServer().serve(t)}, namespace: "default", scenarios: []string{"one-activity", "idle"}, drivers: []string{rawDriver},
		count: 20, inFlight: []int{2}, timeout: time.Minute, idle: time.Millisecond, postgres: pgtest.Database(t), statsDelay: time.Millisecond, nodes: 1,
	}
	var progress strings.Builder
	r, err := measure(t.Context(), c, &progress)
	must(t, err)
	for _, x := range r.Results {
		if x.Postgres == nil || x.Postgres.CPU == nil || x.Postgres.Statements == nil || x.Postgres.Transactions < 0 {
			t.Errorf("%s: %+v", x.Scenario, x.Postgres)
		}
	}
	if strings.Contains(progress.String(), "statements are not counted") {
		t.Error(progress.String())
	}
}

func TestServerCPUOfNobody(t *testing.T) {
	if _, err := serverCPU(1 << 30); err == nil {
		t.Error("a server that is not there has used CPU")
	}
}
