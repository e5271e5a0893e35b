package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// lane is a connection that commits, one batch at a time.
type lane struct {
	id     orchestration.LaneID
	config *pgx.ConnConfig
	turn   chan struct{} // full while somebody uses the fields below
	conn   *pgx.Conn     // nil: none, or lost
	batch  *batch
}

// laneSettings are those of a lane's session.
//
//   - synchronous_commit: what was acknowledged is flushed, whatever the server's or the role's setting.
//   - lock_timeout: engine rule for takeovers; a commit that waits that long for a row is refused too, with nothing written.
//   - plans: every statement finds its rows by key. One generic plan, made once, also while tables are still empty, when the planner
//     would choose to read them whole.
//   - transaction_timeout, where there is one (17 and later): a backend whose client has stopped does not hold its lane for ever.
const laneSettings = `SET synchronous_commit = on; SET lock_timeout = '2s'; SET statement_timeout = 0;
	SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off; SET plan_cache_mode = force_generic_plan;
	SELECT set_config(name, '20s', false) FROM pg_settings WHERE name = 'transaction_timeout'`

const (
	// acquireEpoch begins a new term of the lane's epochs and names our backend as its user. It waits for the commit that is in flight under an older
	// epoch. An epoch is a term and, in its lowest 20 bits, how often it was renewed. A lane of a node goes when the node does; it is not made again,
	// or its terms would begin anew.
	acquireEpoch = `INSERT INTO lane AS l (lane, epoch, pid, started) SELECT $1::int4, 1 << 20, pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()
		AND ($1::int4 < $2::int4 OR EXISTS (SELECT FROM node WHERE id = $1::int4 / $2::int4 FOR KEY SHARE))
		ON CONFLICT (lane) DO UPDATE SET epoch = ((l.epoch >> 20) + 1) << 20, pid = excluded.pid, started = excluded.started RETURNING epoch`
	// renewEpoch bumps the epoch within our term.
	renewEpoch = `UPDATE lane AS l SET epoch = l.epoch + 1, pid = a.pid, started = a.backend_start FROM pg_stat_activity AS a
		WHERE a.pid = pg_backend_pid() AND l.lane = $1 AND l.epoch >> 20 = $2::bigint >> 20 RETURNING l.epoch`
	// attach names our new backend under an epoch that we have.
	attach = `UPDATE lane AS l SET pid = a.pid, started = a.backend_start FROM pg_stat_activity AS a
		WHERE a.pid = pg_backend_pid() AND l.lane = $1 AND l.epoch = $2`
	// endBackend ends the backend that the lane's row names, unless it is gone and its process id is somebody else's, and waits for that.
	endBackend = `SELECT pg_terminate_backend(a.pid, 2000) FROM lane AS l JOIN pg_stat_activity AS a ON a.pid = l.pid AND a.backend_start = l.started
		WHERE l.lane = $1 AND a.pid <> pg_backend_pid()`
)

// AcquireLane implements store.Store.
func (s *Store) AcquireLane(ctx context.Context, id orchestration.LaneID) (store.Fence, error) {
	l := s.lane(id)
	if err := l.enter(ctx); err != nil {
		return store.Fence{}, err
	}
	defer l.leave()
	return l.fence(ctx, acquireEpoch, int32(id), int32(orchestration.LanesPerNode))
}

// RenewLane implements store.Store.
func (s *Store) RenewLane(ctx context.Context, f store.Fence) (store.Fence, error) {
	l := s.lane(f.Lane)
	if err := l.enter(ctx); err != nil {
		return store.Fence{}, err
	}
	defer l.leave()
	return l.fence(ctx, renewEpoch, int32(f.Lane), int64(f.Epoch))
}

// fence moves the lane's epoch with one of the statements above, which finds no row when the lane is somebody else's.
func (l *lane) fence(ctx context.Context, statement string, args ...any) (store.Fence, error) {
	epoch, err := l.bump(ctx, statement, args...)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return store.Fence{}, store.ErrFenced
	case err != nil:
		l.dropIfClosed()
		return store.Fence{}, unavailableUnless(ctx, err)
	}
	return store.Fence{Lane: l.id, Epoch: epoch}, nil
}

// bump runs the statement. A backend that sits on the lane's row is ended after two seconds.
func (l *lane) bump(ctx context.Context, statement string, args ...any) (epoch orchestration.Epoch, err error) {
	if err := l.connect(ctx); err != nil {
		return 0, err
	}
	err = l.conn.QueryRow(ctx, statement, args...).Scan(&epoch)
	if !isCode(err, lockNotAvailable) {
		return epoch, err
	}
	if _, err := l.conn.Exec(ctx, endBackend, int32(l.id)); err != nil {
		return 0, err
	}
	if err := l.conn.QueryRow(ctx, statement, args...).Scan(&epoch); err != nil {
		return 0, fmt.Errorf("lane %d is held: %w", l.id, err)
	}
	return epoch, nil
}

// enter waits for the lane, or for the end of the caller's patience.
func (l *lane) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *lane) leave() { <-l.turn }

// ready makes sure that there is a connection, and that a new one is the lane's by its row.
func (l *lane) ready(ctx context.Context, f store.Fence) error {
	if l.conn != nil {
		return nil
	}
	if err := l.connect(ctx); err != nil {
		return unavailableUnless(ctx, err)
	}
	tag, err := l.conn.Exec(ctx, attach, int32(l.id), int64(f.Epoch))
	if err == nil && tag.RowsAffected() == 1 {
		return nil
	}
	_ = l.disconnect() // nothing is in flight
	if err != nil {
		return unavailableUnless(ctx, err)
	}
	return store.ErrFenced
}

// connect opens the lane's connection unless it is open, sets it up and prepares the statements.
func (l *lane) connect(ctx context.Context) (err error) {
	if l.conn != nil {
		return nil
	}
	if l.conn, err = pgx.ConnectConfig(ctx, l.config.Copy()); err != nil {
		l.conn = nil
		return err
	}
	if err = l.conn.PgConn().Exec(ctx, laneSettings).Close(); err == nil {
		err = l.prepare(ctx)
	}
	if err != nil {
		return errors.Join(err, l.disconnect())
	}
	return nil
}

// prepare prepares all statements in one round trip.
func (l *lane) prepare(ctx context.Context) error {
	p := l.conn.PgConn().StartPipeline(ctx)
	p.SendPrepare(fenceName, strings.TrimSpace(checkFence), nil)
	for i := range preparedStatements {
		p.SendPrepare(preparedStatements[i].name, preparedStatements[i].text, nil)
	}
	if err := p.Sync(); err != nil {
		return errors.Join(err, p.Close())
	}
	return p.Close() // reads all answers and returns the first error
}

// dropIfClosed forgets a connection that was lost.
func (l *lane) dropIfClosed() {
	if l.conn != nil && l.conn.IsClosed() {
		l.conn = nil
	}
}

// disconnect closes the connection, if there is one.
func (l *lane) disconnect() error {
	if l.conn == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	conn := l.conn
	l.conn = nil
	return conn.Close(ctx)
}
