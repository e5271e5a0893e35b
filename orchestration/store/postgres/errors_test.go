package postgres

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

func TestOutcome(t *testing.T) {
	said := func(severity, code, table string) error {
		return &pgconn.PgError{SeverityUnlocalized: severity, Code: code, TableName: table, Message: "said"}
	}
	own := errors.New("the database's own")
	for _, c := range []struct {
		name     string
		err      error
		complete bool
		want     error
	}{
		{"fenced", said("ERROR", codeFenced, ""), false, store.ErrFenced},
		{"conflict", said("ERROR", codeConflict, ""), false, store.ErrConflict},
		{"run exists", said("ERROR", uniqueViolation, "run"), false, store.ErrConflict},
		{"current run exists", said("ERROR", uniqueViolation, "current_run"), false, store.ErrConflict},
		{"history exists", said("ERROR", uniqueViolation, "history"), false, own},
		{"zero byte", said("ERROR", "22021", ""), false, own},
		{"disk full", said("ERROR", "53100", ""), false, store.ErrUnavailable},
		{"out of memory", said("ERROR", "53200", ""), false, store.ErrUnavailable},
		{"too many connections", said("FATAL", "53300", ""), false, store.ErrUnavailable},
		{"disk full at the end", said("ERROR", "53100", ""), true, store.ErrUnavailable},
		{"input and output", said("ERROR", "58030", ""), false, store.ErrUnavailable},
		{"canceled", said("ERROR", "57014", ""), false, store.ErrUnavailable},
		{"transactions pooled", said("ERROR", "26000", ""), false, store.ErrUnavailable},
		{"lock", said("ERROR", lockNotAvailable, ""), false, store.ErrUnavailable},
		{"deadlock", said("ERROR", "40P01", ""), false, store.ErrUnavailable},
		{"shut down before all was answered", said("FATAL", "57P01", ""), false, store.ErrUnavailable},
		{"shut down after all was answered", said("FATAL", "57P01", ""), true, store.ErrUnknownOutcome},
		{"crash after all was answered", said("PANIC", "57P02", ""), true, store.ErrUnknownOutcome},
		{"cut", io.ErrUnexpectedEOF, false, store.ErrUnknownOutcome},
		{"cut at the end", io.ErrUnexpectedEOF, true, store.ErrUnknownOutcome},
		{"too late", context.DeadlineExceeded, false, store.ErrUnknownOutcome},
		{"reset", &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}, false, store.ErrUnknownOutcome},
	} {
		got := outcome(c.err, c.complete)
		for _, e := range []error{store.ErrFenced, store.ErrConflict, store.ErrUnavailable, store.ErrUnknownOutcome} {
			if errors.Is(got, e) != (e == c.want) {
				t.Errorf("%s: %v, want %v", c.name, got, c.want)
			}
		}
	}
	if outcome(nil, true) != nil {
		t.Error("success is an error")
	}
}

// TestReadError: what the caller ended stays his own, what the server ended is unavailable, what was read wrong is neither.
func TestReadError(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name        string
		ctx         context.Context
		err         error
		unavailable bool
	}{
		{"cut", t.Context(), io.ErrUnexpectedEOF, true},
		{"reset", t.Context(), &net.OpError{Op: "read", Err: io.EOF}, true},
		{"shut down", t.Context(), &pgconn.PgError{Code: "57P01"}, true},
		{"canceled", ended, context.Canceled, false},
		{"a wrong filter", t.Context(), &pgconn.PgError{Code: "22P02"}, false},
	} {
		if got := readError(c.ctx, c.err); errors.Is(got, store.ErrUnavailable) != c.unavailable || !errors.Is(got, c.err) {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if readError(t.Context(), nil) != nil {
		t.Error("success is an error")
	}
}
