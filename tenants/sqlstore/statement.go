package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
)

// statement is one to execute.
type statement struct {
	text string
	args []any
}

func stmt(text string, args ...any) statement { return statement{text, args} }

// run executes statements in order.
func run(ctx context.Context, tx *sql.Tx, all ...statement) error {
	for _, s := range all {
		if _, err := tx.ExecContext(ctx, s.text, s.args...); err != nil {
			return err
		}
	}
	return nil
}

// affect executes a statement, and returns none when it has changed no row.
func affect(ctx context.Context, tx *sql.Tx, none error, s statement) error {
	res, err := tx.ExecContext(ctx, s.text, s.args...)
	if err != nil {
		return err
	}
	if rows, err := res.RowsAffected(); err != nil || rows > 0 {
		return err
	}
	return none
}

// querier reads: a handle, or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// scanner is a row.
type scanner interface{ Scan(...any) error }

// list reads all rows of a query.
func list[T any](ctx context.Context, q querier, scan func(scanner) (T, error), s statement) (all []T, err error) {
	rows, err := q.QueryContext(ctx, s.text, s.args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// one reads the only row of a query; ok is false when there is none.
func one[T any](ctx context.Context, q querier, scan func(scanner) (T, error), s statement) (v T, ok bool, err error) {
	all, err := list(ctx, q, scan, s)
	if err != nil || len(all) == 0 {
		return v, false, err
	}
	return all[0], true, nil
}

// exists tells whether a query has a row.
func exists(ctx context.Context, q querier, s statement) (bool, error) {
	_, ok, err := one(ctx, q, func(r scanner) (int, error) { var i int; return i, r.Scan(&i) }, s)
	return ok, err
}

// need returns ErrMissing unless a query has a row.
func need(ctx context.Context, q querier, s statement) error {
	ok, err := exists(ctx, q, s)
	if err == nil && !ok {
		return tenants.ErrMissing
	}
	return err
}

// places are n placeholders from $first on.
func places(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(first+i))
	}
	return b.String()
}

// micros is a time as it is stored; 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// instant is a stored time.
func instant(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

// truth is a bool as it is stored.
func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
