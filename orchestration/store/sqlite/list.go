package sqlite

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

const visibilityColumns = `namespace, start_time, run_id, status, execution_time, close_time, history_length, history_bytes,
	task_queue, parent_workflow_id, parent_run_id, root_workflow_id, root_run_id, memo, search, workflow_id, workflow_type`

// List implements store.Reader.
func (r *reader) List(ctx context.Context, q store.ListQuery) ([]store.Visibility, error) {
	text, args := listStatement(q)
	rows, err := r.db.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, mapped(err)
	}
	var out []store.Visibility
	err = each(rows, func(rows *sql.Rows) (bool, error) {
		v, err := scanVisibility(rows)
		out = append(out, v)
		return true, err
	})
	if err != nil {
		return nil, mapped(err)
	}
	return out, nil
}

func listStatement(q store.ListQuery) (text string, args []any) {
	var b strings.Builder
	b.WriteString("SELECT " + visibilityColumns)
	args = from(&b, q)
	if !q.AfterStart.IsZero() {
		b.WriteString(" AND (start_time, run_id) < (?, ?)")
		args = append(args, q.AfterStart.UnixMicro(), q.AfterRun[:])
	}
	b.WriteString(" ORDER BY start_time DESC, run_id DESC LIMIT ?")
	return b.String(), append(args, max(0, q.Limit))
}

// Count implements store.Reader.
func (r *reader) Count(ctx context.Context, q store.ListQuery) (int64, error) {
	var b strings.Builder
	b.WriteString("SELECT count(*)")
	args := from(&b, q)
	var n int64
	err := r.db.QueryRowContext(ctx, b.String(), args...).Scan(&n)
	return n, mapped(err)
}

// from writes the part that List and Count share. The filter stands in parentheses: no OR in it reaches past the namespace.
func from(b *strings.Builder, q store.ListQuery) []any {
	b.WriteString(" FROM visibility WHERE namespace = ?")
	args := make([]any, 0, len(q.Where.Args)+4)
	args = append(args, q.Namespace[:])
	if q.Where.SQL != "" {
		b.WriteString(" AND (" + q.Where.SQL + ")")
		args = append(args, q.Where.Args...)
	}
	return args
}

func scanVisibility(rows *sql.Rows) (store.Visibility, error) {
	var v store.Visibility
	var start, execution int64
	var closed sql.NullInt64
	err := rows.Scan((*id)(&v.Namespace), &start, (*id)(&v.RunID), &v.Status, &execution, &closed, &v.HistoryLength, &v.HistoryBytes,
		&v.TaskQueue, &v.ParentID, (*id)(&v.Parent), &v.RootID, (*id)(&v.Root), &v.Memo, &v.Search, &v.WorkflowID, &v.Type)
	v.StartTime = time.UnixMicro(start).UTC()
	v.ExecutionTime = time.UnixMicro(execution).UTC()
	v.CloseTime = fromMicro(closed)
	return v, err
}
