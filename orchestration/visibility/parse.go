package visibility

import (
	"slices"
	"unicode/utf8"

	"github.com/tenuto-io/tenuto/orchestration/search"
)

// Limits of a filter. SQLite refuses expressions nested deeper than 1,000, and every condition costs time per row.
const (
	maxLength     = 64 << 10 // bytes of text
	maxConditions = 250      // comparisons
	maxValues     = 1000     // values in all, IN lists included
	maxDepth      = 200      // parentheses and NOTs around each other
)

// parser reads a filter by recursive descent:
//
//	filter    = [ or ] { GROUP BY name | ORDER BY name [ ASC | DESC ] }
//	or        = and { OR and }
//	and       = unary { AND unary }
//	unary     = NOT unary | "(" or ")" | condition
//	condition = name ( operator value | [NOT] STARTS_WITH value | [NOT] IN "(" value { "," value } ")" | [NOT] BETWEEN value AND value | IS [NOT] NULL )
//
// It holds one token that is not used up yet. The first error is the answer.
type parser struct {
	lexer                     lexer
	custom                    search.Attributes
	now                       token
	conditions, values, depth int
}

// parse reads a filter.
func parse(query string, custom search.Attributes) (f filter, err error) {
	if len(query) > maxLength {
		return f, invalid("it has %d bytes, the limit is %d", len(query), maxLength)
	}
	if !utf8.ValidString(query) {
		return f, invalid("it is not valid UTF-8")
	}
	p := &parser{lexer: lexer{rest: query, at: 1}, custom: custom}
	if err := p.advance(); err != nil {
		return f, err
	}
	if p.now.shape != end && !p.clause() {
		if f.condition, err = p.or(); err != nil {
			return f, err
		}
	}
	if err := p.clauses(&f); err != nil {
		return f, err
	}
	if p.now.shape != end {
		return f, invalidAt(p.now, "AND, OR, GROUP BY, ORDER BY or the end is expected")
	}
	return f, nil
}

func (p *parser) advance() (err error) {
	p.now, err = p.lexer.next()
	return err
}

// accept uses the token up if it is that word or symbol.
func (p *parser) accept(s string) (bool, error) {
	if !p.now.is(s) {
		return false, nil
	}
	return true, p.advance()
}

// expect uses up the word or symbol that must come now.
func (p *parser) expect(s string) error {
	ok, err := p.accept(s)
	if err == nil && !ok {
		err = invalidAt(p.now, "%s is expected", s)
	}
	return err
}

// use is the token, used up.
func (p *parser) use() (token, error) {
	t := p.now
	return t, p.advance()
}

func (p *parser) or() (node, error) { return p.chain("OR", p.and, disjunction) }

func (p *parser) and() (node, error) { return p.chain("AND", p.unary, conjunction) }

func (p *parser) chain(by string, part func() (node, error), join func(l, r node) node) (node, error) {
	n, err := part()
	for err == nil {
		var more bool
		if more, err = p.accept(by); err != nil || !more {
			break
		}
		var r node
		if r, err = part(); err == nil {
			n = join(n, r)
		}
	}
	return n, err
}

func (p *parser) unary() (node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, invalidAt(p.now, "it is nested deeper than %d", maxDepth)
	}
	defer func() { p.depth-- }()
	if not, err := p.accept("NOT"); err != nil {
		return nil, err
	} else if not {
		n, err := p.unary()
		if err != nil {
			return nil, err
		}
		return n.negated(), nil
	}
	if open, err := p.accept("("); err != nil || !open {
		if err != nil {
			return nil, err
		}
		return p.condition()
	}
	n, err := p.or()
	if err == nil {
		err = p.expect(")")
	}
	return n, err
}

// reserved are the words of the language that begin no condition.
var reserved = []string{"AND", "OR", "IN", "IS", "BETWEEN", "STARTS_WITH", "NULL", "GROUP", "ORDER", "BY", "ASC", "DESC", "TRUE", "FALSE", "LIMIT", "HAVING", "LIKE"}

