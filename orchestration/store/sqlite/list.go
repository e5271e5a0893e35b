package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/listing"
)

const visibilityColumns = `namespace, start_time, run_id, status, execution_time, close_time, history_length, history_bytes,
	task_queue, parent_workflow_id, parent_run_id, root_workflow_id, root_run_id, memo, search, transitions, workflow_id, workflow_type`

// List implements store.Reader.
func (r *reader) List(ctx context.Context, q store.ListQuery) (out []store.Visibility, err error) {
	lead, err := listing.Decide(store.SQLite, q, r.counter(ctx))
	if err != nil {
		return nil, err
	}
	text, args := listing.Page(store.SQLite, q, lead, visibilityColumns)
	err = r.once(ctx, text, args, func(rows *sql.Rows) error {
		v, err := scanVisibility(rows)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Count implements store.Reader.
func (r *reader) Count(ctx context.Context, q store.ListQuery) (n int64, err error) {
	lead, err := listing.DecideAll(store.SQLite, q, r.counter(ctx))
	if err != nil {
		return 0, err
	}
	text, args := listing.Count(store.SQLite, q, lead)
	err = r.once(ctx, text, args, func(rows *sql.Rows) error { return rows.Scan(&n) })
	return n, err
}

// CountGroups implements store.Reader.
func (r *reader) CountGroups(ctx context.Context, q store.ListQuery, by store.GroupKey) (out []store.Group, err error) {
	lead, err := listing.DecideAll(store.SQLite, q, r.counter(ctx))
	if err != nil {
		return nil, err
	}
	text, args := listing.Groups(store.SQLite, q, lead, by)
	err = r.once(ctx, text, args, func(rows *sql.Rows) error {
		var g store.Group
		var value any = &g.Text
		if by == store.GroupByStatus {
			value = &g.Status
		}
		err := rows.Scan(value, &g.Count)
		out = append(out, g)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// counter counts for listing.
func (r *reader) counter(ctx context.Context) listing.Counter {
	return func(text string, args []any) (n int, err error) {
		err = r.once(ctx, text, args, func(rows *sql.Rows) error { return rows.Scan(&n) })
		return n, err
	}
}

// once runs a statement that is not kept, for filters are many, and hands every row to scan.
func (r *reader) once(ctx context.Context, text string, args []any, scan func(*sql.Rows) error) error {
	rows, err := r.db.QueryContext(ctx, text, args...)
	if err != nil {
		return mapped(err)
	}
	return mapped(each(rows, func(rows *sql.Rows) (bool, error) { return true, scan(rows) }))
}

func scanVisibility(rows *sql.Rows) (store.Visibility, error) {
	var v store.Visibility
	var start, execution int64
	var closed, transitions sql.NullInt64
	err := rows.Scan((*id)(&v.Namespace), &start, (*id)(&v.RunID), &v.Status, &execution, &closed, &v.HistoryLength, &v.HistoryBytes,
		&v.TaskQueue, &v.ParentID, (*id)(&v.Parent), &v.RootID, (*id)(&v.Root), &v.Memo, &v.Search, &transitions, &v.WorkflowID, &v.Type)
	v.StartTime = time.UnixMicro(start).UTC()
	v.ExecutionTime = time.UnixMicro(execution).UTC()
	v.CloseTime = fromMicro(closed)
	v.Transitions = transitions.Int64
	return v, err
}
