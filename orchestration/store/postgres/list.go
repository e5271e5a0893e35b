package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

const listOrder = " ORDER BY start_time DESC, run_id DESC LIMIT $4"

// List implements store.Reader.
func (r *reader) List(ctx context.Context, q store.ListQuery) ([]store.Visibility, error) {
	limit := max(0, q.Limit)
	var out []store.Visibility
	err := r.query(ctx, "SELECT "+visibilityColumns+listed(q)+listOrder, listArgs(q, &limit), func(rows pgx.Rows) error {
		v, err := scanVisibility(rows)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Count implements store.Reader. It has the arguments of List, none of which limits it.
func (r *reader) Count(ctx context.Context, q store.ListQuery) (n int64, err error) {
	q.AfterStart = time.Time{}
	err = r.query(ctx, "SELECT count(*) FROM (SELECT"+listed(q)+" LIMIT $4) AS listed", listArgs(q, nil), func(rows pgx.Rows) error {
		return rows.Scan(&n)
	})
	return n, err
}

// listed is the part that List and Count share. The filter stands in parentheses: no OR in it reaches past the namespace. Its placeholders
// begin after these four (store.FirstArg), and PostgreSQL wants each of them used.
func listed(q store.ListQuery) string {
	var b strings.Builder
	b.WriteString(" FROM visibility WHERE namespace = $1 AND (start_time, run_id) < ($2, $3)")
	if q.Where.SQL != "" {
		b.WriteString(" AND (" + q.Where.SQL + ")")
	}
	return b.String()
}

// listArgs begins with how to run the statement: filters are many and plans depend on their values, so each is planned when it is run.
func listArgs(q store.ListQuery, limit *int) []any {
	after := afterAll
	if !q.AfterStart.IsZero() {
		after = pgtype.Timestamptz{Time: q.AfterStart, Valid: true}
	}
	args := []any{pgx.QueryExecModeCacheDescribe, [16]byte(q.Namespace), after, [16]byte(q.AfterRun), limit}
	return append(args, q.Where.Args...)
}

func scanVisibility(rows pgx.Rows) (store.Visibility, error) {
	var v store.Visibility
	var closed pgtype.Timestamptz
	var parent, root pgtype.UUID
	err := rows.Scan((*[16]byte)(&v.Namespace), &v.StartTime, (*[16]byte)(&v.RunID), &v.Status, &v.ExecutionTime, &closed, &v.HistoryLength, &v.HistoryBytes,
		&v.TaskQueue, &v.ParentID, &parent, &v.RootID, &root, &v.Memo, &v.Search, &v.WorkflowID, &v.Type)
	v.StartTime, v.ExecutionTime, v.CloseTime = v.StartTime.UTC(), v.ExecutionTime.UTC(), utc(closed)
	v.Parent, v.Root = parent.Bytes, root.Bytes
	return v, err
}
