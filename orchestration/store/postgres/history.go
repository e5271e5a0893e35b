package postgres

import (
	"context"
	"math"

	"github.com/jackc/pgx/v5"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// historyRound is how many batches one statement looks at. Results cannot be abandoned half-way without reading them, so the statement
// itself has to stop at the limit in bytes; it does by adding up lengths, which it knows without reading large values.
const historyRound = 1000

// The batch that holds From is the last one that does not begin after it. A run of another namespace has no history here.
// $6: bytes that may still be read; $7: read one batch even if it is larger.
const (
	historyOf = `SELECT first, last, events FROM (
		SELECT first, last, events, sum(octet_length(events)) OVER w AS total, row_number() OVER w AS place FROM (
			SELECT first, last, events FROM history
			WHERE run_id = $1 AND first <= $3 AND last >= $2
			AND first >= (SELECT coalesce(max(first), 0) FROM history WHERE run_id = $1 AND first <= $2)
			AND EXISTS (SELECT FROM run WHERE run_id = $1 AND namespace = $4 AND workflow_id = $5)`
	loadHistory = historyOf + ` ORDER BY first LIMIT $8) AS near WINDOW w AS (ORDER BY first)) AS added
		WHERE total <= $6 OR (place = 1 AND $7) ORDER BY first`
	loadHistoryReverse = historyOf + ` ORDER BY first DESC LIMIT $8) AS near WINDOW w AS (ORDER BY first DESC)) AS added
		WHERE total <= $6 OR (place = 1 AND $7) ORDER BY first DESC`
)

// History implements store.Reader.
func (r *reader) History(ctx context.Context, h store.HistoryRange) ([]store.Batch, error) {
	text := loadHistory
	if h.Reverse {
		text = loadHistoryReverse
	}
	from, to, left := h.From, h.To, int64(math.MaxInt64)
	if to == 0 {
		to = math.MaxInt64
	}
	if h.MaxBytes > 0 {
		left = int64(h.MaxBytes)
	}
	var batches []store.Batch
	for {
		args := []any{[16]byte(h.Run.RunID), from, to, [16]byte(h.Run.Namespace), h.Run.WorkflowID, left, len(batches) == 0, historyRound}
		before := len(batches)
		err := r.query(ctx, text, args, func(rows pgx.Rows) error {
			var b store.Batch
			err := rows.Scan(&b.First, &b.Last, &b.Events)
			batches = append(batches, b)
			left -= int64(len(b.Events))
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(batches)-before < historyRound {
			return batches, nil
		}
		from, to = rest(h, from, to, batches[len(batches)-1])
	}
}

// rest is the range that is left after the last batch read.
func rest(h store.HistoryRange, from, to orchestration.EventID, last store.Batch) (orchestration.EventID, orchestration.EventID) {
	if h.Reverse {
		return from, last.First - 1
	}
	return last.Last + 1, to
}
