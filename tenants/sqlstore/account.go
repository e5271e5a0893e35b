package sqlstore

import (
	"context"
	"database/sql"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

const accountColumns = `id, tenant, name, disabled, created`

func scanAccount(r scanner) (a tenants.Account, err error) {
	var id, tenant []byte
	var disabled, created int64
	if err := r.Scan(&id, &tenant, &a.Name, &disabled, &created); err != nil {
		return a, err
	}
	a.ID, a.Tenant, a.Disabled, a.Created = tenants.HolderID(id), tenants.TenantID(tenant), disabled != 0, instant(created)
	return a, nil
}

// InsertAccount implements tenants.AccountStore.
func (s *Store) InsertAccount(ctx context.Context, a tenants.Account) error {
	return s.change(ctx, a.Tenant, accountDeed("create", tenants.Account{}, a), func(tx *sql.Tx) error {
		if err := need(ctx, tx, stmt(`SELECT 1 FROM tenant WHERE id = $1`, a.Tenant[:])); err != nil {
			return err
		}
		return affect(ctx, tx, tenants.ErrExists, stmt(`INSERT INTO account (`+accountColumns+`) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
			a.ID[:], a.Tenant[:], a.Name, truth(a.Disabled), micros(a.Created)))
	})
}

// DisableAccount implements tenants.AccountStore.
func (s *Store) DisableAccount(ctx context.Context, t tenants.TenantID, id tenants.HolderID, disabled bool) error {
	return s.changeAs(ctx, t, func(tx *sql.Tx) (audit.Deed, error) {
		was, _, err := accountIn(ctx, tx, t, id)
		if err != nil {
			return audit.Deed{}, err
		}
		now := was
		now.Disabled = disabled
		return accountDeed("update", was, now), affect(ctx, tx, tenants.ErrMissing, stmt(`UPDATE account SET disabled = $1 WHERE id = $2 AND tenant = $3`, truth(disabled), id[:], t[:]))
	})
}

// DeleteAccount implements tenants.AccountStore.
func (s *Store) DeleteAccount(ctx context.Context, t tenants.TenantID, id tenants.HolderID) error {
	return s.changeAs(ctx, t, func(tx *sql.Tx) (audit.Deed, error) {
		was, ok, err := accountIn(ctx, tx, t, id)
		if err != nil || !ok {
			return audit.Deed{}, err
		}
		return accountDeed("delete", was, tenants.Account{}), keepingAnOwner(ctx, tx, t, func() error {
			return run(ctx, tx,
				stmt(`DELETE FROM api_key WHERE tenant = $1 AND holder = $2`, t[:], id[:]),
				stmt(`DELETE FROM grant_held WHERE holder = $1 AND holder IN (SELECT id FROM account WHERE id = $1 AND tenant = $2)`, id[:], t[:]),
				stmt(`DELETE FROM account WHERE id = $1 AND tenant = $2`, id[:], t[:]))
		})
	})
}

func accountIn(ctx context.Context, tx *sql.Tx, t tenants.TenantID, id tenants.HolderID) (tenants.Account, bool, error) {
	return one(ctx, tx, scanAccount, stmt(`SELECT `+accountColumns+` FROM account WHERE id = $1 AND tenant = $2`, id[:], t[:]))
}

// AccountByID implements tenants.AccountStore.
func (s *Store) AccountByID(ctx context.Context, id tenants.HolderID) (tenants.Account, bool, error) {
	return one(ctx, s.read, scanAccount, stmt(`SELECT `+accountColumns+` FROM account WHERE id = $1`, id[:]))
}

// AccountByName implements tenants.AccountStore.
func (s *Store) AccountByName(ctx context.Context, t tenants.TenantID, name string) (tenants.Account, bool, error) {
	return one(ctx, s.read, scanAccount, stmt(`SELECT `+accountColumns+` FROM account WHERE tenant = $1 AND name = $2`, t[:], name))
}

// ListAccounts implements tenants.AccountStore.
func (s *Store) ListAccounts(ctx context.Context, t tenants.TenantID, after string, limit int) ([]tenants.Account, error) {
	return list(ctx, s.read, scanAccount, stmt(`SELECT `+accountColumns+` FROM account WHERE tenant = $1 AND name > $2 ORDER BY name LIMIT $3`, t[:], after, max(0, limit)))
}
