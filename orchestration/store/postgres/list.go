package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/tenuto-io/tenuto/orchestration/store"
	"github.com/tenuto-io/tenuto/orchestration/store/listing"
)

// List implements store.Reader.
func (r *reader) List(ctx context.Context, q store.ListQuery) (out []store.Visibility, err error) {
	lead, err := listing.Decide(store.Postgres, q, r.counter(ctx))
	if err != nil {
		return nil, err
	}
	text, args := listing.Page(store.Postgres, q, lead, visibilityColumns)
	err = r.query(ctx, text, planned(args), func(rows pgx.Rows) error {
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
	lead, err := listing.DecideAll(store.Postgres, q, r.counter(ctx))
	if err != nil {
		return 0, err
	}
	text, args := listing.Count(store.Postgres, q, lead)
	err = r.query(ctx, text, planned(args), func(rows pgx.Rows) error { return rows.Scan(&n) })
	return n, err
}

// CountGroups implements store.Reader.
func (r *reader) CountGroups(ctx context.Context, q store.ListQuery, by store.GroupKey) (out []store.Group, err error) {
	lead, err := listing.DecideAll(store.Postgres, q, r.counter(ctx))
	if err != nil {
		return nil, err
	}
	text, args := listing.Groups(store.Postgres, q, lead, by)
	err = r.query(ctx, text, planned(args), func(rows pgx.Rows) error {
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
		err = r.query(ctx, text, planned(args), func(rows pgx.Rows) error { return rows.Scan(&n) })
		return n, err
	}
}

// planned are arguments that begin with how to run the statement: filters are many and plans depend on their values, so each is planned when it is run.
func planned(args []any) []any { return append([]any{pgx.QueryExecModeCacheDescribe}, args...) }

func scanVisibility(rows pgx.Rows) (store.Visibility, error) {
	var v store.Visibility
	var closed pgtype.Timestamptz
	var parent, root pgtype.UUID
	var transitions pgtype.Int8
	err := rows.Scan((*[16]byte)(&v.Namespace), &v.StartTime, (*[16]byte)(&v.RunID), &v.Status, &v.ExecutionTime, &closed, &v.HistoryLength, &v.HistoryBytes,
		&v.TaskQueue, &v.ParentID, &parent, &v.RootID, &root, &v.Memo, &v.Search, &transitions, &v.WorkflowID, &v.Type)
	v.StartTime, v.ExecutionTime, v.CloseTime = v.StartTime.UTC(), v.ExecutionTime.UTC(), utc(closed)
	v.Parent, v.Root, v.Transitions = parent.Bytes, root.Bytes, transitions.Int64
	return v, err
}
