package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// A deleted run that somebody else sweeps is passed over.
const (
	firstDebris  = `SELECT run_id FROM debris ORDER BY run_id LIMIT 1 FOR UPDATE SKIP LOCKED`
	sweepHistory = `DELETE FROM history WHERE run_id = $1 AND first IN (SELECT first FROM history WHERE run_id = $1 ORDER BY first LIMIT $2)`
	sweepItems   = `DELETE FROM item WHERE run_id = $1 AND (kind, id) IN (SELECT kind, id FROM item WHERE run_id = $1 ORDER BY kind, id LIMIT $2)`
	deleteDebris = `DELETE FROM debris WHERE run_id = $1`
)

// Sweep implements store.Store.
func (s *Store) Sweep(ctx context.Context, limit int) (more bool, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, transactionLimits); err != nil {
			return err
		}
		var run [16]byte
		if err := tx.QueryRow(ctx, firstDebris).Scan(&run); errors.Is(err, pgx.ErrNoRows) {
			return nil
		} else if err != nil {
			return err
		}
		more = true
		left := int64(limit)
		for _, sweep := range []string{sweepHistory, sweepItems} {
			tag, err := tx.Exec(ctx, sweep, run, left)
			if err != nil {
				return err
			}
			left -= tag.RowsAffected()
		}
		if left > 0 {
			_, err = tx.Exec(ctx, deleteDebris, run)
		}
		return err
	})
	return more && err == nil, readError(ctx, err)
}

const loadClosed = `SELECT close_time, run_id, workflow_id FROM visibility
	WHERE namespace = $1 AND close_time IS NOT NULL AND close_time <= $2 AND (close_time, run_id) > ($3, $4) ORDER BY close_time, run_id LIMIT $5`

// Closed implements store.Reader. The cursor keeps the scan away from the entries of what was deleted a moment ago, until vacuum removes them.
func (r *reader) Closed(ctx context.Context, scan store.ClosedScan) ([]store.ClosedRun, error) {
	after := beforeAll
	if !scan.AfterClose.IsZero() {
		after = pgtype.Timestamptz{Time: scan.AfterClose, Valid: true}
	}
	var out []store.ClosedRun
	args := []any{[16]byte(scan.Namespace), scan.Until, after, [16]byte(scan.AfterRun), max(0, scan.Limit)}
	err := r.query(ctx, loadClosed, args, func(rows pgx.Rows) error {
		c := store.ClosedRun{Key: orchestration.RunKey{WorkflowKey: orchestration.WorkflowKey{Namespace: scan.Namespace}}}
		err := rows.Scan(&c.CloseTime, (*[16]byte)(&c.Key.RunID), &c.Key.WorkflowID)
		c.CloseTime = c.CloseTime.UTC()
		out = append(out, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
