package sqlstore

import (
	"context"
	"database/sql"
	"slices"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

const grantColumns = `id, tenant, holder_kind, holder, role, namespace, permissions, created, given_by`

func scanGrant(r scanner) (g tenants.Grant, err error) {
	var id, tenant, holder, namespace []byte
	var kind, role, permissions, created int64
	if err := r.Scan(&id, &tenant, &kind, &holder, &role, &namespace, &permissions, &created, &g.By); err != nil {
		return g, err
	}
	g.ID, g.Tenant, g.Holder = tenants.GrantID(id), tenants.TenantID(tenant), tenants.Holder{Kind: tenants.HolderKind(kind), ID: tenants.HolderID(holder)}
	g.Role, g.Namespace, g.Permissions, g.Created = tenants.Role(role), orchestration.NamespaceID(namespace), tenants.Permission(permissions), instant(created)
	return g, nil
}

// InsertGrant implements tenants.GrantStore.
func (s *Store) InsertGrant(ctx context.Context, g tenants.Grant) error {
	return s.change(ctx, g.Tenant, grantDeed("give", tenants.Grant{}, g), func(tx *sql.Tx) error {
		if err := needHolder(ctx, tx, g.Tenant, g.Holder); err != nil {
			return err
		}
		if !g.Namespace.IsZero() {
			if err := s.needNamespace(ctx, tx, g.Tenant, g.Namespace); err != nil {
				return err
			}
		}
		return affect(ctx, tx, tenants.ErrExists, stmt(`INSERT INTO grant_held (`+grantColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
			g.ID[:], g.Tenant[:], int64(g.Holder.Kind), g.Holder.ID[:], int64(g.Role), g.Namespace[:], int64(g.Permissions), micros(g.Created), g.By))
	})
}

// holders is where to look whether a holder belongs to a tenant.
var holders = map[tenants.HolderKind]string{
	tenants.HolderPerson:  `SELECT 1 FROM member WHERE person = $1 AND tenant = $2`,
	tenants.HolderGroup:   `SELECT 1 FROM team WHERE id = $1 AND tenant = $2`,
	tenants.HolderAccount: `SELECT 1 FROM account WHERE id = $1 AND tenant = $2`,
}

// anyHolder is where to look whether a holder is there at all, for grants of the installation.
var anyHolder = map[tenants.HolderKind]string{
	tenants.HolderPerson:  `SELECT 1 FROM person WHERE id = $1`,
	tenants.HolderGroup:   `SELECT 1 FROM team WHERE id = $1`,
	tenants.HolderAccount: `SELECT 1 FROM account WHERE id = $1`,
}

// needHolder returns ErrMissing unless a holder belongs to a tenant.
func needHolder(ctx context.Context, q querier, t tenants.TenantID, h tenants.Holder) error {
	if t == tenants.InstallationTenant {
		return need(ctx, q, stmt(anyHolder[h.Kind], h.ID[:]))
	}
	return need(ctx, q, stmt(holders[h.Kind], h.ID[:], t[:]))
}

// DeleteGrant implements tenants.GrantStore.
func (s *Store) DeleteGrant(ctx context.Context, t tenants.TenantID, id tenants.GrantID) error {
	return s.changeAs(ctx, t, func(tx *sql.Tx) (audit.Deed, error) {
		was, ok, err := one(ctx, tx, scanGrant, stmt(`SELECT `+grantColumns+` FROM grant_held WHERE id = $1 AND tenant = $2`, id[:], t[:]))
		if err != nil || !ok {
			return audit.Deed{}, err
		}
		return grantDeed("take", was, tenants.Grant{}), keepingAnOwner(ctx, tx, t, func() error {
			return run(ctx, tx, stmt(`DELETE FROM grant_held WHERE id = $1 AND tenant = $2`, id[:], t[:]))
		})
	})
}

// GrantByID implements tenants.GrantStore.
func (s *Store) GrantByID(ctx context.Context, id tenants.GrantID) (tenants.Grant, bool, error) {
	return one(ctx, s.read, scanGrant, stmt(`SELECT `+grantColumns+` FROM grant_held WHERE id = $1`, id[:]))
}

// ListGrants implements tenants.GrantStore.
func (s *Store) ListGrants(ctx context.Context, t tenants.TenantID, after tenants.GrantID, limit int) ([]tenants.Grant, error) {
	return list(ctx, s.read, scanGrant, stmt(`SELECT `+grantColumns+` FROM grant_held WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3`, t[:], after[:], max(0, limit)))
}

// RightsOf implements tenants.GrantStore.
func (s *Store) RightsOf(ctx context.Context, h tenants.Holder, groups []tenants.HolderID) (member []tenants.TenantID, rights []tenants.Right, err error) {
	if h.Kind == tenants.HolderAccount {
		member, err = list(ctx, s.read, scanTenantID, stmt(`SELECT tenant FROM account WHERE id = $1`, h.ID[:]))
	} else {
		member, err = list(ctx, s.read, scanTenantID, stmt(`SELECT tenant FROM member WHERE person = $1 ORDER BY tenant`, h.ID[:]))
	}
	if err != nil {
		return nil, nil, err
	}
	// Two searches by the index. With OR, PostgreSQL reads the grants of everybody.
	own, err := list(ctx, s.read, scanGrant, stmt(`SELECT `+grantColumns+` FROM grant_held WHERE holder = $1
		UNION ALL SELECT `+grantColumns+` FROM grant_held WHERE holder IN (SELECT team FROM team_member WHERE person = $1) ORDER BY id`, h.ID[:]))
	if err != nil {
		return nil, nil, err
	}
	for part := range slices.Chunk(groups, mostPlaces) {
		var args []any
		for _, id := range part {
			args = append(args, id[:])
		}
		teams, err := list(ctx, s.read, scanTenantID, stmt(`SELECT DISTINCT tenant FROM team WHERE id IN (`+places(1, len(part))+`)`, args...))
		if err != nil {
			return nil, nil, err
		}
		member = append(member, teams...)
		more, err := list(ctx, s.read, scanGrant, stmt(`SELECT `+grantColumns+` FROM grant_held WHERE holder IN (`+places(1, len(part))+`) ORDER BY id`, args...))
		if err != nil {
			return nil, nil, err
		}
		own = append(own, more...)
	}
	for _, g := range own {
		r := tenants.Right{Grant: g}
		if g.Holder != h {
			r.Via = g.Holder.ID
		}
		rights = append(rights, r)
	}
	return member, rights, nil
}

func scanTenantID(r scanner) (tenants.TenantID, error) {
	var id []byte
	if err := r.Scan(&id); err != nil {
		return tenants.TenantID{}, err
	}
	return tenants.TenantID(id), nil
}

// needNamespace returns ErrMissing unless a namespace is a tenant's.
func (s *Store) needNamespace(ctx context.Context, q querier, t tenants.TenantID, id orchestration.NamespaceID) error {
	return need(ctx, q, stmt(`SELECT 1 FROM namespace WHERE id = $1 AND tenant = $2`, s.namespaceID(id), t[:]))
}
