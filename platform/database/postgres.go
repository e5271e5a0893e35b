package database

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// OldestPostgres is the oldest major version of PostgreSQL that is supported.
const OldestPostgres = 14

// Postgres is an open PostgreSQL database whose schema this program knows.
type Postgres struct {
	// Pool is for everything but commits of lanes, which have connections of their own, made like the pool's.
	// A commit through it is flushed (synchronous_commit=on).
	Pool *pgxpool.Pool
}

// sessionSettings are set on every connection by statements, not as startup parameters, which poolers refuse.
//
//   - synchronous_commit: what the server's administrator weakened elsewhere does not weaken what is acknowledged here.
//   - enable_seqscan, jit: every read has its index. A plan that was made while a table was empty must not outlive that, and compiling
//     a statement costs more than running it.
var sessionSettings = []string{
	"SET synchronous_commit = on",
	"SET enable_seqscan = off",
	"SET jit = off",
	"SET TimeZone = 'UTC'",
}

// OpenPostgres opens the database at url (a postgres:// URL or keyword=value pairs; pool_max_conns and the like are the pool's).
// Statements are prepared, so a pooler in between has to pool sessions, not transactions.
//
// It changes nothing. Errors, each one sentence: the server cannot be reached, is older than OldestPostgres, or has another
// schema than this program knows (a *SchemaError, which names the command to run).
func OpenPostgres(ctx context.Context, url string, rooms ...Migrations) (_ *Postgres, err error) {
	config, err := poolConfig(url)
	if err != nil {
		return nil, err
	}
	place := address(config.ConnConfig)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("cannot open the database %s: %w", place, err)
	}
	defer func() {
		if err != nil {
			pool.Close()
		}
	}()
	if err := pool.Ping(ctx); err != nil {
		return nil, unreachable(place, err)
	}
	var version int
	if err := pool.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		return nil, unreachable(place, err)
	}
	if version < OldestPostgres*10000 {
		return nil, fmt.Errorf("the database %s runs PostgreSQL %d: %d is the oldest that works", place, version/10000, OldestPostgres)
	}
	for _, room := range rooms {
		if err := checkSchema(ctx, pool, place, room); err != nil {
			return nil, err
		}
	}
	return &Postgres{Pool: pool}, nil
}

// Close waits for borrowed connections and closes all.
func (d *Postgres) Close() { d.Pool.Close() }

func poolConfig(url string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the database URL cannot be read: %w", err) // pgx hides the password
	}
	prepare(config.ConnConfig)
	config.ShouldPing = func(_ context.Context, p pgxpool.ShouldPingParams) bool { return p.IdleDuration > trusted }
	return config, nil
}

// trusted is how long a pooled connection that nobody uses is taken to be alive. A longer idle one is asked first. A broken one costs its first
// user an error either way, also under load: what asks for less is a question before nearly every statement of a server with little to do.
const trusted = 20 * time.Second

// prepare makes every connection that is opened with the configuration ours.
func prepare(c *pgx.ConnConfig) {
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = 5 * time.Second
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "tenuto"
	}
	c.AfterConnect = func(ctx context.Context, conn *pgconn.PgConn) error {
		return conn.Exec(ctx, strings.Join(sessionSettings, ";")).Close()
	}
}

// address names a database in messages, without user and password.
func address(c *pgx.ConnConfig) string {
	if strings.HasPrefix(c.Host, "/") {
		return c.Database + " at " + c.Host
	}
	return fmt.Sprintf("%s at %s:%d", c.Database, c.Host, c.Port)
}

// unreachable says in one line why a connection failed.
func unreachable(place string, err error) error {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return fmt.Errorf("the database %s refuses the connection: %s: %w", place, refused.Message, oneLine{err})
	}
	return fmt.Errorf("the database %s cannot be reached: %w", place, oneLine{err})
}

// oneLine is an error whose text has no line breaks: pgx lists every address that it tried on a line of its own.
type oneLine struct{ error }

func (e oneLine) Error() string { return strings.Join(strings.Fields(e.error.Error()), " ") }
func (e oneLine) Unwrap() error { return e.error }
