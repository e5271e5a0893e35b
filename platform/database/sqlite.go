package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// Memory is the path of a database that lives and dies with the process.
const Memory = ":memory:"

// SQLite is an open database file that this process owns.
type SQLite struct {
	// Write has exactly one connection, so writers queue here instead of inside SQLite. Transactions begin IMMEDIATE.
	Write *sql.DB
	// Read is a pool of connections that refuse to write; each sees every commit that returned before its statement began.
	// With Memory it is Write itself: whoever holds rows open there must not ask for a second connection.
	Read *sql.DB

	path string
	lock *os.File // nil with Memory
}

// OpenSQLite opens or creates the file at path (Memory: none), takes it for this process alone, and applies the rooms'
// migrations. It refuses, with one sentence naming the file: a file that another process has open, a file or directory that cannot be
// written, a file that is no database, and a file written by a newer program.
func OpenSQLite(ctx context.Context, path string, rooms ...Migrations) (_ *SQLite, err error) {
	d := &SQLite{path: path}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.release())
		}
	}()
	if path == Memory {
		d.Write, err = openMemory()
		d.Read = d.Write
	} else {
		err = d.openFile()
	}
	if err != nil {
		return nil, err
	}
	if err := d.Write.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("cannot open the database %s: %w", path, err)
	}
	if err := migrate(ctx, d.Write, path, rooms); err != nil {
		return nil, err
	}
	return d, nil
}

// Path is the path that the database was opened with.
func (d *SQLite) Path() string { return d.path }

// Close folds the write-ahead log into the file, closes both handles and gives the file free.
func (d *SQLite) Close() error {
	var errs []error
	if d.Read != d.Write { // readers would keep the checkpoint from finishing
		errs = append(errs, d.Read.Close())
		if _, err := d.Write.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
			errs = append(errs, fmt.Errorf("checkpoint %s: %w", d.path, err))
		}
	}
	return errors.Join(append(errs, d.release())...)
}

// release closes whatever is open, the lock last.
func (d *SQLite) release() error {
	var errs []error
	if d.Read != nil && d.Read != d.Write {
		errs = append(errs, d.Read.Close())
	}
	if d.Write != nil {
		errs = append(errs, d.Write.Close())
	}
	if d.lock != nil {
		errs = append(errs, d.lock.Close())
	}
	return errors.Join(errs...)
}

func (d *SQLite) openFile() error {
	path, err := filepath.Abs(d.path)
	if err != nil {
		return fmt.Errorf("cannot open the database %s: %w", d.path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("cannot create the directory of the database %s: %w", d.path, reason(err))
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("cannot write the database %s: %w", d.path, reason(err))
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("cannot write the database %s: %w", d.path, reason(err))
	}
	if d.lock, err = lockFile(path + ".lock"); errors.Is(err, errLocked) {
		return fmt.Errorf("the database %s is in use by another process", d.path)
	} else if err != nil {
		return fmt.Errorf("cannot lock the database %s: %w", d.path, reason(err))
	}
	if d.Write, err = openWriter(path); err != nil {
		return err
	}
	d.Read, err = openReaders(path)
	return err
}

// reason drops the operation and path from a file error: the sentence around it names them already.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
