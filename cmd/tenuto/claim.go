package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
)

// claimKey is the advisory lock of the one server that may use a database: "tenuto" in ASCII and a one.
const claimKey int64 = 0x74656e75746f01

// Times of a server's claim.
const (
	claimPatience = 5 * time.Second
	claimPause    = 50 * time.Millisecond // between two tries, at first
	claimSlowest  = 2 * time.Second       // between two tries, at last
)

// claim keeps a second server off a database, from take to release. It is a session of its own that holds an advisory lock, so a server
// that dies gives it back by dying.
//
// It is manners, not safety: commits are fenced by the epochs of their lanes, and a server that comes in nevertheless (because a
// network kept the first one from PostgreSQL, say) defeats the first one's commits. The claim tells a server in a sentence that it is not
// alone, before it does that or without waiting for a commit that fails.
type claim struct {
	config   *pgx.ConnConfig
	where    string        // names the database
	patience time.Duration // how long to wait at start, for a predecessor that is just ending
	log      *slog.Logger

	conn  *pgx.Conn
	ghost uint32     // process id of our last session, which PostgreSQL may not know yet to be gone; 0 before there was one
	lost  chan error // gets the reason, once, when another server has the claim
	stop  context.CancelFunc
	ended chan struct{}
}

// claimHolder finds the session that has the claim of this database.
const claimHolder = `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32 | objid::bigint) = $1
	AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`

// errClaimed says that another server has the claim.
var errClaimed = errors.New("another server is using it, and one at a time may")

// take waits for the claim, at most as long as patience, and keeps it until release.
// Errors: errClaimed, wrapped; whatever keeps it from connecting.
func (c *claim) take(ctx context.Context) error {
	c.lost, c.ended = make(chan error, 1), make(chan struct{})
	if err := c.await(ctx, c.patience, false); err != nil {
		return fmt.Errorf("cannot use the database %s: %w", c.where, err)
	}
	ctx, c.stop = context.WithCancel(context.WithoutCancel(ctx))
	go c.keep(ctx)
	return nil
}

// release gives the claim back.
func (c *claim) release() error {
	c.stop()
	<-c.ended
	if c.conn == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return c.conn.Close(ctx)
}

// keep waits on the session, which says nothing while all is well, and replaces it when it is lost: PostgreSQL may have been restarted.
func (c *claim) keep(ctx context.Context) {
	defer close(c.ended)
	for {
		_, err := c.conn.WaitForNotification(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			continue // nobody listens to anything; somebody's mistake is no loss
		}
		c.log.Warn("lost the connection that claims the database; asking again", "error", err)
		c.ghost = c.conn.PgConn().PID()
		_ = c.conn.Close(ctx) // it is lost already
		c.conn = nil
		if err := c.await(ctx, 0, true); err != nil {
			if ctx.Err() == nil {
				c.lost <- fmt.Errorf("another server has taken over the database %s: this one has stopped", c.where)
			}
			return
		}
	}
}

// await tries until it has the claim, or until somebody else has had it for as long as patience. A database that cannot be reached is an
// error at once, unless insist: then it is waited for, however long.
func (c *claim) await(ctx context.Context, patience time.Duration, insist bool) error {
	var since time.Time // somebody else was first seen to have it
	for wait := claimPause; ; wait = min(2*wait, claimSlowest) {
		err := c.try(ctx)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, errClaimed):
			if since.IsZero() {
				since = time.Now()
				c.log.Info("waiting for another server to end", "database", c.where, "at_most", patience)
			}
			if wait = min(wait, patience-time.Since(since)); wait <= 0 {
				return err
			}
		case !insist:
			return err
		default:
			since = time.Time{}
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// try connects and asks for the claim once. The session's keepalives have PostgreSQL notice within a quarter of a minute that this machine is gone.
func (c *claim) try(ctx context.Context) (err error) {
	conn, err := pgx.ConnectConfig(ctx, c.config)
	if err != nil {
		return err
	}
	var mine bool
	for _, setting := range []string{"tcp_keepalives_idle = 5", "tcp_keepalives_interval = 3", "tcp_keepalives_count = 3", "idle_session_timeout = 0"} {
		if err == nil {
			_, err = conn.Exec(ctx, "SET "+setting)
		}
	}
	if err == nil {
		err = conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", claimKey).Scan(&mine)
	}
	if err == nil && !mine {
		err = c.refusal(ctx, conn)
	}
	if err != nil {
		_ = conn.Close(ctx) // the first error is the one to tell
		return err
	}
	c.conn = conn
	return nil
}

// refusal says why the claim was not to be had: it is another server's, or a ghost's.
func (c *claim) refusal(ctx context.Context, conn *pgx.Conn) error {
	if c.ghost == 0 {
		return errClaimed
	}
	var holder uint32
	err := conn.QueryRow(ctx, claimHolder, claimKey).Scan(&holder)
	switch {
	case errors.Is(err, pgx.ErrNoRows) || err == nil && holder == c.ghost:
		return errors.New("our lost session has it still, or had it until now")
	case err != nil:
		return err
	}
	return errClaimed
}
