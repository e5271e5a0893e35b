package sqlstore

import (
	"context"
	"database/sql"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

const tenantColumns = `id, name, title, suspended, protected, created, updated, audit_days`

func scanTenant(r scanner) (t tenants.Tenant, err error) {
	var id []byte
	var suspended, protected, created, updated int64
	if err := r.Scan(&id, &t.Name, &t.Title, &suspended, &protected, &created, &updated, &t.AuditDays); err != nil {
		return t, err
	}
	t.ID, t.Suspended, t.Protected = tenants.TenantID(id), suspended != 0, protected != 0
	t.Created, t.Updated = instant(created), instant(updated)
	return t, nil
}

// InsertTenant implements tenants.TenantStore.
func (s *Store) InsertTenant(ctx context.Context, t tenants.Tenant) error {
	return s.change(ctx, t.ID, tenantDeed("create", tenants.Tenant{}, t), func(tx *sql.Tx) error {
		return affect(ctx, tx, tenants.ErrExists, stmt(`INSERT INTO tenant (`+tenantColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
			t.ID[:], t.Name, t.Title, truth(t.Suspended), truth(t.Protected), micros(t.Created), micros(t.Updated), t.AuditDays))
	})
}

// UpdateTenant implements tenants.TenantStore.
func (s *Store) UpdateTenant(ctx context.Context, t tenants.Tenant) error {
	return s.changeAs(ctx, t.ID, func(tx *sql.Tx) (audit.Deed, error) {
		was, _, err := one(ctx, tx, scanTenant, stmt(`SELECT `+tenantColumns+` FROM tenant WHERE id = $1`, t.ID[:]))
		if err != nil {
			return audit.Deed{}, err
		}
		t.Name = was.Name
		return tenantDeed("update", was, t), affect(ctx, tx, tenants.ErrMissing, stmt(`UPDATE tenant SET title = $1, suspended = $2, protected = $3, updated = $4, audit_days = $5 WHERE id = $6`,
			t.Title, truth(t.Suspended), truth(t.Protected), micros(t.Updated), t.AuditDays, t.ID[:]))
	})
}

// DeleteTenant implements tenants.TenantStore.
func (s *Store) DeleteTenant(ctx context.Context, id tenants.TenantID) error {
	return s.changeAs(ctx, id, func(tx *sql.Tx) (audit.Deed, error) {
		was, ok, err := one(ctx, tx, scanTenant, stmt(`SELECT `+tenantColumns+` FROM tenant WHERE id = $1`, id[:]))
		if err != nil || !ok {
			return audit.Deed{}, err
		}
		used, err := exists(ctx, tx, stmt(`SELECT 1 FROM namespace WHERE tenant = $1 LIMIT 1`, id[:]))
		if err != nil {
			return audit.Deed{}, err
		}
		if used {
			return audit.Deed{}, tenants.ErrInUse
		}
		return tenantDeed("delete", was, tenants.Tenant{}), run(ctx, tx,
			stmt(`DELETE FROM api_key WHERE tenant = $1`, id[:]),
			stmt(`DELETE FROM authority WHERE tenant = $1`, id[:]),
			stmt(`DELETE FROM saved_view WHERE tenant = $1`, id[:]),
			stmt(`DELETE FROM grant_held WHERE tenant = $1`, id[:]),
			stmt(`DELETE FROM team_member WHERE team IN (SELECT id FROM team WHERE tenant = $1)`, id[:]),
			stmt(`DELETE FROM team WHERE tenant = $1`, id[:]),
			stmt(`DELETE FROM account WHERE tenant = $1`, id[:]),
			stmt(`DELETE FROM member WHERE tenant = $1`, id[:]),
			stmt(`DELETE FROM tenant WHERE id = $1`, id[:]))
	})
}

// TenantByID implements tenants.TenantStore.
func (s *Store) TenantByID(ctx context.Context, id tenants.TenantID) (tenants.Tenant, bool, error) {
	return one(ctx, s.read, scanTenant, stmt(`SELECT `+tenantColumns+` FROM tenant WHERE id = $1`, id[:]))
}

// TenantByName implements tenants.TenantStore.
func (s *Store) TenantByName(ctx context.Context, name string) (tenants.Tenant, bool, error) {
	return one(ctx, s.read, scanTenant, stmt(`SELECT `+tenantColumns+` FROM tenant WHERE name = $1`, name))
}

// ListTenants implements tenants.TenantStore.
func (s *Store) ListTenants(ctx context.Context, after string, limit int) ([]tenants.Tenant, error) {
	return list(ctx, s.read, scanTenant, stmt(`SELECT `+tenantColumns+` FROM tenant WHERE name > $1 ORDER BY name LIMIT $2`, after, max(0, limit)))
}
