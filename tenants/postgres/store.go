package postgres

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
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

const columns = `id, name, state, description, owner_email, data, retention, created, updated, search_attributes`

// InsertNamespace implements tenants.Store.
func (s *Store) InsertNamespace(ctx context.Context, n tenants.Namespace) error {
	var data []byte // null when empty
	if len(n.Data) > 0 {
		var err error
		if data, err = json.Marshal(n.Data); err != nil {
			return fmt.Errorf("encode data: %w", err)
		}
	}
	attributes, err := encodeAttributes(n.Attributes)
	if err != nil {
		return err
	}
	tag, err := s.pool.Exec(ctx, `INSERT INTO namespace (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
		[16]byte(n.ID), n.Name, int16(n.State), n.Description, n.OwnerEmail, data, int64(n.Retention), n.Created, n.Updated, attributes)
	if err != nil {
		return err
	}
	if tag.RowsAffected() == 0 {
		return tenants.ErrExists
	}
	return nil
}

// NamespaceByName implements tenants.Store.
func (s *Store) NamespaceByName(ctx context.Context, name string) (tenants.Namespace, bool, error) {
	return one(s.pool.QueryRow(ctx, `SELECT `+columns+` FROM namespace WHERE name = $1`, name))
}

// NamespaceByID implements tenants.Store.
func (s *Store) NamespaceByID(ctx context.Context, id orchestration.NamespaceID) (tenants.Namespace, bool, error) {
	return one(s.pool.QueryRow(ctx, `SELECT `+columns+` FROM namespace WHERE id = $1`, [16]byte(id)))
}

// ListNamespaces implements tenants.Store.
func (s *Store) ListNamespaces(ctx context.Context, after string, limit int) ([]tenants.Namespace, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+columns+` FROM namespace WHERE name > $1 ORDER BY name LIMIT $2`, after, max(0, limit))
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
	var data, attributes []byte
	err := row.Scan((*[16]byte)(&n.ID), &n.Name, &n.State, &n.Description, &n.OwnerEmail, &data, (*int64)(&n.Retention), &n.Created, &n.Updated, &attributes)
	if err != nil {
		return tenants.Namespace{}, err
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
