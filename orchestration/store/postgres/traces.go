package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

var _ store.Traces = (*Store)(nil)

const (
	loadOwed = `SELECT closed, run_id, namespace, workflow_id, shard, trace, span FROM trace_owed
		WHERE (closed, run_id) > ($1, $2) AND get_bit($4::bytea, shard) > 0 ORDER BY closed, run_id LIMIT $3`
	dropOwed = `DELETE FROM trace_owed AS o USING unnest($1::timestamptz[], $2::uuid[]) AS n (closed, run_id) WHERE o.closed = n.closed AND o.run_id = n.run_id`
)

// OwedTraces implements store.Traces.
func (r *reader) OwedTraces(ctx context.Context, scan store.OwedScan) ([]store.OwedTrace, error) {
	after := beforeAll
	if !scan.AfterClosed.IsZero() {
		after = pgtype.Timestamptz{Time: scan.AfterClosed, Valid: true}
	}
	var out []store.OwedTrace
	err := r.query(ctx, loadOwed, []any{after, [16]byte(scan.AfterRun), max(0, scan.Limit), bitmap(scan.Shards)}, func(rows pgx.Rows) error {
		var o store.OwedTrace
		var span []byte
		err := rows.Scan(&o.Closed, (*[16]byte)(&o.Key.RunID), (*[16]byte)(&o.Key.Namespace), &o.Key.WorkflowID, &o.Shard, &o.Trace, &span)
		o.Closed = o.Closed.UTC()
		copy(o.Span[:], span)
		out = append(out, o)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// DropTraces implements store.Traces.
func (s *Store) DropTraces(ctx context.Context, runs []store.OwedTrace) error {
	closed, ids := make([]pgtype.Timestamptz, len(runs)), make([][16]byte, len(runs))
	for i := range runs {
		closed[i], ids[i] = pgtype.Timestamptz{Time: microseconds(runs[i].Closed), Valid: true}, runs[i].Key.RunID
	}
	_, err := s.pool.Exec(ctx, dropOwed, closed, ids)
	return readError(ctx, err)
}

// owe notes a run that closes. Its writer says so once.
func (b *batch) owe(w *store.Write, r *store.RunWrite) {
	if o := r.Owed; o != nil {
		b.add(insertOwed).time(o.Closed).uuid(r.RunID).uuid(w.Workflow.Namespace).text(w.Workflow.WorkflowID).int16(int16(w.Shard)).uuid(o.Trace).bytes(o.Span[:])
	}
}
