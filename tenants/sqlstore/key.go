package sqlstore

import (
	"context"
	"database/sql"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

const keyColumns = `id, tenant, holder_kind, holder, name, hash, created, expires, revoked, disabled, used, used_from, replaces`

func scanKey(r scanner) (k tenants.Key, err error) {
	var tenant, holder, hash []byte
	var kind, created, expires, revoked, disabled, used int64
	if err := r.Scan(&k.ID, &tenant, &kind, &holder, &k.Name, &hash, &created, &expires, &revoked, &disabled, &used, &k.UsedFrom, &k.Replaces); err != nil {
		return k, err
	}
	k.Tenant, k.Holder = tenants.TenantID(tenant), tenants.Holder{Kind: tenants.HolderKind(kind), ID: tenants.HolderID(holder)}
	k.Hash, k.Disabled = [32]byte(hash), disabled != 0
	k.Created, k.Expires, k.Revoked, k.Used = instant(created), instant(expires), instant(revoked), instant(used)
	return k, nil
}

// InsertKey implements tenants.KeyStore.
func (s *Store) InsertKey(ctx context.Context, k tenants.Key) error {
	return s.change(ctx, k.Tenant, keyDeed("create", tenants.Key{}, k), func(tx *sql.Tx) error {
		if err := needHolder(ctx, tx, k.Tenant, k.Holder); err != nil {
			return err
		}
		err := affect(ctx, tx, tenants.ErrExists, stmt(`INSERT INTO api_key (`+keyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING`,
			string(k.ID), k.Tenant[:], int64(k.Holder.Kind), k.Holder.ID[:], k.Name, k.Hash[:], micros(k.Created), micros(k.Expires), micros(k.Revoked), truth(k.Disabled),
			micros(k.Used), k.UsedFrom, string(k.Replaces)))
		for _, c := range k.Scopes {
			if err == nil && !c.Namespace.IsZero() {
				err = s.needNamespace(ctx, tx, k.Tenant, c.Namespace)
			}
			if err == nil {
				err = run(ctx, tx, stmt(`INSERT INTO api_key_scope (api_key, namespace, permissions) VALUES ($1, $2, $3)`, string(k.ID), c.Namespace[:], int64(c.Permissions)))
			}
		}
		return err
	})
}

// SetKeyDisabled implements tenants.KeyStore.
func (s *Store) SetKeyDisabled(ctx context.Context, t tenants.TenantID, id tenants.KeyID, disabled bool) error {
	return s.changeKey(ctx, t, id, stmt(`UPDATE api_key SET disabled = $1 WHERE id = $2 AND tenant = $3`, truth(disabled), string(id), t[:]))
}

// SetKeyEnd implements tenants.KeyStore.
func (s *Store) SetKeyEnd(ctx context.Context, t tenants.TenantID, id tenants.KeyID, end time.Time) error {
	return s.changeKey(ctx, t, id, stmt(`UPDATE api_key SET expires = CASE WHEN expires = 0 OR expires > $1 THEN $1 ELSE expires END WHERE id = $2 AND tenant = $3`,
		micros(end), string(id), t[:]))
}

// SetKeyRevoked implements tenants.KeyStore.
func (s *Store) SetKeyRevoked(ctx context.Context, t tenants.TenantID, id tenants.KeyID, at time.Time) error {
	return s.changeKey(ctx, t, id, stmt(`UPDATE api_key SET revoked = CASE WHEN revoked = 0 THEN $1 ELSE revoked END WHERE id = $2 AND tenant = $3`,
		micros(at), string(id), t[:]))
}

// changeKey executes a statement that says all of its change itself: what others change of the key at the same time stays.
func (s *Store) changeKey(ctx context.Context, t tenants.TenantID, id tenants.KeyID, update statement) error {
	read := stmt(`SELECT `+keyColumns+` FROM api_key WHERE id = $1 AND tenant = $2`, string(id), t[:])
	return s.changeAs(ctx, t, func(tx *sql.Tx) (audit.Deed, error) {
		was, _, err := one(ctx, tx, scanKey, read)
		if err == nil {
			err = affect(ctx, tx, tenants.ErrMissing, update)
		}
		if err != nil {
			return audit.Deed{}, err
		}
		now, _, err := one(ctx, tx, scanKey, read)
		return keyDeed("update", was, now), err
	})
}

// KeyByID implements tenants.KeyStore.
func (s *Store) KeyByID(ctx context.Context, id tenants.KeyID) (tenants.Key, bool, error) {
	k, ok, err := one(ctx, s.read, scanKey, stmt(`SELECT `+keyColumns+` FROM api_key WHERE id = $1`, string(id)))
	if err == nil && ok {
		k.Scopes, err = s.scopes(ctx, id)
	}
	return k, ok && err == nil, err
}

// ListKeys implements tenants.KeyStore.
func (s *Store) ListKeys(ctx context.Context, t tenants.TenantID, after tenants.KeyID, limit int) ([]tenants.Key, error) {
	keys, err := list(ctx, s.read, scanKey, stmt(`SELECT `+keyColumns+` FROM api_key WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3`, t[:], string(after), max(0, limit)))
	for i := range keys {
		if err == nil {
			keys[i].Scopes, err = s.scopes(ctx, keys[i].ID)
		}
	}
	return keys, err
}

func (s *Store) scopes(ctx context.Context, id tenants.KeyID) ([]tenants.Scope, error) {
	return list(ctx, s.read, func(r scanner) (c tenants.Scope, err error) {
		var namespace []byte
		var permissions int64
		if err := r.Scan(&namespace, &permissions); err != nil {
			return c, err
		}
		return tenants.Scope{Namespace: orchestration.NamespaceID(namespace), Permissions: tenants.Permission(permissions)}, nil
	}, stmt(`SELECT namespace, permissions FROM api_key_scope WHERE api_key = $1 ORDER BY namespace`, string(id)))
}

// NoteUses implements tenants.KeyStore.
func (s *Store) NoteUses(ctx context.Context, uses []tenants.KeyUse) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		for _, u := range uses {
			err := run(ctx, tx, stmt(`UPDATE api_key SET used = $1, used_from = $2 WHERE id = $3 AND used < $1`, micros(u.At), u.Address, string(u.ID)))
			if err != nil {
				return err
			}
		}
		return nil
	})
}
