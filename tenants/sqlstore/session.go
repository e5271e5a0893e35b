package sqlstore

import (
	"context"
	"database/sql"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
)

const sessionColumns = `hash, person, created, seen, expires, address, agent, provider, refresh`

func scanSession(r scanner) (s tenants.Session, err error) {
	var hash, person []byte
	var created, seen, expires int64
	if err := r.Scan(&hash, &person, &created, &seen, &expires, &s.Address, &s.Agent, &s.Provider, &s.Refresh); err != nil {
		return s, err
	}
	s.Hash, s.Person, s.Created, s.Seen, s.Expires = [32]byte(hash), tenants.HolderID(person), instant(created), instant(seen), instant(expires)
	return s, nil
}

// InsertSession implements tenants.SessionStore.
func (s *Store) InsertSession(ctx context.Context, v tenants.Session) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		if err := need(ctx, tx, stmt(`SELECT 1 FROM person WHERE id = $1`, v.Person[:])); err != nil {
			return err
		}
		return affect(ctx, tx, tenants.ErrExists, stmt(`INSERT INTO session (`+sessionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
			v.Hash[:], v.Person[:], micros(v.Created), micros(v.Seen), micros(v.Expires), v.Address, v.Agent, v.Provider, v.Refresh))
	})
}

// UpdateSession implements tenants.SessionStore.
func (s *Store) UpdateSession(ctx context.Context, v tenants.Session) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		return affect(ctx, tx, tenants.ErrMissing, stmt(`UPDATE session SET seen = $1, expires = $2, refresh = $3 WHERE hash = $4`,
			micros(v.Seen), micros(v.Expires), v.Refresh, v.Hash[:]))
	})
}

// SessionByHash implements tenants.SessionStore.
func (s *Store) SessionByHash(ctx context.Context, hash [32]byte) (tenants.Session, bool, error) {
	return one(ctx, s.read, scanSession, stmt(`SELECT `+sessionColumns+` FROM session WHERE hash = $1`, hash[:]))
}

// ListSessions implements tenants.SessionStore.
func (s *Store) ListSessions(ctx context.Context, person tenants.HolderID) ([]tenants.Session, error) {
	return list(ctx, s.read, scanSession, stmt(`SELECT `+sessionColumns+` FROM session WHERE person = $1 ORDER BY hash`, person[:]))
}

// DeleteSession implements tenants.SessionStore.
func (s *Store) DeleteSession(ctx context.Context, hash [32]byte) error {
	return s.change(ctx, tenants.InstallationTenant, func(tx *sql.Tx) error { return run(ctx, tx, stmt(`DELETE FROM session WHERE hash = $1`, hash[:])) })
}

// DeleteSessionsOf implements tenants.SessionStore.
func (s *Store) DeleteSessionsOf(ctx context.Context, person tenants.HolderID) error {
	return s.change(ctx, tenants.InstallationTenant, func(tx *sql.Tx) error { return run(ctx, tx, stmt(`DELETE FROM session WHERE person = $1`, person[:])) })
}

// DeleteExpired implements tenants.SessionStore.
func (s *Store) DeleteExpired(ctx context.Context, at time.Time) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		return run(ctx, tx, stmt(`DELETE FROM session WHERE expires <= $1`, micros(at)))
	})
}
