package postgres

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

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
	pool *pgxpool.Pool
}

var _ tenants.Store = (*Store)(nil)

// New makes a store on a database whose migrations have been applied. The pool's sessions must flush their commits
// (synchronous_commit=on); the store does not close it.
func New(pool *pgxpool.Pool) *Store { return &Store{pool: pool} }

const columns = `id, name, state, description, owner_email, data, retention, created, updated, version, protected, former_name, remove_after, tenant, suspended, search_attributes, audit`

const settingColumns = `quota_requests, quota_starts, quota_pollers, quota_open_runs, quota_retained, codec_endpoint, codec_credentials`

// read are the columns of a read: those that are stored, and whether the whole tenant is suspended.
const read = columns + `, ` + settingColumns + `, EXISTS (SELECT 1 FROM tenant t WHERE t.id = namespace.tenant AND t.suspended <> 0)`

// InsertNamespace implements tenants.Store. Whether the name was given back is asked last: a deletion that is committed meanwhile is seen then.
func (s *Store) InsertNamespace(ctx context.Context, n tenants.Namespace, freeSince time.Time) error {
	data, attributes, err := encoded(n)
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO namespace (`+columns+`, `+settingColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24) ON CONFLICT DO NOTHING`,
			[16]byte(n.ID), n.Name, int16(n.State), n.Description, n.OwnerEmail, data, int64(n.Retention), n.Created, n.Updated,
			n.Version, n.Protected, textOrNull(n.Former), timeOrNull(n.RemoveAfter), n.Tenant[:], n.Suspended, attributes, int64(n.Audit),
			n.Quota.Requests, n.Quota.Starts, n.Quota.Pollers, n.Quota.OpenRuns, n.Quota.Retained, n.Codec.Endpoint, n.Codec.Credentials)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return tenants.ErrExists
		}
		var reserved bool
		err = tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM namespace WHERE former_name = $1 AND updated > $2)`, n.Name, freeSince).Scan(&reserved)
		if err == nil && reserved {
			err = tenants.ErrReserved
		}
		if err != nil {
			return err
		}
		return sqlstore.Record(ctx, session{tx}, n.Tenant, sqlstore.NamespaceDeed("create", tenants.Namespace{}, n))
	})
}

// UpdateNamespace implements tenants.Store.
func (s *Store) UpdateNamespace(ctx context.Context, n tenants.Namespace) error {
	data, attributes, err := encoded(n)
	if err != nil {
		return err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return update(ctx, tx, n, data, attributes) })
	var said *pgconn.PgError
	if errors.As(err, &said) && said.Code == uniqueViolation {
		return tenants.ErrExists
	}
	return err
}

// update changes a namespace, and records what has changed.
func update(ctx context.Context, tx pgx.Tx, n tenants.Namespace, data, attributes []byte) error {
	if err := sqlstore.Change(ctx, session{tx}, n.Tenant); err != nil {
		return err
	}
	was, _, err := one(tx.QueryRow(ctx, `SELECT `+read+` FROM namespace WHERE id = $1 FOR UPDATE`, [16]byte(n.ID)))
	if err != nil {
		return err
	}
	tag, err := tx.Exec(ctx, `UPDATE namespace SET name = $3, state = $4, description = $5, owner_email = $6, data = $7, retention = $8, updated = $9,
		version = version + 1, protected = $10, former_name = $11, remove_after = $12, suspended = $13, search_attributes = $14, audit = $15,
		quota_requests = $16, quota_starts = $17, quota_pollers = $18, quota_open_runs = $19, quota_retained = $20, codec_endpoint = $21, codec_credentials = $22 WHERE id = $1 AND version = $2`,
		[16]byte(n.ID), n.Version, n.Name, int16(n.State), n.Description, n.OwnerEmail, data, int64(n.Retention), n.Updated,
		n.Protected, textOrNull(n.Former), timeOrNull(n.RemoveAfter), n.Suspended, attributes, int64(n.Audit), n.Quota.Requests, n.Quota.Starts, n.Quota.Pollers, n.Quota.OpenRuns, n.Quota.Retained,
		n.Codec.Endpoint, n.Codec.Credentials)
	switch {
	case err != nil:
		return err
	case tag.RowsAffected() == 0:
		return tenants.ErrChanged
	}
	return sqlstore.Record(ctx, session{tx}, was.Tenant, sqlstore.NamespaceDeed("update", was, n))
}

// uniqueViolation is the code of a name that is taken.
const uniqueViolation = "23505"

// RemoveNamespace implements tenants.Store.
func (s *Store) RemoveNamespace(ctx context.Context, id orchestration.NamespaceID) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		was, ok, err := one(tx.QueryRow(ctx, `SELECT `+read+` FROM namespace WHERE id = $1 AND state = $2 FOR UPDATE`, [16]byte(id), int16(tenants.Deleted)))
		if err != nil || !ok {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM namespace WHERE id = $1`, [16]byte(id)); err != nil {
			return err
		}
		return sqlstore.Record(ctx, session{tx}, was.Tenant, sqlstore.NamespaceDeed("remove", was, tenants.Namespace{}))
	})
}

