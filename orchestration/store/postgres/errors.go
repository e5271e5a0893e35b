package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Codes that tenuto_refuse raises, and those of PostgreSQL (documentation, appendix A) that are told apart one by one.
const (
	codeFenced       = "TN001"
	codeConflict     = "TN002"
	uniqueViolation  = "23505"
	lockNotAvailable = "55P03"
)

// busy are the codes and classes of codes that blame the server or the moment, not what was written.
var busy = []string{
	"08",    // connection
	"28",    // credentials: an administrator is changing them, or will have to
	"53",    // disk full, out of memory, too many connections
	"57",    // canceled, shut down, starting up
	"58",    // input and output
	"40001", // serialization failure
	"40P01", // deadlock
	"25006", // read-only: a standby, or a disk that is nearly full
	"25P03", // our transaction fell silent for too long
	"25P04", // transaction timeout
	"26000", // no such prepared statement: a pooler that pools transactions
	lockNotAvailable,
}

// keyTables are those whose primary key answers "does it exist already", by table.
var keyTables = []string{"run", "current_run", "visibility"}

// outcome is what a commit returns for the first error in its answers. complete tells whether every statement has succeeded: then the
// transaction may have ended although its end was not heard of.
func outcome(err error, complete bool) error {
	var said *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &said):
		return lost(err)
	case undone(err):
		return refused(said)
	case complete:
		return fmt.Errorf("%w: %w", store.ErrUnknownOutcome, err)
	default:
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
}

// undone tells whether an error undid the transaction and left the session open.
func undone(err error) bool {
	var said *pgconn.PgError
	return errors.As(err, &said) && said.SeverityUnlocalized == "ERROR"
}

// lost is a connection that broke: before anything was sent, or with the outcome on its way.
func lost(err error) error {
	if pgconn.SafeToRetry(err) {
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	return fmt.Errorf("%w: %w", store.ErrUnknownOutcome, err)
}

// refused maps an error that the database has answered with.
func refused(said *pgconn.PgError) error {
	switch {
	case said.Code == codeFenced:
		return store.ErrFenced
	case said.Code == codeConflict, said.Code == uniqueViolation && slices.Contains(keyTables, said.TableName):
		return fmt.Errorf("%w: %w", store.ErrConflict, said)
	case isBusy(said):
		return fmt.Errorf("%w: %w", store.ErrUnavailable, said)
	}
	return said
}

func isBusy(said *pgconn.PgError) bool {
	return slices.Contains(busy, said.Code) || len(said.Code) == 5 && slices.Contains(busy, said.Code[:2])
}

func isCode(err error, code string) bool {
	var said *pgconn.PgError
	return errors.As(err, &said) && said.Code == code
}

// unavailableUnless marks an error of preparing a commit. The caller's own end of patience stays what it is.
func unavailableUnless(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errors.Join(ctx.Err(), err)
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}

// readError maps the error of a read.
func readError(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return err
	}
	var said *pgconn.PgError
	var network net.Error
	var connect *pgconn.ConnectError
	if errors.As(err, &said) && isBusy(said) || errors.As(err, &network) || errors.As(err, &connect) ||
		errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err) {
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	return err
}

// stale tells whether a read failed with a connection that was there, rather than for want of one.
func stale(err error) bool {
	var connect *pgconn.ConnectError
	var said *pgconn.PgError
	return errors.Is(err, store.ErrUnavailable) && !errors.As(err, &connect) && (!errors.As(err, &said) || said.SeverityUnlocalized == "FATAL")
}
