package bench

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// statsDelay is after how long the counters of pg_stat_database and pg_stat_user_tables are complete: a session that has become idle tells what it did last
// within ten seconds.
const statsDelay = 10500 * time.Millisecond

// postgresMeter reads the counters of a PostgreSQL database, on one connection of its own.
type postgresMeter struct {
	conn       *pgx.Conn
	statements bool // pg_stat_statements is there
	postmaster int  // 0: the database runs elsewhere
	delay      time.Duration
}

// postgresCounters are counters since some moment long ago.
type postgresCounters struct {
	cpu        time.Duration // of the whole server; when it runs here
	wal        int64         // bytes, of the whole server
	writes     int64         // transactions that wrote, of the whole server
	statements int64         // of this database; when there are counters
}

// postgresLagging are counters that are complete only after a while: see statsDelay.
type postgresLagging struct {
	transactions int64 // of this database
	dead, hot    int64 // row versions that updates and deletes have left behind; of them those that stayed on their page
	left         int64 // dead row versions now, as far as the server knows
}

// newPostgresMeter connects. Where pg_stat_statements is loaded but not yet part of the database, and we may, it is made part of it.
func newPostgresMeter(ctx context.Context, url string, delay time.Duration) (*postgresMeter, error) {
	c, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("--postgres cannot be read: %w", err)
	}
	c.RuntimeParams["application_name"] = identity
	conn, err := pgx.ConnectConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("--postgres: %w", err)
	}
	m := &postgresMeter{conn: conn, delay: delay}
	_, _ = conn.Exec(ctx, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements") // whether it works shows in the next line
	var n int64
	err = conn.QueryRow(ctx, "SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements").Scan(&n)
	var refused *pgconn.PgError
	if m.statements = err == nil; err == nil || errors.As(err, &refused) {
		err = m.findPostmaster(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	return m, nil
}

// findPostmaster finds the parent of our own session's process, if that is on this machine.
func (m *postgresMeter) findPostmaster(ctx context.Context) error {
	var pid int
	var address *netip.Addr
	if err := m.conn.QueryRow(ctx, "SELECT pg_backend_pid(), inet_server_addr()").Scan(&pid, &address); err != nil {
		return err
	}
	if address != nil && !address.IsLoopback() {
		return nil
	}
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return nil // in another container, for instance
	}
	if s, err := parseStat(b); err == nil && s.name == "postgres" {
		m.postmaster = s.parent
	}
	return nil
}

func (m *postgresMeter) close() { _ = m.conn.Close(context.Background()) } // nothing is in flight

// read reads the counters that do not lag.
func (m *postgresMeter) read(ctx context.Context) (c postgresCounters, err error) {
	if m.postmaster > 0 {
		if c.cpu, err = serverCPU(m.postmaster); err != nil {
			return c, err
		}
	}
	const now = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
	if err := m.conn.QueryRow(ctx, now).Scan(&c.wal, &c.writes); err != nil || !m.statements {
		return c, err
	}
	const statements = "SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
	return c, m.conn.QueryRow(ctx, statements).Scan(&c.statements)
}

// settle waits until the lagging counters are complete, if nothing more happens.
func (m *postgresMeter) settle(ctx context.Context) error {
	select {
	case <-time.After(m.delay):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (m *postgresMeter) lagging(ctx context.Context) (c postgresLagging, err error) {
	const all = `SELECT (SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()),
		coalesce(sum(n_tup_upd + n_tup_del), 0)::bigint, coalesce(sum(n_tup_hot_upd), 0)::bigint, coalesce(sum(n_dead_tup), 0)::bigint
		FROM pg_stat_user_tables`
	return c, m.conn.QueryRow(ctx, all).Scan(&c.transactions, &c.dead, &c.hot, &c.left)
}

// serverCPU is the CPU time of a postmaster, of its children, and of those that have ended.
func serverCPU(postmaster int) (total time.Duration, err error) {
	found := false
	for pid, s := range allProcesses() {
		switch {
		case pid == postmaster:
			total += s.cpu + s.reaped
			found = true
		case s.parent == postmaster:
			total += s.cpu
		}
	}
	if !found {
		return 0, fmt.Errorf("the database server %d has ended", postmaster)
	}
	return total, nil
}

// PostgresCost is what a PostgreSQL database spent per unit. The load's own reading of the counters is in it, and whatever else happens on that server.
type PostgresCost struct {
	// CPU is that of all the server's processes, in milliseconds; absent when they run elsewhere.
	CPU *float64 `json:"cpu_ms,omitempty"`
	// Transactions are those of this database, reads among them; Writes are those that wrote, of the whole server.
	Transactions float64 `json:"transactions"`
	Writes       float64 `json:"write_transactions"`
	// Statements is absent without pg_stat_statements.
	Statements *float64 `json:"statements,omitempty"`
	WAL        float64  `json:"wal_bytes"`
	// Dead are row versions that updates and deletes left behind, and Hot the share of updates that stayed on their page, of 1.
	Dead float64 `json:"dead_rows"`
	Hot  float64 `json:"hot_share"`
	// Left are all dead row versions of the database after the load, not per unit.
	Left int64 `json:"dead_rows_left"`
}

// cost is what was spent between two readings, per unit.
func (m *postgresMeter) cost(before, after reading, units float64) *PostgresCost {
	per := func(before, after int64) float64 { return float64(after-before) / units }
	b, a := before.postgres, after.postgres
	c := &PostgresCost{
		Transactions: per(before.lagging.transactions, after.lagging.transactions), Writes: per(b.writes, a.writes), WAL: per(b.wal, a.wal),
		Dead: per(before.lagging.dead, after.lagging.dead), Left: after.lagging.left,
	}
	if c.Dead > 0 {
		c.Hot = per(before.lagging.hot, after.lagging.hot) / c.Dead
	}
	if m.postmaster > 0 {
		cpu := milliseconds(a.cpu-b.cpu) / units
		c.CPU = &cpu
	}
	if m.statements {
		n := per(b.statements, a.statements)
		c.Statements = &n
	}
	return c
}
