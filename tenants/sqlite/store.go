package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/sqlstore"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the files of the directory's schema.
func Migrations() fs.FS {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // the directory is embedded above
	}
	return files
}

// Store implements tenants.Store. It is safe for concurrent use.
type Store struct {
	write, read *sql.DB
}

var _ tenants.Store = (*Store)(nil)

// New makes a store on a database whose migrations have been applied; read may be the same handle as write.
func New(write, read *sql.DB) *Store { return &Store{write: write, read: read} }

const columns = `id, name, state, description, owner_email, data, retention, created, updated, version, protected, former_name, remove_after, tenant, suspended, search_attributes, audit`

const settingColumns = `quota_requests, quota_starts, quota_pollers, quota_open_runs, quota_retained, codec_endpoint, codec_credentials`

// read are the columns of a read: those that are stored, and whether the whole tenant is suspended.
const read = columns + `, ` + settingColumns + `, EXISTS (SELECT 1 FROM tenant t WHERE t.id = namespace.tenant AND t.suspended <> 0)`

// InsertNamespace implements tenants.Store.
func (s *Store) InsertNamespace(ctx context.Context, n tenants.Namespace, freeSince time.Time) error {
	data, attributes, err := encoded(n)
	if err != nil {
		return err
	}
	return s.transact(ctx, func(tx *sql.Tx) error {
		var reserved bool
		err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM namespace WHERE former_name = ? AND updated > ?)`, n.Name, freeSince.UnixMicro()).Scan(&reserved)
		switch {
		case err != nil:
			return err
		case reserved:
			return tenants.ErrReserved
		}
		res, err := tx.ExecContext(ctx, `INSERT INTO namespace (`+columns+`, `+settingColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			n.ID[:], n.Name, int64(n.State), n.Description, n.OwnerEmail, data, int64(n.Retention), n.Created.UnixMicro(), n.Updated.UnixMicro(),
			n.Version, n.Protected, textOrNull(n.Former), microOrNull(n.RemoveAfter), n.Tenant[:], n.Suspended, attributes, int64(n.Audit),
			n.Quota.Requests, n.Quota.Starts, n.Quota.Pollers, n.Quota.OpenRuns, n.Quota.Retained, n.Codec.Endpoint, n.Codec.Credentials)
		if err := unlessNone(res, err, tenants.ErrExists); err != nil {
			return err
		}
		return sqlstore.Record(ctx, sqlstore.SessionOf(tx), n.Tenant, sqlstore.NamespaceDeed("create", tenants.Namespace{}, n))
	})
}

// UpdateNamespace implements tenants.Store.
func (s *Store) UpdateNamespace(ctx context.Context, n tenants.Namespace) error {
	data, attributes, err := encoded(n)
	if err != nil {
		return err
	}
	return s.transact(ctx, func(tx *sql.Tx) error {
		if err := sqlstore.Change(ctx, sqlstore.SessionOf(tx), n.Tenant); err != nil {
			return err
		}
		var taken bool
		err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM namespace WHERE name = ? AND id <> ?)`, n.Name, n.ID[:]).Scan(&taken)
		switch {
		case err != nil:
			return err
		case taken:
			return tenants.ErrExists
		}
		was, _, err := one(tx.QueryRowContext(ctx, `SELECT `+read+` FROM namespace WHERE id = ?`, n.ID[:]))
		if err != nil {
			return err
		}
		res, err := tx.ExecContext(ctx, `UPDATE namespace SET name = ?, state = ?, description = ?, owner_email = ?, data = ?, retention = ?, updated = ?,
			version = version + 1, protected = ?, former_name = ?, remove_after = ?, suspended = ?, search_attributes = ?, audit = ?,
			quota_requests = ?, quota_starts = ?, quota_pollers = ?, quota_open_runs = ?, quota_retained = ?, codec_endpoint = ?, codec_credentials = ? WHERE id = ? AND version = ?`,
			n.Name, int64(n.State), n.Description, n.OwnerEmail, data, int64(n.Retention), n.Updated.UnixMicro(),
			n.Protected, textOrNull(n.Former), microOrNull(n.RemoveAfter), n.Suspended, attributes, int64(n.Audit),
			n.Quota.Requests, n.Quota.Starts, n.Quota.Pollers, n.Quota.OpenRuns, n.Quota.Retained, n.Codec.Endpoint, n.Codec.Credentials, n.ID[:], n.Version)
		if err := unlessNone(res, err, tenants.ErrChanged); err != nil {
			return err
		}
		return sqlstore.Record(ctx, sqlstore.SessionOf(tx), was.Tenant, sqlstore.NamespaceDeed("update", was, n))
	})
}

