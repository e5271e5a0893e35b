package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tenuto-io/tenuto/orchestration"
)

// reader answers from the pool. Each method is one statement, so each answer is one snapshot; only History may need several, of rows
// that never change.
type reader struct {
	pool     *pgxpool.Pool
	currents currents
}

// query runs a statement and hands every row to scan. A connection that was lost while it idled, as all are when the server has restarted, is
// noticed only by using it; so a read that such a one has failed before its first row runs once more, on a new one.
func (r *reader) query(ctx context.Context, text string, args []any, scan func(pgx.Rows) error) error {
	n, err := r.once(ctx, text, args, scan)
	if n == 0 && stale(err) {
		r.pool.Reset()
		_, err = r.once(ctx, text, args, scan)
	}
	return err
}

// once runs a statement and returns the number of rows that were handed to scan.
func (r *reader) once(ctx context.Context, text string, args []any, scan func(pgx.Rows) error) (n int, err error) {
	rows, err := r.pool.Query(ctx, text, args...)
	if err != nil {
		return 0, readError(ctx, err)
	}
	defer rows.Close()
	for ; rows.Next(); n++ {
		if err := scan(rows); err != nil {
			return n, err
		}
	}
	return n, readError(ctx, rows.Err())
}

// runIDs are the run ids of keys, as one argument.
func runIDs(keys []orchestration.RunKey) [][16]byte {
	ids := make([][16]byte, len(keys))
	for i := range keys {
		ids[i] = keys[i].RunID
	}
	return ids
}

// utc is a stored time; null is the zero time.
func utc(t pgtype.Timestamptz) time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return t.Time.UTC()
}

// The ends of time, as cursors of scans that begin at an end.
var (
	beforeAll = pgtype.Timestamptz{InfinityModifier: pgtype.NegativeInfinity, Valid: true}
	afterAll  = pgtype.Timestamptz{InfinityModifier: pgtype.Infinity, Valid: true}
)
