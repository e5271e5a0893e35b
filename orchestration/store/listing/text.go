package listing

import (
	"strings"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

// text grows a statement with numbered placeholders.
type text struct {
	dialect store.Dialect
	text    strings.Builder
	args    []any
}

// begin makes a text whose first arguments are the filter's: their placeholders are in the filter's text already.
func begin(d store.Dialect, q store.ListQuery) *text {
	return &text{dialect: d, args: append([]any(nil), q.Where.Args...)}
}

func (s *text) done() (string, []any) { return s.text.String(), s.args }

func (s *text) write(parts ...string) {
	for _, p := range parts {
		s.text.WriteString(p)
	}
}

// arg writes a placeholder.
func (s *text) arg(v any) {
	s.args = append(s.args, v)
	s.write(s.dialect.Placeholder(len(s.args)))
}

// id writes a placeholder for an id as the dialect's drivers take it.
func (s *text) id(id [16]byte) {
	if s.dialect == store.Postgres {
		s.arg(id)
	} else {
		s.arg(id[:])
	}
}

// key writes a placeholder for a value of a column: a time as the dialect stores it, all others as they are.
func (s *text) key(v any) {
	if t, ok := v.(time.Time); ok && s.dialect == store.SQLite {
		v = t.UnixMicro()
	}
	s.arg(v)
}

// filter keeps to the namespace. The user's part stands in parentheses: no OR in it reaches past that.
func (s *text) filter(q store.ListQuery) {
	s.write("namespace = ")
	s.id(q.Namespace)
	if q.Where.SQL != "" {
		s.write(" AND (", q.Where.SQL, ")")
	}
}

func (s *text) inRange(q store.ListQuery, t store.TermRange) {
	s.write("ns = ")
	s.id(q.Namespace)
	if t.Point() {
		s.write(" AND term = ")
		s.arg(t.From)
		return
	}
	s.write(" AND term >= ")
	s.arg(t.From)
	s.write(" AND term < ")
	s.arg(t.To)
}

// gathered reads the runs that have terms in the ranges, each once.
func (s *text) gathered(q store.ListQuery, ranges []store.TermRange) {
	s.terms(q, ranges, "SELECT DISTINCT started, run", " UNION ")
}

// terms reads columns of the terms in the ranges: a query for each range, because planners go through an index for each of those, but seldom for an OR.
func (s *text) terms(q store.ListQuery, ranges []store.TermRange, columns, union string) {
	for i, r := range ranges {
		if i > 0 {
			s.write(union)
		}
		s.write(columns, " FROM visibility_term WHERE ")
		s.inRange(q, r)
	}
}

// after writes that a row comes after the cursor.
func (s *text) after(q store.ListQuery, columns []string) {
	if q.AfterStart.IsZero() {
		return
	}
	s.write(" AND (", strings.Join(columns, ", "), ")", map[bool]string{true: " > (", false: " < ("}[q.Order.Ascending])
	if len(columns) == 3 {
		s.key(q.AfterKey)
		s.write(", ")
	}
	s.key(q.AfterStart)
	s.write(", ")
	s.id(q.AfterRun)
	s.write(")")
}

func (s *text) orderBy(q store.ListQuery, columns []string) {
	direction := " DESC"
	if q.Order.Ascending {
		direction = " ASC"
	}
	s.write(" ORDER BY ", strings.Join(columns, direction+", "), direction)
}
