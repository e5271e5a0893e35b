package sqlstore

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

const groupColumns = `id, tenant, name, issuer, claim, created`

func scanGroup(r scanner) (g tenants.Group, err error) {
	var id, tenant []byte
	var created int64
	if err := r.Scan(&id, &tenant, &g.Name, &g.Issuer, &g.Claim, &created); err != nil {
		return g, err
	}
	g.ID, g.Tenant, g.Created = tenants.HolderID(id), tenants.TenantID(tenant), instant(created)
	return g, nil
}

// InsertGroup implements tenants.GroupStore.
func (s *Store) InsertGroup(ctx context.Context, g tenants.Group) error {
	return s.change(ctx, g.Tenant, groupDeed("create", tenants.Group{}, g), func(tx *sql.Tx) error {
		if err := need(ctx, tx, stmt(`SELECT 1 FROM tenant WHERE id = $1`, g.Tenant[:])); err != nil {
			return err
		}
		return affect(ctx, tx, tenants.ErrExists, stmt(`INSERT INTO team (`+groupColumns+`) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
			g.ID[:], g.Tenant[:], g.Name, g.Issuer, g.Claim, micros(g.Created)))
	})
}

// DeleteGroup implements tenants.GroupStore.
func (s *Store) DeleteGroup(ctx context.Context, t tenants.TenantID, id tenants.HolderID) error {
	return s.changeAs(ctx, t, func(tx *sql.Tx) (audit.Deed, error) {
		was, ok, err := one(ctx, tx, scanGroup, stmt(`SELECT `+groupColumns+` FROM team WHERE id = $1 AND tenant = $2`, id[:], t[:]))
		if err != nil || !ok {
			return audit.Deed{}, err
		}
		return groupDeed("delete", was, tenants.Group{}), keepingAnOwner(ctx, tx, t, func() error {
			return run(ctx, tx,
				stmt(`DELETE FROM grant_held WHERE tenant = $1 AND holder = $2`, t[:], id[:]),
				stmt(`DELETE FROM team_member WHERE team IN (SELECT id FROM team WHERE id = $1 AND tenant = $2)`, id[:], t[:]),
				stmt(`DELETE FROM team WHERE id = $1 AND tenant = $2`, id[:], t[:]))
		})
	})
}

// GroupByID implements tenants.GroupStore.
func (s *Store) GroupByID(ctx context.Context, id tenants.HolderID) (tenants.Group, bool, error) {
	return one(ctx, s.read, scanGroup, stmt(`SELECT `+groupColumns+` FROM team WHERE id = $1`, id[:]))
}

// GroupByName implements tenants.GroupStore.
func (s *Store) GroupByName(ctx context.Context, t tenants.TenantID, name string) (tenants.Group, bool, error) {
	return one(ctx, s.read, scanGroup, stmt(`SELECT `+groupColumns+` FROM team WHERE tenant = $1 AND name = $2`, t[:], name))
}

// ListGroupMembers implements tenants.GroupStore.
func (s *Store) ListGroupMembers(ctx context.Context, group, after tenants.HolderID, limit int) ([]tenants.HolderID, error) {
	return list(ctx, s.read, scanHolderID, stmt(`SELECT person FROM team_member WHERE team = $1 AND person > $2 ORDER BY person LIMIT $3`, group[:], after[:], max(0, limit)))
}

func scanHolderID(r scanner) (tenants.HolderID, error) {
	var id []byte
	if err := r.Scan(&id); err != nil {
		return tenants.HolderID{}, err
	}
	return tenants.HolderID(id), nil
}

// ListGroups implements tenants.GroupStore.
func (s *Store) ListGroups(ctx context.Context, t tenants.TenantID, after string, limit int) ([]tenants.Group, error) {
	return list(ctx, s.read, scanGroup, stmt(`SELECT `+groupColumns+` FROM team WHERE tenant = $1 AND name > $2 ORDER BY name LIMIT $3`, t[:], after, max(0, limit)))
}

// GroupsByClaims implements tenants.GroupStore.
func (s *Store) GroupsByClaims(ctx context.Context, issuer string, claims []string) ([]tenants.Group, error) {
	return groupsByClaims(ctx, s.read, issuer, claims)
}

func groupsByClaims(ctx context.Context, q querier, issuer string, claims []string) (all []tenants.Group, err error) {
	for part := range slices.Chunk(claims, mostPlaces) {
		args := []any{issuer}
		for _, c := range part {
			args = append(args, c)
		}
		found, err := list(ctx, q, scanGroup, stmt(`SELECT `+groupColumns+` FROM team WHERE claim <> '' AND issuer = $1 AND claim IN (`+places(2, len(part))+`) ORDER BY id`, args...))
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// mostPlaces bounds the placeholders of one statement.
const mostPlaces = 500

// AddToGroup implements tenants.GroupStore.
func (s *Store) AddToGroup(ctx context.Context, g tenants.Group, person tenants.HolderID, at time.Time) error {
	return s.change(ctx, g.Tenant, belongDeed("group.join", g, person), func(tx *sql.Tx) error { return addToGroup(ctx, tx, g, person, at) })
}

func addToGroup(ctx context.Context, tx *sql.Tx, g tenants.Group, person tenants.HolderID, at time.Time) error {
	if err := need(ctx, tx, stmt(`SELECT 1 FROM team WHERE id = $1 AND tenant = $2`, g.ID[:], g.Tenant[:])); err != nil {
		return err
	}
	if err := addMember(ctx, tx, g.Tenant, person, at); err != nil {
		return err
	}
	return run(ctx, tx, stmt(`INSERT INTO team_member (team, person, created) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, g.ID[:], person[:], micros(at)))
}

// RemoveFromGroup implements tenants.GroupStore.
func (s *Store) RemoveFromGroup(ctx context.Context, g tenants.Group, person tenants.HolderID) error {
	return s.change(ctx, g.Tenant, belongDeed("group.leave", g, person), func(tx *sql.Tx) error {
		return run(ctx, tx, stmt(`DELETE FROM team_member WHERE person = $1 AND team IN (SELECT id FROM team WHERE id = $2 AND tenant = $3)`, person[:], g.ID[:], g.Tenant[:]))
	})
}

// SetMapped implements tenants.GroupStore. A sign-in that changes nothing writes nothing.
func (s *Store) SetMapped(ctx context.Context, person tenants.HolderID, issuer string, claims []string, at time.Time) (bool, error) {
	add, remove, err := s.mappedChange(ctx, person, issuer, claims)
	if err != nil || len(add)+len(remove) == 0 {
		return false, err
	}
	return true, s.change(ctx, tenants.InstallationTenant, audit.Deed{}, func(tx *sql.Tx) error {
		for _, g := range add {
			if err := addToGroup(ctx, tx, g, person, at); err != nil {
				return err
			}
		}
		for _, g := range remove {
			if err := leave(ctx, tx, g, person); err != nil {
				return err
			}
		}
		return recordMapped(ctx, session{tx}, person, add, remove)
	})
}

// mappedChange are the groups that a person has to come into and to leave.
func (s *Store) mappedChange(ctx context.Context, person tenants.HolderID, issuer string, claims []string) (add, remove []tenants.Group, err error) {
	should, err := s.GroupsByClaims(ctx, issuer, claims)
	if err != nil {
		return nil, nil, err
	}
	is, err := list(ctx, s.read, scanGroup, stmt(`SELECT `+groupColumns+` FROM team WHERE claim <> '' AND issuer = $1
		AND id IN (SELECT team FROM team_member WHERE person = $2) ORDER BY id`, issuer, person[:]))
	if err != nil {
		return nil, nil, err
	}
	without := func(all, these []tenants.Group) (rest []tenants.Group) {
		for _, g := range all {
			if !slices.ContainsFunc(these, func(o tenants.Group) bool { return o.ID == g.ID }) {
				rest = append(rest, g)
			}
		}
		return rest
	}
	return without(should, is), without(is, should), nil
}

// leave takes a person out of a group, and out of its tenant if nothing else makes it belong there.
func leave(ctx context.Context, tx *sql.Tx, g tenants.Group, person tenants.HolderID) error {
	return run(ctx, tx,
		stmt(`DELETE FROM team_member WHERE team = $1 AND person = $2`, g.ID[:], person[:]),
		stmt(`DELETE FROM member WHERE tenant = $1 AND person = $2
			AND NOT EXISTS (SELECT 1 FROM grant_held WHERE tenant = $1 AND holder = $2)
			AND NOT EXISTS (SELECT 1 FROM team_member m JOIN team t ON t.id = m.team WHERE t.tenant = $1 AND m.person = $2)`, g.Tenant[:], person[:]))
}
