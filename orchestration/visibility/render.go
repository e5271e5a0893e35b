package visibility

import (
	"strconv"
	"strings"
	"unicode/utf8"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

// sqlText grows an expression and its arguments.
type sqlText struct {
	dialect  store.Dialect
	firstArg int
	text     strings.Builder
	args     []any
}

func (s *sqlText) write(parts ...string) {
	for _, p := range parts {
		s.text.WriteString(p)
	}
}

// arg writes a placeholder.
func (s *sqlText) arg(v any) {
	if s.dialect == store.Postgres {
		s.write("$", strconv.Itoa(s.firstArg+len(s.args)))
	} else {
		s.write("?")
	}
	s.args = append(s.args, v)
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

// column writes an attribute. Texts are ordered byte by byte, which in PostgreSQL has to be said.
func (s *sqlText) column(a attribute, ordered bool) {
	s.write(a.column)
	if ordered && a.kind == keyword && s.dialect == store.Postgres {
		s.write(` COLLATE "C"`)
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
	s.write("(NOT ")
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
		s.column(n.attribute, n.operator.ordered())
		s.write(operatorSQL[n.operator])
		s.value(n.attribute, n.value)
		s.write(")")
	}
}

func (n between) render(s *sqlText) {
	s.write("(")
	s.column(n.attribute, true)
	s.write(" BETWEEN ")
	s.value(n.attribute, n.low)
	s.write(" AND ")
	s.value(n.attribute, n.high)
	s.write(")")
}

func (n unset) render(s *sqlText) { s.write("(", n.attribute.column, " IS NULL)") }

func (n oneOf) render(s *sqlText) {
	values := n.values
	if n.attribute.kind == runID {
		values = existing(values)
	}
	if len(values) == 0 {
		s.write("(FALSE)")
		return
	}
	s.write("(")
	s.column(n.attribute, false)
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
	if n.attribute.kind == status {
		s.write(impliedBy(values))
	}
	s.write(")")
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
	s.column(a, true)
	s.write(" >= ")
	s.arg(prefix)
	if end := after(prefix); end != "" {
		s.write(" AND ")
		s.column(a, true)
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
