package sqlstore

import (
	"context"
	"database/sql"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// InsertAttempt implements tenants.SignInStore.
func (s *Store) InsertAttempt(ctx context.Context, a tenants.Attempt, at time.Time) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		return run(ctx, tx,
			stmt(`DELETE FROM sign_in WHERE expires <= $1`, micros(at)),
			stmt(`INSERT INTO sign_in (state, browser, provider, secret, return_to, link, expires) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
				a.State[:], a.Browser[:], a.Provider, a.Secret, a.Return, a.Link[:], micros(a.Expires)))
	})
}

func scanAttempt(r scanner) (a tenants.Attempt, err error) {
	var state, browser, link []byte
	var expires int64
	if err := r.Scan(&state, &browser, &a.Provider, &a.Secret, &a.Return, &link, &expires); err != nil {
		return a, err
	}
	a.State, a.Browser, a.Link, a.Expires = [32]byte(state), [32]byte(browser), [32]byte(link), instant(expires)
	return a, nil
}

// TakeAttempt implements tenants.SignInStore.
func (s *Store) TakeAttempt(ctx context.Context, state [32]byte) (a tenants.Attempt, ok bool, err error) {
	err = s.transact(ctx, func(tx *sql.Tx) error {
		a, ok, err = one(ctx, tx, scanAttempt, stmt(`DELETE FROM sign_in WHERE state = $1
			RETURNING state, browser, provider, secret, return_to, link, expires`, state[:]))
		return err
	})
	return a, ok && err == nil, err
}

// InsertLink implements tenants.SignInStore.
func (s *Store) InsertLink(ctx context.Context, l tenants.SetupLink, at time.Time) error {
	return s.record(ctx, tenants.InstallationTenant, audit.Deed{Action: "setup-link.create", Resource: "installation"}, func(tx *sql.Tx) error {
		return run(ctx, tx,
			stmt(`DELETE FROM setup_link WHERE expires <= $1`, micros(at)),
			stmt(`INSERT INTO setup_link (hash, expires, anyway) VALUES ($1, $2, $3)`, l.Hash[:], micros(l.Expires), truth(l.Anyway)))
	})
}

func scanLink(r scanner) (l tenants.SetupLink, err error) {
	var hash []byte
	var expires, anyway int64
	if err := r.Scan(&hash, &expires, &anyway); err != nil {
		return l, err
	}
	l.Hash, l.Expires, l.Anyway = [32]byte(hash), instant(expires), anyway != 0
	return l, nil
}

// LinkByHash implements tenants.SignInStore.
func (s *Store) LinkByHash(ctx context.Context, hash [32]byte) (tenants.SetupLink, bool, error) {
	return one(ctx, s.read, scanLink, stmt(`SELECT hash, expires, anyway FROM setup_link WHERE hash = $1`, hash[:]))
}

// TakeLink implements tenants.SignInStore. The one row of the log's version is what takes wait for each other at: two links, taken at once, are two rows.
func (s *Store) TakeLink(ctx context.Context, hash [32]byte) (l tenants.SetupLink, ok bool, err error) {
	err = s.transact(ctx, func(tx *sql.Tx) error {
		if err := run(ctx, tx, stmt(`UPDATE access_version SET version = version WHERE one = 1`)); err != nil {
			return err
		}
		if l, ok, err = one(ctx, tx, scanLink, stmt(`SELECT hash, expires, anyway FROM setup_link WHERE hash = $1`, hash[:])); err != nil || !ok {
			return err
		}
		if err := Record(ctx, session{tx}, tenants.InstallationTenant, audit.Deed{Action: "setup-link.use", Resource: "installation"}); err != nil {
			return err
		}
		return run(ctx, tx, stmt(`DELETE FROM setup_link`))
	})
	return l, ok && err == nil, err
}

// GrantsBy implements tenants.SignInStore.
func (s *Store) GrantsBy(ctx context.Context, by string) ([]tenants.Grant, error) {
	return list(ctx, s.read, scanGrant, stmt(`SELECT `+grantColumns+` FROM grant_held WHERE given_by = $1 ORDER BY id`, by))
}
