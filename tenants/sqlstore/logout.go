package sqlstore

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// goesOn returns ErrMissing when the provider has told that its session has ended, in which one is about to begin. At the row of the log's version, beginnings
// and logouts wait for each other: the logout finds the session, or this finds the logout.
func goesOn(ctx context.Context, tx *sql.Tx, v tenants.Session) error {
	if v.Within == "" {
		return nil
	}
	if err := run(ctx, tx, stmt(`UPDATE access_version SET version = version WHERE one = 1`)); err != nil {
		return err
	}
	over, err := exists(ctx, tx, stmt(`SELECT 1 FROM logout WHERE provider = $1 AND within = $2 LIMIT 1`, v.Provider, v.Within))
	if err == nil && over {
		err = tenants.ErrMissing
	}
	return err
}

// LogOut implements tenants.SessionStore.
func (s *Store) LogOut(ctx context.Context, l tenants.Logout, at time.Time) (ended []tenants.Session, err error) {
	err = s.changeAs(ctx, tenants.InstallationTenant, func(tx *sql.Tx) (audit.Deed, error) {
		err := run(ctx, tx, stmt(`DELETE FROM logout WHERE expires <= $1`, micros(at)))
		if err == nil {
			err = affect(ctx, tx, tenants.ErrExists, stmt(`INSERT INTO logout (id, provider, within, expires) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
				l.ID[:], l.Provider, l.Within, micros(l.Expires)))
		}
		if err != nil {
			return audit.Deed{}, err
		}
		if ended, err = list(ctx, tx, scanSession, ofLogout(l)); err != nil {
			return audit.Deed{}, err
		}
		return audit.Deed{}, recordEnds(ctx, session{tx}, ended, tenants.ProviderLeft)
	})
	if err != nil {
		return nil, err
	}
	return ended, nil
}

// ofLogout deletes the sessions that a logout names.
func ofLogout(l tenants.Logout) statement {
	text, args := `DELETE FROM session WHERE provider = $1 AND person IN (SELECT id FROM person WHERE issuer = $2`, []any{l.Provider, l.Issuer}
	if l.Subject != "" {
		args = append(args, l.Subject)
		text += ` AND subject = $` + place(args)
	}
	text += `)`
	if l.Within != "" {
		args = append(args, l.Within)
		text += ` AND within = $` + place(args)
	}
	return stmt(text+` RETURNING `+sessionColumns, args...)
}

// place is the number of the last argument.
func place(args []any) string { return strconv.Itoa(len(args)) }