// attribute reads the name of one.
func (p *parser) attribute() (attribute, error) {
	if p.now.shape != name && (p.now.shape != word || slices.ContainsFunc(reserved, p.now.is)) {
		return attribute{}, invalidAt(p.now, "a search attribute is expected")
	}
	a, err := lookup(p.now, p.custom)
	if err == nil {
		err = p.advance()
	}
	return a, err
}

func (p *parser) condition() (node, error) {
	if p.conditions++; p.conditions > maxConditions {
		return nil, invalid("it has more than %d conditions", maxConditions)
	}
	a, err := p.attribute()
	if err != nil {
		return nil, err
	}
	if is, err := p.accept("IS"); err != nil || is {
		return p.null(a, err)
	}
	not, err := p.accept("NOT")
	if err != nil {
		return nil, err
	}
	n, err := p.comparison(a, not)
	if err != nil || !not {
		return n, err
	}
	return n.negated(), nil
}

// null reads what follows IS.
func (p *parser) null(a attribute, err error) (node, error) {
	if err != nil {
		return nil, err
	}
	not, err := p.accept("NOT")
	if err != nil {
		return nil, err
	}
	if err := p.expect("NULL"); err != nil {
		return nil, err
	}
	if not {
		return set{a}, nil
	}
	return unset{a}, nil
}

// comparison reads an operator and its values. After NOT only words can stand.
func (p *parser) comparison(a attribute, not bool) (node, error) {
	t, err := p.use()
	if err != nil {
		return nil, err
	}
	switch o, ok := operators[t.text]; {
	case t.is("IN"):
		return p.in(a, t)
	case t.is("BETWEEN"):
		return p.between(a, t)
	case t.is("STARTS_WITH"):
		return p.compare(a, startsWith, t)
	case t.shape == symbol && ok && !not:
		return p.compare(a, o, t)
	}
	return nil, invalidAt(t, "an operator is expected after %s: = != < <= > >= IN, BETWEEN, STARTS_WITH, IS NULL", a.name)
}

func (p *parser) compare(a attribute, o operator, t token) (node, error) {
	if why := a.kind.refuses(o); why != "" {
		return nil, invalidAt(t, "%s cannot be compared so: %s", a.name, why)
	}
	v, err := p.value(a)
	if err != nil {
		return nil, err
	}
	if a.termed() {
		return termed(a, o, v), nil
	}
	return compare{a, o, v}, nil
}

func (p *parser) in(a attribute, t token) (node, error) {
	if a.kind == words {
		return nil, invalidAt(t, "%s cannot be compared so: a Text is found by its words: use =, != or IS NULL", a.name)
	}
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var values []value
	for {
		v, err := p.value(a)
		if err != nil {
			return nil, err
		}
		values = append(values, v)
		if more, err := p.accept(","); err != nil {
			return nil, err
		} else if !more {
			break
		}
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	if a.termed() {
		return termed(a, equal, values...), nil
	}
	return oneOf{a, values}, nil
}

func (p *parser) between(a attribute, t token) (node, error) {
	if why := a.kind.refuses(less); why != "" {
		return nil, invalidAt(t, "%s cannot be compared so: %s", a.name, why)
	}
	low, err := p.value(a)
	if err != nil {
		return nil, err
	}
	if err := p.expect("AND"); err != nil {
		return nil, err
	}
	high, err := p.value(a)
	if err != nil {
		return nil, err
	}
	if a.termed() {
		return termedBetween(a, low, high), nil
	}
	return between{a, low, high}, nil
}

func (p *parser) value(a attribute) (value, error) {
	if p.values++; p.values > maxValues {
		return value{}, invalid("it has more than %d values", maxValues)
	}
	v, err := valueOf(a, p.now)
	if err == nil {
		err = p.advance()
	}
	return v, err
}

// clause tells whether a clause after the conditions begins.
func (p *parser) clause() bool { return p.now.is("GROUP") || p.now.is("ORDER") }