// encoded are the columns data and search_attributes.
func encoded(n tenants.Namespace) (data, attributes []byte, err error) {
	if data, err = jsonOrNull(n.Data); err == nil {
		attributes, err = jsonOrNull(n.Attributes)
	}
	return data, attributes, err
}

// jsonOrNull is null for an empty map.
func jsonOrNull[M ~map[string]V, V any](m M) ([]byte, error) {
	if len(m) == 0 {
		return nil, nil
	}
	b, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode a namespace: %w", err)
	}
	return b, nil
}

func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// NamespaceByName implements tenants.Store.
func (s *Store) NamespaceByName(ctx context.Context, name string) (tenants.Namespace, bool, error) {
	return one(s.pool.QueryRow(ctx, `SELECT `+read+` FROM namespace WHERE name = $1`, name))
}

// NamespaceByID implements tenants.Store.
func (s *Store) NamespaceByID(ctx context.Context, id orchestration.NamespaceID) (tenants.Namespace, bool, error) {
	return one(s.pool.QueryRow(ctx, `SELECT `+read+` FROM namespace WHERE id = $1`, [16]byte(id)))
}

// ListNamespaces implements tenants.Store.
func (s *Store) ListNamespaces(ctx context.Context, after string, limit int) ([]tenants.Namespace, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+read+` FROM namespace WHERE name > $1 ORDER BY name LIMIT $2`, after, max(0, limit))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (tenants.Namespace, error) { return scan(row) })
}

// ListNamespacesOf implements tenants.Store.
func (s *Store) ListNamespacesOf(ctx context.Context, t tenants.TenantID, after string, limit int) ([]tenants.Namespace, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+read+` FROM namespace WHERE tenant = $1 AND name > $2 ORDER BY name LIMIT $3`, t[:], after, max(0, limit))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (tenants.Namespace, error) { return scan(row) })
}

func one(row pgx.Row) (tenants.Namespace, bool, error) {
	n, err := scan(row)
	if errors.Is(err, pgx.ErrNoRows) {
		return tenants.Namespace{}, false, nil
	}
	return n, err == nil, err
}

// scan reads one row of columns.
func scan(row pgx.Row) (tenants.Namespace, error) {
	var n tenants.Namespace
	var data, tenant, attributes []byte
	var former *string
	var removeAfter *time.Time
	err := row.Scan((*[16]byte)(&n.ID), &n.Name, &n.State, &n.Description, &n.OwnerEmail, &data, (*int64)(&n.Retention), &n.Created, &n.Updated,
		&n.Version, &n.Protected, &former, &removeAfter, &tenant, &n.Suspended, &attributes, &n.Audit,
		&n.Quota.Requests, &n.Quota.Starts, &n.Quota.Pollers, &n.Quota.OpenRuns, &n.Quota.Retained, &n.Codec.Endpoint, &n.Codec.Credentials, &n.TenantSuspended)
	if err != nil {
		return tenants.Namespace{}, err
	}
	n.Tenant = tenants.TenantID(tenant)
	if former != nil {
		n.Former = *former
	}
	if removeAfter != nil {
		n.RemoveAfter = removeAfter.UTC()
	}
	n.Created, n.Updated = n.Created.UTC(), n.Updated.UTC()
	if data != nil {
		if err := json.Unmarshal(data, &n.Data); err != nil {
			return tenants.Namespace{}, fmt.Errorf("data of namespace %s: %w", n.Name, err)
		}
	}
	if attributes != nil {
		if err := json.Unmarshal(attributes, &n.Attributes); err != nil {
			return tenants.Namespace{}, fmt.Errorf("search attributes of namespace %s: %w", n.Name, err)
		}
	}
	return n, nil
}
