package sqlstore

import (
	"context"
	"database/sql"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

const personColumns = `id, issuer, subject, name, email, disabled, created, seen`

func scanPerson(r scanner) (p tenants.Person, err error) {
	var id []byte
	var disabled, created, seen int64
	if err := r.Scan(&id, &p.Issuer, &p.Subject, &p.Name, &p.Email, &disabled, &created, &seen); err != nil {
		return p, err
	}
	p.ID, p.Disabled, p.Created, p.Seen = tenants.HolderID(id), disabled != 0, instant(created), instant(seen)
	return p, nil
}

// InsertPerson implements tenants.PeopleStore. A new person has no rights yet, so it is no change of what anybody may do; but who came with a token before is
// known from now on, and that person's tenants may be any.
func (s *Store) InsertPerson(ctx context.Context, p tenants.Person) error {
	return s.record(ctx, tenants.InstallationTenant, personDeed("create", tenants.Person{}, p), func(tx *sql.Tx) error {
		return affect(ctx, tx, tenants.ErrExists, stmt(`INSERT INTO person (`+personColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
			p.ID[:], p.Issuer, p.Subject, p.Name, p.Email, truth(p.Disabled), micros(p.Created), micros(p.Seen)))
	})
}

// UpdatePerson implements tenants.PeopleStore.
func (s *Store) UpdatePerson(ctx context.Context, p tenants.Person) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		return affect(ctx, tx, tenants.ErrMissing, stmt(`UPDATE person SET name = $1, email = $2, seen = $3 WHERE id = $4`, p.Name, p.Email, micros(p.Seen), p.ID[:]))
	})
}

// SetPersonDisabled implements tenants.PeopleStore.
func (s *Store) SetPersonDisabled(ctx context.Context, id tenants.HolderID, disabled bool) error {
	return s.changeAs(ctx, tenants.InstallationTenant, func(tx *sql.Tx) (audit.Deed, error) {
		was, _, err := one(ctx, tx, scanPerson, stmt(`SELECT `+personColumns+` FROM person WHERE id = $1`, id[:]))
		if err != nil {
			return audit.Deed{}, err
		}
		is := was
		is.Disabled = disabled
		return personDeed("update", was, is), affect(ctx, tx, tenants.ErrMissing, stmt(`UPDATE person SET disabled = $1 WHERE id = $2`, truth(disabled), id[:]))
	})
}

// PersonByID implements tenants.PeopleStore.
func (s *Store) PersonByID(ctx context.Context, id tenants.HolderID) (tenants.Person, bool, error) {
	return one(ctx, s.read, scanPerson, stmt(`SELECT `+personColumns+` FROM person WHERE id = $1`, id[:]))
}

// PersonByIdentity implements tenants.PeopleStore.
func (s *Store) PersonByIdentity(ctx context.Context, i tenants.Identity) (tenants.Person, bool, error) {
	return one(ctx, s.read, scanPerson, stmt(`SELECT `+personColumns+` FROM person WHERE issuer = $1 AND subject = $2`, i.Issuer, i.Subject))
}

// AddMember implements tenants.PeopleStore.
func (s *Store) AddMember(ctx context.Context, t tenants.TenantID, person tenants.HolderID, at time.Time) error {
	return s.change(ctx, t, memberDeed("member.add", person), func(tx *sql.Tx) error { return addMember(ctx, tx, t, person, at) })
}

func addMember(ctx context.Context, tx *sql.Tx, t tenants.TenantID, person tenants.HolderID, at time.Time) error {
	if err := need(ctx, tx, stmt(`SELECT 1 FROM tenant WHERE id = $1`, t[:])); err != nil {
		return err
	}
	if err := need(ctx, tx, stmt(`SELECT 1 FROM person WHERE id = $1`, person[:])); err != nil {
		return err
	}
	return run(ctx, tx, stmt(`INSERT INTO member (tenant, person, created) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, t[:], person[:], micros(at)))
}

// RemoveMember implements tenants.PeopleStore.
func (s *Store) RemoveMember(ctx context.Context, t tenants.TenantID, person tenants.HolderID) error {
	return s.change(ctx, t, memberDeed("member.remove", person), func(tx *sql.Tx) error {
		return keepingAnOwner(ctx, tx, t, func() error {
			return run(ctx, tx,
				stmt(`DELETE FROM api_key WHERE tenant = $1 AND holder = $2`, t[:], person[:]),
				stmt(`DELETE FROM grant_held WHERE tenant = $1 AND holder = $2`, t[:], person[:]),
				stmt(`DELETE FROM team_member WHERE person = $1 AND team IN (SELECT id FROM team WHERE tenant = $2)`, person[:], t[:]),
				stmt(`DELETE FROM member WHERE tenant = $1 AND person = $2`, t[:], person[:]))
		})
	})
}

// ListMembers implements tenants.PeopleStore.
func (s *Store) ListMembers(ctx context.Context, t tenants.TenantID, after tenants.HolderID, limit int) ([]tenants.Person, error) {
	return list(ctx, s.read, scanPerson, stmt(`SELECT `+personColumns+` FROM person WHERE id IN (SELECT person FROM member WHERE tenant = $1 AND person > $2
		ORDER BY person LIMIT $3) ORDER BY id`, t[:], after[:], max(0, limit)))
}

// keepingAnOwner runs f, which takes something away, and returns ErrLastOwner if that leaves a tenant without owner that had one. A group that nobody is in
// counts as an owner: who is in it may be the identity provider's to say.
func keepingAnOwner(ctx context.Context, tx *sql.Tx, t tenants.TenantID, f func() error) error {
	owned := stmt(`SELECT 1 FROM grant_held WHERE tenant = $1 AND role = $2 LIMIT 1`, t[:], int64(tenants.Owner))
	before, err := exists(ctx, tx, owned)
	if err != nil {
		return err
	}
	if err := f(); err != nil || !before {
		return err
	}
	after, err := exists(ctx, tx, owned)
	if err == nil && !after {
		return tenants.ErrLastOwner
	}
	return err
}
