package listing

import (
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Page is the statement that reads the columns of a page's rows.
func Page(d store.Dialect, q store.ListQuery, l Lead, columns string) (string, []any) {
	s := begin(d, q)
	s.write("SELECT ", columns)
	s.from(q, l)
	by := rowOrder(q.Order.By)
	if l.Walks {
		by = l.order()
	} else {
		s.after(q, by)
	}
	s.orderBy(q, by)
	s.write(" LIMIT ")
	s.arg(max(0, q.Limit))
	return s.done()
}

// Count is the statement that counts the rows that a filter selects.
func Count(d store.Dialect, q store.ListQuery, l Lead) (string, []any) {
	s := begin(d, q)
	s.write("SELECT count(*)")
	s.from(q, l)
	return s.done()
}

// groupColumns are what rows can be counted by.
var groupColumns = map[store.GroupKey]string{
	store.GroupByStatus: "status", store.GroupByWorkflowType: "workflow_type", store.GroupByTaskQueue: "task_queue",
}

// Groups is the statement that reads values of a column and how many rows have each, most first.
func Groups(d store.Dialect, q store.ListQuery, l Lead, by store.GroupKey) (string, []any) {
	s := begin(d, q)
	s.write("SELECT ", groupColumns[by], ", count(*)")
	s.from(q, l)
	s.write(" GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ")
	s.arg(max(0, q.Limit))
	return s.done()
}

// from writes the rows that the filter selects, and ends where a condition may follow.
func (s *text) from(q store.ListQuery, l Lead) {
	switch {
	case l.Terms == nil:
		s.write(" FROM visibility WHERE ")
		s.filter(q)
	case s.dialect == store.SQLite:
		s.fromSQLite(q, l)
	default:
		s.fromPostgres(q, l)
	}
}

// fromSQLite relies on CROSS JOIN, which the planner does not turn round.
func (s *text) fromSQLite(q store.ListQuery, l Lead) {
	if l.Walks {
		s.write(" FROM visibility_term CROSS JOIN visibility WHERE ")
		s.inRange(q, l.Terms[0])
		s.after(q, l.order())
		s.write(" AND ")
	} else {
		s.write(" FROM (")
		s.gathered(q, l.Terms)
		s.write(") CROSS JOIN visibility WHERE ")
	}
	s.write("start_time = started AND run_id = run AND ")
	s.filter(q)
}

// fromPostgres relies on LATERAL, and on OFFSET, which keeps the planner from making an ordinary join of it. Walked terms are no query of their own: that
// would be planned for reading all of them.
func (s *text) fromPostgres(q store.ListQuery, l Lead) {
	row := func() {
		s.write(" CROSS JOIN LATERAL (SELECT * FROM visibility WHERE start_time = started AND run_id = run AND ")
		s.filter(q)
		s.write(" OFFSET 0) AS listed WHERE ")
	}
	if l.Walks {
		s.write(" FROM visibility_term")
		row()
		s.inRange(q, l.Terms[0])
		s.after(q, l.order())
		return
	}
	s.write(" FROM (")
	s.gathered(q, l.Terms)
	s.write(") AS led")
	row()
	s.write("TRUE")
}

// rowOrder are the columns by which rows are sorted.
func rowOrder(by store.SortKey) []string {
	switch by {
	case store.ByCloseTime:
		return []string{"close_time", "start_time", "run_id"}
	case store.ByWorkflowID:
		return []string{"workflow_id", "start_time", "run_id"}
	case store.ByWorkflowType:
		return []string{"workflow_type", "start_time", "run_id"}
	}
	return []string{"start_time", "run_id"}
}
