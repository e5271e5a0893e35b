package workers

import (
	"strings"
	"time"

	workerpb "go.temporal.io/api/worker/v1"
)

// Limits of a query: every worker is compared with every condition.
const (
	maxLength     = 16 << 10 // bytes
	maxConditions = 100
	maxDepth      = 50 // parentheses and NOTs
)

// Query selects workers. The zero Query selects all.
type Query struct{ condition condition }

// condition holds for some workers.
type condition func(*workerpb.WorkerHeartbeat) bool

// Matches tells whether a worker is selected.
func (q Query) Matches(w Worker) bool { return q.condition == nil || q.condition(w.Heartbeat) }

// Parse reads a query:
//
//	condition   attribute operator value, attribute [NOT] IN (value, …), attribute [NOT] BETWEEN value AND value
//	operator    = != (or <>) < <= > >= STARTS_WITH
//	together    AND, OR, NOT, ( ); AND binds more tightly than OR
//	value       in quotes; of StartTime as '2006-01-02T15:04:05Z', of Status by name
//
// A blank one selects all. No comparison with the StartTime of a worker that does not tell it holds.
// Errors: InvalidArgument, which names the place.
func Parse(text string) (Query, error) {
	if len(text) > maxLength {
		return Query{}, invalid("it has %d bytes, at most %d are allowed", len(text), maxLength)
	}
	ts, err := tokens(text)
	if err != nil || len(ts) == 1 {
		return Query{}, err
	}
	p := &parser{tokens: ts}
	c, err := p.either(0)
	if err == nil && p.next().kind != end {
		err = p.unexpected("AND, OR or the end")
	}
	if err != nil {
		return Query{}, err
	}
	return Query{c}, nil
}

type parser struct {
	tokens     []token // the first is the next one
	conditions int
}

func (p *parser) next() token { return p.tokens[0] }

