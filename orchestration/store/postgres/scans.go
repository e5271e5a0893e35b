package postgres

import (
	"context"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

const loadWakes = `SELECT w.at, w.run_id, w.shard, r.namespace, r.workflow_id FROM wake AS w JOIN run AS r ON r.run_id = w.run_id
	WHERE w.at <= $1 AND (w.at, w.run_id) > ($2, $3) AND get_bit($5::bytea, w.shard) > 0 ORDER BY w.at, w.run_id LIMIT $4`

// Wakes implements store.Store.
func (r *reader) Wakes(ctx context.Context, scan store.WakeScan) ([]store.Wake, error) {
	after := beforeAll
	if !scan.AfterAt.IsZero() {
		after = pgtype.Timestamptz{Time: scan.AfterAt, Valid: true}
	}
	var wakes []store.Wake
	args := []any{scan.Until, after, [16]byte(scan.AfterRun), max(0, scan.Limit), bitmap(scan.Shards)}
	err := r.query(ctx, loadWakes, args, func(rows pgx.Rows) error {
		var w store.Wake
		var at time.Time
		err := rows.Scan(&at, (*[16]byte)(&w.Key.RunID), &w.Shard, (*[16]byte)(&w.Key.Namespace), &w.Key.WorkflowID)
		w.At = at.UTC()
		wakes = append(wakes, w)
		return err
	})
	if err != nil {
		return nil, err
	}
	return wakes, nil
}

const loadBacklog = `SELECT priority, pass, seq, shard, workflow_id, run_id, scheduled_id, attempt, ready_at FROM backlog
	WHERE namespace = $1 AND queue = $2 AND kind = $3 AND (priority, pass, seq, shard) > ($4, $5, $6, $7) AND get_bit($9::bytea, shard) > 0
	ORDER BY priority, pass, seq, shard LIMIT $8`

// Backlog implements store.Store.
func (r *reader) Backlog(ctx context.Context, scan store.BacklogScan) ([]store.BacklogRow, error) {
	args := []any{[16]byte(scan.Namespace), scan.Queue, int16(scan.Kind), int32(math.MinInt32), int64(math.MinInt64), int64(0), int16(0), max(0, scan.Limit), bitmap(scan.Shards)}
	if a := scan.After; a != nil {
		args[3], args[4], args[5], args[6] = a.Priority, a.Pass, a.Seq, int16(a.Shard)
	}
	var out []store.BacklogRow
	err := r.query(ctx, loadBacklog, args, func(rows pgx.Rows) error {
		b := store.BacklogRow{BacklogKey: scan.BacklogKey}
		err := rows.Scan(&b.Priority, &b.Pass, &b.Seq, &b.Shard, &b.Run.WorkflowID, (*[16]byte)(&b.Run.RunID), &b.ScheduledEventID, &b.Attempt, &b.At)
		b.Run.Namespace = scan.Namespace
		b.At = b.At.UTC()
		out = append(out, b)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

const loadBacklogCounts = `SELECT namespace, queue, kind, priority, count(*), max(seq) FROM backlog WHERE get_bit($1::bytea, shard) > 0 GROUP BY namespace, queue, kind, priority`

// BacklogQueues implements store.Store.
func (r *reader) BacklogQueues(ctx context.Context, shards []orchestration.ShardID) ([]store.BacklogCount, error) {
	var out []store.BacklogCount
	err := r.query(ctx, loadBacklogCounts, []any{bitmap(shards)}, func(rows pgx.Rows) error {
		var c store.BacklogCount
		err := rows.Scan((*[16]byte)(&c.Namespace), &c.Queue, &c.Kind, &c.Priority, &c.Count, &c.MaxSeq)
		out = append(out, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
