package visibility

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/temporalio/sqlparser"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Limits of a filter. SQLite refuses expressions nested deeper than 1,000, and every condition costs time per row.
const (
	maxLength     = 64 << 10 // bytes of text
	maxConditions = 250      // comparisons
	maxValues     = 1000     // values in all, IN lists included
)

// prefix makes a statement of a filter, because the parser reads statements.
const prefix = "select * from t where "

// parse reads a filter that is not blank.
func parse(query string) (node, error) {
	if len(query) > maxLength {
		return nil, invalid("it has %d bytes, the limit is %d", len(query), maxLength)
	}
	stmt, err := sqlparser.Parse(prefix + query)
	if err != nil {
		return nil, syntax(err)
	}
	sel, ok := stmt.(*sqlparser.Select)
	if !ok {
		return nil, invalid("UNION is not supported")
	}
	if clause := clauseAfter(sel); clause != "" {
		return nil, invalid("%s is not supported: a filter holds conditions only", clause)
	}
	var c checker
	return c.check(sel.Where.Expr)
}

// clauseAfter names the clause that follows the conditions, if one does.
func clauseAfter(s *sqlparser.Select) string {
	switch {
	case len(s.GroupBy) > 0:
		return "GROUP BY"
	case s.Having != nil:
		return "HAVING"
	case len(s.OrderBy) > 0:
		return "ORDER BY"
	case s.Limit != nil:
		return "LIMIT"
	case s.Lock != "":
		return strings.ToUpper(strings.TrimSpace(s.Lock))
	}
	return ""
}

// checker turns the parser's tree into the typed one and counts what it holds.
type checker struct {
	conditions, values int
}

func (c *checker) check(e sqlparser.Expr) (node, error) {
	switch e := e.(type) {
	case *sqlparser.ParenExpr:
		return c.check(e.Expr)
	case *sqlparser.AndExpr:
		l, r, err := c.both(e.Left, e.Right)
		return conjunction(l, r), err
	case *sqlparser.OrExpr:
		l, r, err := c.both(e.Left, e.Right)
		return disjunction(l, r), err
	case *sqlparser.NotExpr:
		part, err := c.check(e.Expr)
		return negated(part, true), err
	}
	if c.conditions++; c.conditions > maxConditions {
		return nil, invalid("it has more than %d conditions", maxConditions)
	}
	switch e := e.(type) {
	case *sqlparser.ComparisonExpr:
		return c.comparison(e)
	case *sqlparser.RangeCond:
		return c.between(e)
	case *sqlparser.IsExpr:
		return c.is(e)
	}
	return nil, invalid("%s is no condition: write an attribute, an operator and a value", source(e))
}

func (c *checker) both(left, right sqlparser.Expr) (l, r node, err error) {
	if l, err = c.check(left); err != nil {
		return nil, nil, err
	}
	r, err = c.check(right)
	return l, r, err
}

func (c *checker) comparison(e *sqlparser.ComparisonExpr) (node, error) {
	a, err := attributeOf(e.Left)
	if err != nil {
		return nil, err
	}
	if e.Operator == sqlparser.InStr || e.Operator == sqlparser.NotInStr {
		return c.in(a, e)
	}
	o, ok := operators[e.Operator]
	if !ok {
		return nil, invalid("the operator %s is not supported", strings.ToUpper(e.Operator))
	}
	if why := a.kind.refuses(o.op); why != "" {
		return nil, invalid("%s cannot be compared with %s: %s", a.name, strings.ToUpper(e.Operator), why)
	}
	v, err := c.value(a, e.Right)
	if err != nil {
		return nil, err
	}
	return negated(compare{a, o.op, v}, o.not), nil
}

func (c *checker) in(a attribute, e *sqlparser.ComparisonExpr) (node, error) {
	tuple, ok := e.Right.(sqlparser.ValTuple)
	if !ok {
		return nil, invalid("IN after %s needs a list of values in parentheses", a.name)
	}
	list := oneOf{attribute: a}
	for _, x := range tuple {
		v, err := c.value(a, x)
		if err != nil {
			return nil, err
		}
		list.values = append(list.values, v)
	}
	return negated(list, e.Operator == sqlparser.NotInStr), nil
}

func (c *checker) between(e *sqlparser.RangeCond) (node, error) {
	a, err := attributeOf(e.Left)
	if err != nil {
		return nil, err
	}
	if why := a.kind.refuses(less); why != "" {
		return nil, invalid("%s cannot be compared with BETWEEN: %s", a.name, why)
	}
	low, err := c.value(a, e.From)
	if err != nil {
		return nil, err
	}
	high, err := c.value(a, e.To)
	if err != nil {
		return nil, err
	}
	return negated(between{a, low, high}, e.Operator == sqlparser.NotBetweenStr), nil
}

func (c *checker) is(e *sqlparser.IsExpr) (node, error) {
	if e.Operator != sqlparser.IsNullStr && e.Operator != sqlparser.IsNotNullStr {
		return nil, invalid("the operator %s is not supported", strings.ToUpper(e.Operator))
	}
	a, err := attributeOf(e.Expr)
	if err != nil {
		return nil, err
	}
	return negated(unset{a}, e.Operator == sqlparser.IsNotNullStr), nil
}

func (c *checker) value(a attribute, e sqlparser.Expr) (value, error) {
	if c.values++; c.values > maxValues {
		return value{}, invalid("it has more than %d values", maxValues)
	}
	return valueOf(a, e)
}

// attributeOf reads the left side of an operator.
func attributeOf(e sqlparser.Expr) (attribute, error) {
	col, ok := e.(*sqlparser.ColName)
	if !ok || !col.Qualifier.IsEmpty() {
		return attribute{}, invalid("%s stands where an attribute is expected; these are: %s", source(e), names())
	}
	return lookup(col.Name.String())
}

// invalid is the error for a filter that can never be compiled.
func invalid(format string, args ...any) error {
	return orchestration.Errorf(orchestration.InvalidArgument, "Invalid query: "+format+".", args...)
}

// nearPosition is how the parser says where it stopped reading.
var nearPosition = regexp.MustCompile(`^(.*?) at position (\d+)(?: near '((?s).*)')?$`)

// syntax rewrites the parser's error with the position in the user's text, counted from 1, at which it knew.
func syntax(err error) error {
	m := nearPosition.FindStringSubmatch(err.Error())
	if m == nil {
		return invalid("it cannot be read (%s)", err)
	}
	at, _ := strconv.Atoi(m[2])
	at = max(1, at-len(prefix))
	if m[3] == "" {
		return invalid("%s at position %d", m[1], at)
	}
	return invalid("%s at position %d near %s", m[1], at, quoted(m[3]))
}

// source is what the user wrote, more or less.
func source(e sqlparser.Expr) string { return quoted(sqlparser.String(e)) }

// quoted shows a piece of a user's text in a message, shortened and with everything unprintable escaped.
func quoted(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return strconv.Quote(s)
}
