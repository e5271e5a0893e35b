package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

// mapped turns the driver's error into the contract's. SQLite runs in this process and rolls back whatever COMMIT could not finish, so
// an outcome is never unknown.
func mapped(err error) error {
	var se *sqlite.Error
	if !errors.As(err, &se) {
		if errors.Is(err, driver.ErrBadConn) {
			return unavailable(err)
		}
		return err
	}
	switch se.Code() & 0xff {
	case lib.SQLITE_FULL, lib.SQLITE_IOERR, lib.SQLITE_READONLY, lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_NOMEM, lib.SQLITE_CANTOPEN:
		return unavailable(err)
	}
	return err
}

// unavailable marks an error that has nothing to do with what was written. The caller's own end of patience stays what it is.
func unavailable(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}

// noTransaction recognises the answer to a ROLLBACK outside a transaction, for which SQLite has no code of its own.
func noTransaction(err error) bool {
	var se *sqlite.Error
	return errors.As(err, &se) && se.Code() == lib.SQLITE_ERROR
}

func isEOF(err error) bool { return errors.Is(err, io.EOF) }