// RemoveNamespace implements tenants.Store.
func (s *Store) RemoveNamespace(ctx context.Context, id orchestration.NamespaceID) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		was, ok, err := one(tx.QueryRowContext(ctx, `SELECT `+read+` FROM namespace WHERE id = ? AND state = ?`, id[:], int64(tenants.Deleted)))
		if err != nil || !ok {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM namespace WHERE id = ?`, id[:]); err != nil {
			return err
		}
		return sqlstore.Record(ctx, sqlstore.SessionOf(tx), was.Tenant, sqlstore.NamespaceDeed("remove", was, tenants.Namespace{}))
	})
}

// transact runs f in a transaction; any error of f undoes it.
func (s *Store) transact(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// unlessNone is none when a statement has changed no row.
func unlessNone(res sql.Result, err, none error) error {
	if err != nil {
		return err
	}
	if rows, err := res.RowsAffected(); err != nil || rows > 0 {
		return err
	}
	return none
}

// encoded are the columns data and search_attributes.
func encoded(n tenants.Namespace) (data, attributes any, err error) {
	if data, err = jsonOrNull(n.Data); err == nil {
		attributes, err = jsonOrNull(n.Attributes)
	}
	return data, attributes, err
}

// jsonOrNull is null for an empty map.
func jsonOrNull[M ~map[string]V, V any](m M) (any, error) {
	if len(m) == 0 {
		return nil, nil
	}
	b, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode a namespace: %w", err)
	}
	return string(b), nil
}

func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func microOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// NamespaceByName implements tenants.Store.
func (s *Store) NamespaceByName(ctx context.Context, name string) (tenants.Namespace, bool, error) {
	return one(s.read.QueryRowContext(ctx, `SELECT `+read+` FROM namespace WHERE name = ?`, name))
}

// NamespaceByID implements tenants.Store.
func (s *Store) NamespaceByID(ctx context.Context, id orchestration.NamespaceID) (tenants.Namespace, bool, error) {
	return one(s.read.QueryRowContext(ctx, `SELECT `+read+` FROM namespace WHERE id = ?`, id[:]))
}

// ListNamespaces implements tenants.Store.
func (s *Store) ListNamespaces(ctx context.Context, after string, limit int) ([]tenants.Namespace, error) {
	return s.list(ctx, `SELECT `+read+` FROM namespace WHERE name > ? ORDER BY name LIMIT ?`, after, max(0, limit))
}

// ListNamespacesOf implements tenants.Store.
func (s *Store) ListNamespacesOf(ctx context.Context, t tenants.TenantID, after string, limit int) ([]tenants.Namespace, error) {
	return s.list(ctx, `SELECT `+read+` FROM namespace WHERE tenant = ? AND name > ? ORDER BY name LIMIT ?`, t[:], after, max(0, limit))
}

func (s *Store) list(ctx context.Context, query string, args ...any) (list []tenants.Namespace, err error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		n, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, rows.Err()
}

func one(row *sql.Row) (tenants.Namespace, bool, error) {
	n, err := scan(row)
	if errors.Is(err, sql.ErrNoRows) {
		return tenants.Namespace{}, false, nil
	}
	return n, err == nil, err
}

// scan reads one row of columns.
func scan(row interface{ Scan(...any) error }) (tenants.Namespace, error) {
	var n tenants.Namespace
	var id, tenant []byte
	var data, attributes sql.NullString
	var created, updated int64
	var former sql.NullString
	var removeAfter sql.NullInt64
	err := row.Scan(&id, &n.Name, &n.State, &n.Description, &n.OwnerEmail, &data, (*int64)(&n.Retention), &created, &updated,
		&n.Version, &n.Protected, &former, &removeAfter, &tenant, &n.Suspended, &attributes, &n.Audit,
		&n.Quota.Requests, &n.Quota.Starts, &n.Quota.Pollers, &n.Quota.OpenRuns, &n.Quota.Retained, &n.Codec.Endpoint, &n.Codec.Credentials, &n.TenantSuspended)
	if err != nil {
		return tenants.Namespace{}, err
	}
	if n.Former = former.String; removeAfter.Valid {
		n.RemoveAfter = time.UnixMicro(removeAfter.Int64).UTC()
	}
	copy(n.ID[:], id)
	copy(n.Tenant[:], tenant)
	n.Created, n.Updated = time.UnixMicro(created).UTC(), time.UnixMicro(updated).UTC()
	if data.Valid {
		if err := json.Unmarshal([]byte(data.String), &n.Data); err != nil {
			return tenants.Namespace{}, fmt.Errorf("data of namespace %s: %w", n.Name, err)
		}
	}
	if attributes.Valid {
		if err := json.Unmarshal([]byte(attributes.String), &n.Attributes); err != nil {
			return tenants.Namespace{}, fmt.Errorf("search attributes of namespace %s: %w", n.Name, err)
		}
	}
	return n, nil
}
