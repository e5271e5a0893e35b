package visibility

import (
	"strings"
	"unicode/utf8"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

// sqlText grows an expression and its arguments.
type sqlText struct {
	dialect store.Dialect
	text    strings.Builder
	args    []any
}

func (s *sqlText) write(parts ...string) {
	for _, p := range parts {
		s.text.WriteString(p)
	}
}

// arg writes a placeholder.
func (s *sqlText) arg(v any) {
	s.args = append(s.args, v)
	s.write(s.dialect.Placeholder(len(s.args)))
}

// value writes a placeholder for a value as the column stores it.
func (s *sqlText) value(a attribute, v value) {
	switch a.kind {
	case keyword:
		s.arg(v.text)
	case runID:
		if s.dialect == store.Postgres {
			s.arg(v.run.String())
		} else {
			s.arg(v.run[:])
		}
	case moment:
		if s.dialect == store.Postgres {
			s.arg(v.moment)
		} else {
			s.arg(v.moment.UnixMicro())
		}
	default:
		s.arg(v.number)
	}
}

// column writes a system attribute. Texts are ordered byte by byte: in PostgreSQL their columns are of that collation.
func (s *sqlText) column(a attribute) {
	if s.dialect == store.Postgres && a.postgres != "" {
		s.write(a.postgres)
	} else {
		s.write(a.column)
	}
}

// present writes whether a system attribute has a value.
func (s *sqlText) present(a attribute, is string) {
	s.write("(")
	if a.presence != "" {
		s.write(a.presence)
	} else {
		s.column(a)
	}
	s.write(is, ")")
}

// guard begins a condition with what keeps it from holding where the attribute has no value, if that is not what null does by itself.
func (s *sqlText) guard(a attribute) {
	if a.presence != "" {
		s.write(a.presence, " IS NOT NULL AND ")
	}
}

func (s *sqlText) joined(parts []node, by string) {
	s.write("(")
	for i, p := range parts {
		if i > 0 {
			s.write(by)
		}
		p.render(s)
	}
	s.write(")")
}

func (n all) render(s *sqlText)    { s.joined(n.parts, " AND ") }
func (n either) render(s *sqlText) { s.joined(n.parts, " OR ") }

func (n not) render(s *sqlText) {
	s.write("(")
	s.guard(n.part.of())
	s.write("NOT ")
	n.part.render(s)
	s.write(")")
}

func (n compare) render(s *sqlText) {
	switch {
	case n.operator == startsWith:
		s.startsWith(n.attribute, n.value.text)
	case n.operator == equal:
		oneOf{n.attribute, []value{n.value}}.render(s)
	case n.operator == notEqual:
		not{oneOf{n.attribute, []value{n.value}}}.render(s)
	default:
		s.write("(")
		s.guard(n.attribute)
		s.column(n.attribute)
		s.write(operatorSQL[n.operator])
		s.value(n.attribute, n.value)
		s.write(")")
	}
}

func (n between) render(s *sqlText) {
	s.write("(")
	s.guard(n.attribute)
	s.column(n.attribute)
	s.write(" BETWEEN ")
	s.value(n.attribute, n.low)
	s.write(" AND ")
	s.value(n.attribute, n.high)
	s.write(")")
}

func (n unset) render(s *sqlText) {
	if !n.attribute.termed() {
		s.present(n.attribute, " IS NULL")
		return
	}
	s.write("(NOT ")
	set(n).render(s)
	s.write(")")
}

func (n set) render(s *sqlText) {
	if !n.attribute.termed() {
		s.present(n.attribute, " IS NOT NULL")
		return
	}
	s.some([]store.TermRange{whole(n.attribute.prefix())})
}

func (n has) render(s *sqlText) { s.some(n.ranges) }

func (n lacks) render(s *sqlText) {
	s.write("(")
	set{n.attribute}.render(s)
	s.write(" AND NOT ")
	s.some(n.ranges)
	s.write(")")
}

// some writes that the run has a term in one of the ranges. It joins by the run alone: told that two columns must match, planners take the odds of both.
func (s *sqlText) some(ranges []store.TermRange) {
	if len(ranges) == 0 {
		s.write("(FALSE)")
		return
	}
	s.write("EXISTS (SELECT 1 FROM visibility_term WHERE run = run_id AND (")
	var points [][]byte
	parts := 0
	or := func() {
		if parts++; parts > 1 {
			s.write(" OR ")
		}
	}
	for _, r := range ranges {
		if r.Point() {
			points = append(points, r.From)
			continue
		}
		or()
		s.write("term >= ")
		s.arg(r.From)
		s.write(" AND term < ")
		s.arg(r.To)
	}
	if len(points) > 0 {
		or()
		s.points(points)
	}
	s.write("))")
}

func (s *sqlText) points(terms [][]byte) {
	if len(terms) == 1 {
		s.write("term = ")
		s.arg(terms[0])
		return
	}
	s.write("term IN (")
	for i, t := range terms {
		if i > 0 {
			s.write(", ")
		}
		s.arg(t)
	}
	s.write(")")
}

func (n oneOf) render(s *sqlText) {
	values := n.values
	if n.attribute.kind == runID {
		values = existing(values)
	}
	if len(values) == 0 {
		s.never(n.attribute)
		return
	}
	s.write("(")
	s.guard(n.attribute)
	s.column(n.attribute)
	if len(values) == 1 {
		s.write(" = ")
		s.value(n.attribute, values[0])
	} else {
		s.write(" IN (")
		for i, v := range values {
			if i > 0 {
				s.write(", ")
			}
			s.value(n.attribute, v)
		}
		s.write(")")
	}
	switch {
	case n.attribute.kind == status:
		s.write(impliedBy(values))
	case n.attribute.column == "run_id":
		s.workflowsOf(values)
	}
	s.write(")")
}

// workflowsOf repeats which runs are meant by their workflows, which have an index.
func (s *sqlText) workflowsOf(runs []value) {
	s.write(" AND workflow_id IN (SELECT r.workflow_id FROM run AS r WHERE r.run_id IN (")
	for i, v := range runs {
		if i > 0 {
			s.write(", ")
		}
		s.value(attribute{kind: runID}, v)
	}
	s.write("))")
}

// never writes what no value of the attribute meets; where it has none, that is unknown.
func (s *sqlText) never(a attribute) {
	if a.column == "run_id" {
		s.write("(FALSE)")
		return
	}
	s.write("(", a.column, " <> ", a.column, ")")
}

// existing drops texts that are the id of no run.
func existing(values []value) []value {
	var out []value
	for _, v := range values {
		if !v.run.IsZero() {
			out = append(out, v)
		}
	}
	return out
}

// impliedBy repeats what the statuses imply in the words of the partial indexes, because a planner does not look into arguments: a
// running run has no close time, and unsuccessful ones come after Completed.
func impliedBy(statuses []value) string {
	running, unsuccessful := true, true
	for _, v := range statuses {
		running = running && v.number == int64(enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)
		unsuccessful = unsuccessful && v.number > int64(enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED)
	}
	switch {
	case running:
		return " AND close_time IS NULL"
	case unsuccessful:
		return " AND status > 2"
	}
	return ""
}

// startsWith selects a range, which an index can serve: from the prefix to the first text after all that begin with it.
func (s *sqlText) startsWith(a attribute, prefix string) {
	s.write("(")
	s.guard(a)
	s.column(a)
	s.write(" >= ")
	s.arg(prefix)
	if end := after(prefix); end != "" {
		s.write(" AND ")
		s.column(a)
		s.write(" < ")
		s.arg(end)
	}
	s.write(")")
}

// after is the least text, in byte order, that is greater than every text with the prefix; "" when there is none. It counts in runes,
// whose order is that of their bytes, so that it stays valid UTF-8.
func after(prefix string) string {
	runes := []rune(prefix)
	for i := len(runes) - 1; i >= 0; i-- {
		switch r := runes[i]; r {
		case utf8.MaxRune:
			continue
		case 0xD7FF: // surrogates, which are no text, come next
			runes[i] = 0xE000
		default:
			runes[i] = r + 1
		}
		return string(runes[:i+1])
	}
	return ""
}
