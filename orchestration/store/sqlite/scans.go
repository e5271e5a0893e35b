package sqlite

import (
	"context"
	"database/sql"
	"math"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Rows of the shards asked for: their bytes in the argument are 1. Without the argument, all.
const ofShards = ` AND ifnull(substr(?, shard + 1, 1) = x'01', true)`

const loadWakes = `SELECT wake_at, run_id, namespace, workflow_id, shard FROM run
	WHERE wake_at <= ? AND (wake_at, run_id) > (?, ?)` + ofShards + ` ORDER BY wake_at, run_id LIMIT ?`

// Wakes implements store.Store.
func (r *reader) Wakes(ctx context.Context, scan store.WakeScan) ([]store.Wake, error) {
	after := int64(math.MinInt64)
	if !scan.AfterAt.IsZero() {
		after = scan.AfterAt.UnixMilli()
	}
	var wakes []store.Wake
	args := []any{scan.Until.UnixMilli(), after, scan.AfterRun[:], shardSet(scan.Shards), max(0, scan.Limit)}
	err := r.query(ctx, loadWakes, args, func(rows *sql.Rows) (bool, error) {
		var w store.Wake
		var at sql.NullInt64
		err := rows.Scan(&at, (*id)(&w.Key.RunID), (*id)(&w.Key.Namespace), &w.Key.WorkflowID, &w.Shard)
		w.At = fromMilli(at)
		wakes = append(wakes, w)
		return true, err
	})
	if err != nil {
		return nil, err
	}
	return wakes, nil
}

const loadBacklog = `SELECT priority, pass, seq, shard, workflow_id, run_id, scheduled_id, attempt, ready_at FROM backlog
	WHERE namespace = ? AND queue = ? AND kind = ? AND (priority, pass, seq, shard) > (?, ?, ?, ?)` + ofShards + `
	ORDER BY priority, pass, seq, shard LIMIT ?`

// Backlog implements store.Store.
func (r *reader) Backlog(ctx context.Context, scan store.BacklogScan) ([]store.BacklogRow, error) {
	args := []any{scan.Namespace[:], scan.Queue, int64(scan.Kind), int64(math.MinInt64), int64(0), int64(0), int64(0), shardSet(scan.Shards), max(0, scan.Limit)}
	if a := scan.After; a != nil {
		args[3], args[4], args[5], args[6] = int64(a.Priority), a.Pass, a.Seq, int64(a.Shard)
	}
	var out []store.BacklogRow
	err := r.query(ctx, loadBacklog, args, func(rows *sql.Rows) (bool, error) {
		b := store.BacklogRow{BacklogKey: scan.BacklogKey}
		var readyAt int64
		err := rows.Scan(&b.Priority, &b.Pass, &b.Seq, &b.Shard, &b.Run.WorkflowID, (*id)(&b.Run.RunID), &b.ScheduledEventID, &b.Attempt, &readyAt)
		b.Run.Namespace = scan.Namespace
		b.At = time.UnixMicro(readyAt).UTC()
		out = append(out, b)
		return true, err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

const loadBacklogCounts = `SELECT namespace, queue, kind, priority, count(*), max(seq) FROM backlog WHERE true` + ofShards + ` GROUP BY namespace, queue, kind, priority`

// BacklogQueues implements store.Store.
func (r *reader) BacklogQueues(ctx context.Context, shards []orchestration.ShardID) ([]store.BacklogCount, error) {
	var out []store.BacklogCount
	err := r.query(ctx, loadBacklogCounts, []any{shardSet(shards)}, func(rows *sql.Rows) (bool, error) {
		var c store.BacklogCount
		err := rows.Scan((*id)(&c.Namespace), &c.Queue, &c.Kind, &c.Priority, &c.Count, &c.MaxSeq)
		out = append(out, c)
		return true, err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// The batch that holds From is the last one that does not begin after it. A run of another namespace has no history here.
const (
	loadHistory = `SELECT first, last, events FROM history
		WHERE run_id = ?1 AND first <= ?3 AND last >= ?2
		AND first >= (SELECT coalesce(max(first), 0) FROM history WHERE run_id = ?1 AND first <= ?2)
		AND EXISTS (SELECT 1 FROM run WHERE run_id = ?1 AND namespace = ?4 AND workflow_id = ?5)
		ORDER BY first`
	loadHistoryReverse = loadHistory + ` DESC`
)

// History implements store.Reader.
func (r *reader) History(ctx context.Context, h store.HistoryRange) ([]store.Batch, error) {
	text := loadHistory
	if h.Reverse {
		text = loadHistoryReverse
	}
	to := h.To
	if to == 0 {
		to = math.MaxInt64
	}
	var batches []store.Batch
	size := 0
	args := []any{h.Run.RunID[:], h.From, to, h.Run.Namespace[:], h.Run.WorkflowID}
	err := r.query(ctx, text, args, func(rows *sql.Rows) (bool, error) {
		var b store.Batch
		if err := rows.Scan(&b.First, &b.Last, &b.Events); err != nil {
			return false, err
		}
		size += len(b.Events)
		if h.MaxBytes > 0 && size > h.MaxBytes && len(batches) > 0 {
			return false, nil
		}
		batches = append(batches, b)
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	return batches, nil
}
