package visibility

// node is a filter that has been checked: rendering it cannot fail.
type node interface{ render(*sqlText) }

type (
	// all holds if every part does; either if one does.
	all    struct{ parts []node }
	either struct{ parts []node }
	// not holds if its part is false (and not, if that is unknown).
	not struct{ part node }
	// compare relates an attribute to a value.
	compare struct {
		attribute attribute
		operator  operator
		value     value
	}
	// oneOf holds if the attribute has one of the values.
	oneOf struct {
		attribute attribute
		values    []value
	}
	// between holds if low <= attribute <= high.
	between struct {
		attribute attribute
		low, high value
	}
	// unset holds if the attribute has no value.
	unset struct{ attribute attribute }
)

// conjunction keeps a chain of ANDs flat, so that SQL nests no deeper than the user's parentheses.
func conjunction(l, r node) node {
	if chain, ok := l.(all); ok {
		return all{append(chain.parts, r)}
	}
	return all{[]node{l, r}}
}

// disjunction keeps a chain of ORs flat.
func disjunction(l, r node) node {
	if chain, ok := l.(either); ok {
		return either{append(chain.parts, r)}
	}
	return either{[]node{l, r}}
}

// negated is the node or its negation; two negations cancel out, for what is unknown too.
func negated(n node, yes bool) node {
	if !yes {
		return n
	}
	if inner, ok := n.(not); ok {
		return inner.part
	}
	return not{n}
}
