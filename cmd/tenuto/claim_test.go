package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tenuto-io/tenuto/platform/database/pgtest"
)

// someClaim is a claim of the database, not taken yet, and its log.
func someClaim(t *testing.T, url string) (*claim, *buffer) {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	log := newBuffer()
	return &claim{config: config, where: "here", log: slog.New(slog.NewTextHandler(log, nil))}, log
}

func mustTake(t *testing.T, c *claim) {
	t.Helper()
	if err := c.take(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// cut ends the session of whoever has the claim.
func cut(t *testing.T, url string) {
	t.Helper()
	execute(t, url, `SELECT pg_terminate_backend(holder.pid) FROM (`+claimHolder+`) AS holder`, claimKey)
}

// awaitText waits until it has been printed.
func awaitText(t *testing.T, b *buffer, text string) {
	t.Helper()
	late := time.After(30 * time.Second)
	for !strings.Contains(b.String(), text) {
		select {
		case <-b.grown:
		case <-late:
			t.Fatalf("%q is not in\n%s", text, b)
		}
	}
}

func TestClaimIsForOne(t *testing.T) {
	url, other := pgtest.Database(t), pgtest.Database(t)
	first, _ := someClaim(t, url)
	mustTake(t, first)
	second, _ := someClaim(t, url)
	if err := second.take(t.Context()); !errors.Is(err, errClaimed) {
		t.Errorf("a second claim: %v", err)
	}
	elsewhere, _ := someClaim(t, other)
	mustTake(t, elsewhere)
	for _, c := range []*claim{first, elsewhere} {
		if err := c.release(); err != nil {
			t.Error(err)
		}
	}
	mustTake(t, second)
	if err := second.release(); err != nil {
		t.Error(err)
	}
}

func TestClaimOutlivesItsConnection(t *testing.T) {
	url := pgtest.Database(t)
	c, log := someClaim(t, url)
	mustTake(t, c)
	cut(t, url)
	awaitText(t, log, "asking again")
	other, _ := someClaim(t, url)
	for other.take(t.Context()) == nil { // in the moment between, it is anybody's
		if err := other.release(); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.release(); err != nil {
		t.Error(err)
	}
	if len(c.lost) > 0 {
		t.Error(<-c.lost)
	}
}

func TestClaimIsLostToAnother(t *testing.T) {
	url := pgtest.Database(t)
	c, _ := someClaim(t, url)
	mustTake(t, c)
	waiting, taken := session(t, url), make(chan error, 1)
	go func() {
		_, err := waiting.Exec(t.Context(), "SELECT pg_advisory_lock($1)", claimKey)
		taken <- err
	}()
	for queued := false; !queued; { // then the lock is its own in the moment that we lose it
		if err := session(t, url).QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)").Scan(&queued); err != nil {
			t.Fatal(err)
		}
	}
	cut(t, url)
	if err := <-taken; err != nil {
		t.Fatal(err)
	}
	if err := <-c.lost; err == nil || !strings.Contains(err.Error(), "taken over the database here") {
		t.Errorf("it is lost because of %v", err)
	}
	if err := c.release(); err != nil {
		t.Error(err)
	}
}

// A session that PostgreSQL has not given up yet is no other server: the claim waits for its end.
func TestClaimWaitsForItsGhost(t *testing.T) {
	url := pgtest.Database(t)
	ghost := session(t, url)
	if _, err := ghost.Exec(t.Context(), "SELECT pg_advisory_lock($1)", claimKey); err != nil {
		t.Fatal(err)
	}
	c, _ := someClaim(t, url)
	c.ghost = ghost.PgConn().PID()
	if err := c.try(t.Context()); err == nil || errors.Is(err, errClaimed) {
		t.Errorf("it is refused with %v", err)
	}
	c.ghost++
	if err := c.try(t.Context()); !errors.Is(err, errClaimed) {
		t.Errorf("of another it is refused with %v", err)
	}
	c.ghost--
	taken := make(chan error, 1)
	go func() { taken <- c.await(t.Context(), 0, true) }()
	if err := ghost.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-taken; err != nil {
		t.Error(err)
	}
	if err := c.conn.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestClaimEndsWhileItIsAsked(t *testing.T) {
	url := pgtest.Database(t)
	first, _ := someClaim(t, url)
	mustTake(t, first)
	second, log := someClaim(t, url)
	second.patience = time.Hour
	ctx, stop := context.WithCancel(t.Context())
	taken := make(chan error, 1)
	go func() { taken <- second.take(ctx) }()
	awaitText(t, log, "waiting for another server")
	stop()
	if err := <-taken; !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
	if err := first.release(); err != nil {
		t.Error(err)
	}
}

func TestClaimOfNoDatabase(t *testing.T) {
	c, _ := someClaim(t, "postgres://nobody@127.0.0.1:1/nothing")
	if err := c.take(t.Context()); err == nil || errors.Is(err, errClaimed) {
		t.Errorf("it ended with %v", err)
	}
}
