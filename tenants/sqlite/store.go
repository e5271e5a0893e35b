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

const columns = `id, name, state, description, owner_email, data, retention, created, updated, search_attributes`

// InsertNamespace implements tenants.Store.
func (s *Store) InsertNamespace(ctx context.Context, n tenants.Namespace) error {
	var data any
	if len(n.Data) > 0 {
		b, err := json.Marshal(n.Data)
		if err != nil {
			return fmt.Errorf("encode data: %w", err)
		}
		data = string(b)
	}
	attributes, err := encodeAttributes(n.Attributes)
	if err != nil {
		return err
	}
	res, err := s.write.ExecContext(ctx, `INSERT INTO namespace (`+columns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		n.ID[:], n.Name, int64(n.State), n.Description, n.OwnerEmail, data, int64(n.Retention), n.Created.UnixMicro(), n.Updated.UnixMicro(), attributes)
	if err != nil {
		return err
	}
	switch rows, err := res.RowsAffected(); {
	case err != nil:
		return err
	case rows == 0:
		return tenants.ErrExists
	}
	return nil
}

// NamespaceByName implements tenants.Store.
func (s *Store) NamespaceByName(ctx context.Context, name string) (tenants.Namespace, bool, error) {
	return one(s.read.QueryRowContext(ctx, `SELECT `+columns+` FROM namespace WHERE name = ?`, name))
}

// NamespaceByID implements tenants.Store.
func (s *Store) NamespaceByID(ctx context.Context, id orchestration.NamespaceID) (tenants.Namespace, bool, error) {
	return one(s.read.QueryRowContext(ctx, `SELECT `+columns+` FROM namespace WHERE id = ?`, id[:]))
}

// ListNamespaces implements tenants.Store.
func (s *Store) ListNamespaces(ctx context.Context, after string, limit int) (list []tenants.Namespace, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+columns+` FROM namespace WHERE name > ? ORDER BY name LIMIT ?`, after, max(0, limit))
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
	var id []byte
	var data, attributes sql.NullString
	var created, updated int64
	if err := row.Scan(&id, &n.Name, &n.State, &n.Description, &n.OwnerEmail, &data, (*int64)(&n.Retention), &created, &updated, &attributes); err != nil {
		return tenants.Namespace{}, err
	}
	copy(n.ID[:], id)
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
