package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

const sessionColumns = `hash, person, created, seen, expires, address, agent, provider, refresh, verified, tried, within`

func scanSession(r scanner) (s tenants.Session, err error) {
	var hash, person []byte
	var created, seen, expires, verified, tried int64
	if err := r.Scan(&hash, &person, &created, &seen, &expires, &s.Address, &s.Agent, &s.Provider, &s.Refresh, &verified, &tried, &s.Within); err != nil {
		return s, err
	}
	s.Verified, s.Tried = instant(verified), instant(tried)
	s.Hash, s.Person, s.Created, s.Seen, s.Expires = [32]byte(hash), tenants.HolderID(person), instant(created), instant(seen), instant(expires)
	return s, nil
}

// InsertSession implements tenants.SessionStore.
func (s *Store) InsertSession(ctx context.Context, v tenants.Session) error {
	return s.record(ctx, tenants.InstallationTenant, beginDeed(v), func(tx *sql.Tx) error {
		if err := need(ctx, tx, stmt(`SELECT 1 FROM person WHERE id = $1`, v.Person[:])); err != nil {
			return err
		}
		if err := goesOn(ctx, tx, v); err != nil {
			return err
		}
		return affect(ctx, tx, tenants.ErrExists, stmt(`INSERT INTO session (`+sessionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
			v.Hash[:], v.Person[:], micros(v.Created), micros(v.Seen), micros(v.Expires), v.Address, v.Agent, v.Provider, v.Refresh, micros(v.Verified), micros(v.Tried), v.Within))
	})
}

// NoteSession implements tenants.SessionStore.
func (s *Store) NoteSession(ctx context.Context, hash [32]byte, seen time.Time) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		return affect(ctx, tx, tenants.ErrMissing, stmt(`UPDATE session SET seen = $1 WHERE hash = $2`, micros(seen), hash[:]))
	})
}

// ClaimRefresh implements tenants.SessionStore.
func (s *Store) ClaimRefresh(ctx context.Context, hash [32]byte, was, tried time.Time) (bool, error) {
	err := s.transact(ctx, func(tx *sql.Tx) error {
		return affect(ctx, tx, tenants.ErrMissing, stmt(`UPDATE session SET tried = $1 WHERE hash = $2 AND tried = $3`, micros(tried), hash[:], micros(was)))
	})
	if errors.Is(err, tenants.ErrMissing) {
		return false, nil
	}
	return err == nil, err
}

// RenewSession implements tenants.SessionStore.
func (s *Store) RenewSession(ctx context.Context, hash [32]byte, refresh []byte, verified time.Time) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		return affect(ctx, tx, tenants.ErrMissing, stmt(`UPDATE session SET refresh = $1, verified = $2 WHERE hash = $3`, refresh, micros(verified), hash[:]))
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
func (s *Store) DeleteSession(ctx context.Context, hash [32]byte, why tenants.Ending) error {
	return s.changeAs(ctx, tenants.InstallationTenant, func(tx *sql.Tx) (audit.Deed, error) {
		v, ok, err := one(ctx, tx, scanSession, stmt(`DELETE FROM session WHERE hash = $1 RETURNING `+sessionColumns, hash[:]))
		if err != nil || !ok {
			return audit.Deed{}, err
		}
		return endDeed(v, why), nil
	})
}

// DeleteSessionsOf implements tenants.SessionStore.
func (s *Store) DeleteSessionsOf(ctx context.Context, person tenants.HolderID) error {
	return s.change(ctx, tenants.InstallationTenant, memberDeed("session.end-all", person), func(tx *sql.Tx) error { return run(ctx, tx, stmt(`DELETE FROM session WHERE person = $1`, person[:])) })
}

// sweptSessions is how many sessions one DeleteExpired ends at most.
const sweptSessions = 500

// DeleteExpired implements tenants.SessionStore. What has run out counts for nothing already, so nobody's rights change.
func (s *Store) DeleteExpired(ctx context.Context, expires, seen time.Time) (more bool, err error) {
	err = s.transact(ctx, func(tx *sql.Tx) error {
		over, err := list(ctx, tx, scanSession, stmt(`DELETE FROM session WHERE hash IN (SELECT hash FROM session WHERE expires <= $1 OR seen <= $2 LIMIT $3) RETURNING `+sessionColumns,
			micros(expires), micros(seen), sweptSessions))
		if err != nil || len(over) == 0 {
			return err
		}
		more = len(over) == sweptSessions
		return recordEnds(ctx, session{tx}, over, tenants.RanOut)
	})
	return more && err == nil, err
}