// take consumes the next token if it is this one.
func (p *parser) take(text string) bool {
	if !p.next().is(text) {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

func (p *parser) unexpected(wanted string) error {
	t := p.next()
	if t.kind == end {
		return invalid("it ends at position %d where %s is expected", t.at, wanted)
	}
	return invalid("%q stands at position %d where %s is expected", t.text, t.at, wanted)
}

func (p *parser) either(depth int) (condition, error) {
	return p.chain("OR", depth, p.all, func(a, b condition) condition {
		return func(h *workerpb.WorkerHeartbeat) bool { return a(h) || b(h) }
	})
}

func (p *parser) all(depth int) (condition, error) {
	return p.chain("AND", depth, p.part, func(a, b condition) condition {
		return func(h *workerpb.WorkerHeartbeat) bool { return a(h) && b(h) }
	})
}

// chain reads parts with a keyword between them.
func (p *parser) chain(keyword string, depth int, part func(int) (condition, error), join func(a, b condition) condition) (condition, error) {
	c, err := part(depth)
	for err == nil && p.take(keyword) {
		var more condition
		if more, err = part(depth); err == nil {
			c = join(c, more)
		}
	}
	return c, err
}

func (p *parser) part(depth int) (condition, error) {
	if depth > maxDepth {
		return nil, invalid("it is nested more than %d deep", maxDepth)
	}
	switch {
	case p.take("NOT"):
		c, err := p.part(depth + 1)
		return not(c), err
	case p.take("("):
		c, err := p.either(depth + 1)
		if err == nil && !p.take(")") {
			err = p.unexpected("a closing parenthesis")
		}
		return c, err
	}
	if p.conditions++; p.conditions > maxConditions {
		return nil, invalid("it has more than %d conditions", maxConditions)
	}
	return p.comparison()
}

func not(c condition) condition { return func(h *workerpb.WorkerHeartbeat) bool { return !c(h) } }

func (p *parser) comparison() (condition, error) {
	t := p.next()
	if t.kind != word {
		return nil, p.unexpected("an attribute")
	}
	a, err := lookUp(t.text)
	if err != nil {
		return nil, err
	}
	p.tokens = p.tokens[1:]
	negated := p.take("NOT")
	var c condition
	switch op := p.next().text; {
	case p.take("IN"):
		c, err = p.in(a)
	case p.take("BETWEEN"):
		c, err = p.between(a)
	case p.take("STARTS_WITH"):
		c, err = p.startsWith(a)
	case negated:
		return nil, p.unexpected("IN, BETWEEN or STARTS_WITH")
	case p.take("="), p.take("!="), p.take("<>"), p.take("<"), p.take("<="), p.take(">"), p.take(">="):
		c, err = p.compare(a, op)
	default:
		return nil, p.unexpected("an operator")
	}
	if err == nil && negated {
		return not(c), nil
	}
	return c, err
}

// orders are the comparisons: whether each holds when the worker's value is less than, equal to and greater than the query's.
var orders = map[string][3]bool{
	"=": {false, true, false}, "!=": {true, false, true}, "<>": {true, false, true},
	"<": {true, false, false}, "<=": {true, true, false}, ">": {false, false, true}, ">=": {false, true, true},
}

func (p *parser) compare(a attribute, op string) (condition, error) {
	compare, err := p.value(a)
	if err != nil {
		return nil, err
	}
	holds := orders[op]
	return func(h *workerpb.WorkerHeartbeat) bool {
		n, ok := compare(h)
		return ok && holds[n+1]
	}, nil
}

func (p *parser) in(a attribute) (condition, error) {
	if !p.take("(") {
		return nil, p.unexpected("a list in parentheses")
	}
	var values []func(*workerpb.WorkerHeartbeat) (int, bool)
	for {
		compare, err := p.value(a)
		if err != nil {
			return nil, err
		}
		values = append(values, compare)
		if p.take(")") {
			break
		}
		if !p.take(",") {
			return nil, p.unexpected("a comma or a closing parenthesis")
		}
	}
	return func(h *workerpb.WorkerHeartbeat) bool {
		for _, compare := range values {
			if n, ok := compare(h); ok && n == 0 {
				return true
			}
		}
		return false
	}, nil
}

func (p *parser) between(a attribute) (condition, error) {
	low, err := p.value(a)
	if err != nil {
		return nil, err
	}
	if !p.take("AND") {
		return nil, p.unexpected("AND")
	}
	high, err := p.value(a)
	return func(h *workerpb.WorkerHeartbeat) bool {
		l, ok := low(h)
		if !ok || l < 0 {
			return false
		}
		u, _ := high(h)
		return u <= 0
	}, err
}

func (p *parser) startsWith(a attribute) (condition, error) {
	if a.text == nil || a.read != nil {
		return nil, invalid("%s cannot be compared with STARTS_WITH: it is no text", a.name)
	}
	t := p.next()
	if t.kind != quoted {
		return nil, p.unexpected("a value in quotes")
	}
	p.tokens = p.tokens[1:]
	return func(h *workerpb.WorkerHeartbeat) bool { return strings.HasPrefix(a.text(h), t.text) }, nil
}

// value reads a value of the attribute, and returns how a worker's compares with it; ok is false when the worker has none.
func (p *parser) value(a attribute) (compare func(*workerpb.WorkerHeartbeat) (n int, ok bool), err error) {
	t := p.next()
	if t.kind != quoted {
		return nil, p.unexpected("a value in quotes")
	}
	p.tokens = p.tokens[1:]
	if a.moment != nil {
		at, err := time.Parse(time.RFC3339Nano, t.text)
		if err != nil {
			return nil, invalid("%q at position %d is no time for %s: write it as '2006-01-02T15:04:05Z'", t.text, t.at, a.name)
		}
		return func(h *workerpb.WorkerHeartbeat) (int, bool) {
			is, ok := a.moment(h)
			return is.Compare(at), ok
		}, nil
	}
	want := t.text
	if a.read != nil {
		var ok bool
		if want, ok = a.read(t.text); !ok {
			return nil, invalid("%q at position %d is no value of %s", t.text, t.at, a.name)
		}
	}
	return func(h *workerpb.WorkerHeartbeat) (int, bool) { return strings.Compare(a.text(h), want), true }, nil
}
