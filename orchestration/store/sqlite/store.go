package sqlite

import (
	"database/sql"
	"embed"
	"errors"
	"io/fs"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the files of the engine's schema.
func Migrations() fs.FS {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // the directory is embedded above
	}
	return files
}

// Store is the driver. It is safe for concurrent use; commits queue for the one write connection.
type Store struct {
	writer
	reader
}

var (
	_ store.Store        = (*Store)(nil)
	_ store.Reader       = (*Store)(nil)
	_ store.QueueConfigs = (*Store)(nil)
	_ store.Usages       = (*Store)(nil)
)

// New makes a store on a database whose migrations have been applied. write must be limited to one connection; read may be
// the same handle. Neither is closed by the store.
func New(write, read *sql.DB) *Store {
	return &Store{writer: writer{db: write}, reader: reader{db: read}}
}

// Close frees the prepared statements; call it before closing the handles.
func (s *Store) Close() error { return errors.Join(s.reader.close(), s.writer.close()) }

// Dialect is store.SQLite.
func (s *Store) Dialect() store.Dialect { return store.SQLite }
