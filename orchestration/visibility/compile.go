package visibility

import (
	"slices"

	"github.com/tenuto-io/tenuto/orchestration/search"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Query is a compiled filter.
type Query struct {
	Where store.Where
	// GroupBy is what a count is grouped by; zero: it is not.
	GroupBy store.GroupKey
	// Parts are what a list is made of, one after the other: two if it is ordered by an attribute that not every run has, else one. Runs without a value come
	// last, newest start first.
	Parts []Part

	attribute attribute // with store.ByTerm: what the first part is ordered by
}

// Part is a part of a list.
type Part struct {
	Where store.Where
	Order store.Order
}

// Compile turns a list filter into SQL of the dialect. custom are the attributes that the namespace has defined. A blank filter selects everything.
//
// Errors: InvalidArgument, with one sentence that names the token, its position and what is allowed.
func Compile(query string, custom search.Attributes, d store.Dialect) (Query, error) {
	f, err := parse(query, custom)
	if err != nil {
		return Query{}, err
	}
	q := Query{Where: where(f.condition, d), GroupBy: f.groupBy, attribute: f.order.attribute}
	q.Parts = f.parts(q.Where, d)
	return q, nil
}

func (f filter) parts(everything store.Where, d store.Dialect) []Part {
	a := f.order.attribute
	first := Part{Where: everything, Order: store.Order{By: f.order.key, Ascending: f.order.ascending}}
	switch f.order.key {
	case store.ByTerm:
		first.Order.Terms = whole(a.prefix())
	case store.ByCloseTime:
	default:
		return []Part{first}
	}
	if f.condition != nil && demands(f.condition, a) {
		return []Part{first}
	}
	if f.order.key == store.ByCloseTime {
		first.Where = where(f.and(set{a}), d)
	}
	return []Part{first, {Where: where(f.and(unset{a}), d)}}
}

// demands tells whether only runs that have a value of the attribute can be selected.
func demands(n node, a attribute) bool {
	switch n := n.(type) {
	case all:
		return slices.ContainsFunc(n.parts, func(p node) bool { return demands(p, a) })
	case set:
		return n.attribute.name == a.name
	case has:
		return n.attribute.name == a.name
	case not:
		return n.part.of().name == a.name
	case column:
		return n.of().name == a.name
	}
	return false
}

// and is the condition with one more.
func (f filter) and(n node) node {
	if f.condition == nil {
		return n
	}
	return conjunction(f.condition, n)
}

// where renders a condition; nil holds for every run.
func where(n node, d store.Dialect) store.Where {
	if n == nil {
		return store.Where{}
	}
	s := sqlText{dialect: d}
	n.render(&s)
	return store.Where{SQL: s.text.String(), Args: s.args, Leads: leads(n), Narrow: narrow(n)}
}
