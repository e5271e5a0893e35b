package sqlite

import (
	"context"
	"database/sql"
	"math"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

var _ store.Traces = (*Store)(nil)

const loadOwed = `SELECT closed, run_id, namespace, workflow_id, shard, trace, span FROM trace_owed
	WHERE (closed, run_id) > (?, ?)` + ofShards + ` ORDER BY closed, run_id LIMIT ?`

// OwedTraces implements store.Traces.
func (r *reader) OwedTraces(ctx context.Context, scan store.OwedScan) ([]store.OwedTrace, error) {
	after := int64(math.MinInt64)
	if !scan.AfterClosed.IsZero() {
		after = scan.AfterClosed.UnixMicro()
	}
	var out []store.OwedTrace
	err := r.query(ctx, loadOwed, []any{after, scan.AfterRun[:], shardSet(scan.Shards), max(0, scan.Limit)}, func(rows *sql.Rows) (bool, error) {
		var o store.OwedTrace
		var closed int64
		var span []byte
		err := rows.Scan(&closed, (*id)(&o.Key.RunID), (*id)(&o.Key.Namespace), &o.Key.WorkflowID, &o.Shard, (*id)(&o.Trace), &span)
		o.Closed = time.UnixMicro(closed).UTC()
		copy(o.Span[:], span)
		out = append(out, o)
		return true, err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// DropTraces implements store.Traces.
func (w *writer) DropTraces(ctx context.Context, runs []store.OwedTrace) error {
	return w.transact(ctx, func(s *session) error {
		for i := range runs {
			if _, err := s.exec(deleteOwed, runs[i].Closed.UnixMicro(), runs[i].Key.RunID[:]); err != nil {
				return err
			}
		}
		return nil
	})
}

// owe notes a run that closes. Its writer says so once.
func (s *session) owe(w *store.Write, r *store.RunWrite) error {
	if r.Owed == nil {
		return nil
	}
	o := r.Owed
	_, err := s.exec(insertOwed, o.Closed.UnixMicro(), r.RunID[:], w.Workflow.Namespace[:], w.Workflow.WorkflowID, int64(w.Shard), o.Trace[:], o.Span[:])
	return err
}
