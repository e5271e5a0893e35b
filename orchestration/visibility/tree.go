package visibility

import "slices"

// node is a condition that has been checked: rendering it cannot fail. It is true, false or, where it asks for the value of an attribute that has none,
// unknown; only rows for which a filter is true are selected.
type node interface {
	render(*sqlText)
	// negated is true where the node is false, false where it is true, and else unknown.
	negated() node
}

type (
	// all holds if every part does; either if one does.
	all    struct{ parts []node }
	either struct{ parts []node }
	// not negates a condition on one column.
	not struct{ part column }
	// compare relates a column to a value.
	compare struct {
		attribute attribute
		operator  operator
		value     value
	}
	// oneOf holds if the column has one of the values.
	oneOf struct {
		attribute attribute
		values    []value
	}
	// between holds if low <= column <= high.
	between struct {
		attribute attribute
		low, high value
	}
	// unset holds if the attribute has no value; set if it has one. They are never unknown.
	unset struct{ attribute attribute }
	set   struct{ attribute attribute }
)

// column is a node about one column.
type column interface {
	node
	of() attribute
}

func (n compare) of() attribute { return n.attribute }
func (n oneOf) of() attribute   { return n.attribute }
func (n between) of() attribute { return n.attribute }

func (n all) negated() node     { return either{opposites(n.parts)} }
func (n either) negated() node  { return all{opposites(n.parts)} }
func (n not) negated() node     { return n.part }
func (n compare) negated() node { return not{n} }
func (n oneOf) negated() node   { return not{n} }
func (n between) negated() node { return not{n} }
func (n unset) negated() node   { return set(n) }
func (n set) negated() node     { return unset(n) }

func opposites(parts []node) []node {
	out := make([]node, len(parts))
	for i, p := range parts {
		out[i] = p.negated()
	}
	return out
}

// conjunction keeps a chain of ANDs flat, so that SQL nests no deeper than the user's parentheses.
func conjunction(l, r node) node {
	if chain, ok := l.(all); ok {
		return all{append(slices.Clip(chain.parts), r)}
	}
	return all{[]node{l, r}}
}

// disjunction keeps a chain of ORs flat.
func disjunction(l, r node) node {
	if chain, ok := l.(either); ok {
		return either{append(slices.Clip(chain.parts), r)}
	}
	return either{[]node{l, r}}
}
