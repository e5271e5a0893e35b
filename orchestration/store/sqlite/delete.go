package sqlite

import (
	"context"
	"database/sql"
	"math"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// deleteRun removes a run, and its history if that is small.
func (s *session) deleteRun(ns []byte, w *store.Write, d *store.RunDelete) error {
	id := d.RunID[:]
	n, err := s.exec(deleteRun, id, ns, int64(d.Expect))
	if err := exactlyOne(n, err, "deletion of run %s at version %d", d.RunID, d.Expect); err != nil {
		return err
	}
	if _, err := s.exec(deleteVisibility, ns, d.StartTime.UnixMicro(), id); err != nil {
		return err
	}
	if _, err := s.exec(deleteCurrent, ns, w.Workflow.WorkflowID, id); err != nil {
		return err
	}
	rest := []statement{deleteTerms, deleteHistory, deleteItems}
	if d.Expect > store.DeleteAtOnce {
		rest = []statement{deleteTerms, insertDebris}
	}
	for _, statement := range rest {
		if _, err := s.exec(statement, id); err != nil {
			return err
		}
	}
	return nil
}

// Sweep implements store.Store.
func (w *writer) Sweep(ctx context.Context, limit int) (more bool, err error) {
	err = w.transact(ctx, func(s *session) error {
		run, ok, err := s.queryBlob(firstDebris)
		if err != nil || !ok {
			return err
		}
		more = true
		left := int64(limit)
		for _, sweep := range []statement{sweepHistory, sweepItems} {
			n, err := s.exec(sweep, run, left)
			if err != nil {
				return err
			}
			left -= n
		}
		if left > 0 {
			_, err = s.exec(deleteDebris, run)
		}
		return err
	})
	return more && err == nil, err
}

const loadClosed = `SELECT close_time, run_id, workflow_id FROM visibility
	WHERE namespace = ? AND close_time IS NOT NULL AND close_time <= ? AND (close_time, run_id) > (?, ?) ORDER BY close_time, run_id LIMIT ?`

// Closed implements store.Reader.
func (r *reader) Closed(ctx context.Context, scan store.ClosedScan) ([]store.ClosedRun, error) {
	after := int64(math.MinInt64)
	if !scan.AfterClose.IsZero() {
		after = scan.AfterClose.UnixMicro()
	}
	var out []store.ClosedRun
	args := []any{scan.Namespace[:], scan.Until.UnixMicro(), after, scan.AfterRun[:], max(0, scan.Limit)}
	err := r.query(ctx, loadClosed, args, func(rows *sql.Rows) (bool, error) {
		c := store.ClosedRun{Key: orchestration.RunKey{WorkflowKey: orchestration.WorkflowKey{Namespace: scan.Namespace}}}
		var closed int64
		err := rows.Scan(&closed, (*id)(&c.Key.RunID), &c.Key.WorkflowID)
		c.CloseTime = time.UnixMicro(closed).UTC()
		out = append(out, c)
		return true, err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
