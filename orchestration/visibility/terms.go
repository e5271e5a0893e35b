package visibility

import (
	"bytes"
	"slices"

	"github.com/tenuto-io/tenuto/orchestration/search"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// has holds if the run has a term of the attribute in one of the ranges, which are sorted and apart. For an attribute with one value it is unknown, hence not
// selected either way round, where that is not set.
type has struct {
	attribute attribute
	ranges    []store.TermRange
}

// lacks holds if a list or text is set and has no term in the ranges.
type lacks struct{ has }

// negated of an attribute with one value has a value elsewhere.
func (n has) negated() node {
	if n.attribute.kind == list || n.attribute.kind == words {
		return lacks{n}
	}
	return has{n.attribute, complement(n.attribute.prefix(), n.ranges)}
}

func (n lacks) negated() node { return n.has }

// whole is the range of all terms of an attribute.
func whole(p search.Term) store.TermRange { return store.TermRange{From: p, To: p.After()} }

// exactly is the range of one term.
func exactly(t search.Term) store.TermRange { return store.TermRange{From: t, To: t.Next()} }

// complement is what the ranges leave of all terms with the prefix.
func complement(p search.Term, ranges []store.TermRange) []store.TermRange {
	var out []store.TermRange
	from := []byte(p)
	for _, r := range ranges {
		if bytes.Compare(from, r.From) < 0 {
			out = append(out, store.TermRange{From: from, To: r.From})
		}
		from = r.To
	}
	if end := p.After(); bytes.Compare(from, end) < 0 {
		out = append(out, store.TermRange{From: from, To: end})
	}
	return out
}

// merged sorts ranges and joins those that touch; empty ones go.
func merged(ranges []store.TermRange) []store.TermRange {
	slices.SortFunc(ranges, func(a, b store.TermRange) int { return bytes.Compare(a.From, b.From) })
	var out []store.TermRange
	for _, r := range ranges {
		switch n := len(out); {
		case bytes.Compare(r.From, r.To) >= 0:
		case n > 0 && bytes.Compare(r.From, out[n-1].To) < 0:
			if bytes.Compare(r.To, out[n-1].To) > 0 {
				out[n-1].To = r.To
			}
		default:
			out = append(out, r)
		}
	}
	return out
}

// termed is a comparison of an attribute whose values are terms.
func termed(a attribute, o operator, values ...value) node {
	p, n := a.prefix(), has{attribute: a}
	for _, v := range values {
		for _, t := range v.terms(a) {
			n.ranges = append(n.ranges, comparedTerms(p, o, t))
		}
	}
	n.ranges = merged(n.ranges)
	if o == notEqual {
		return n.negated()
	}
	return n
}

func comparedTerms(p search.Term, o operator, t search.Term) store.TermRange {
	switch o {
	case less:
		return store.TermRange{From: p, To: t}
	case lessOrEqual:
		return store.TermRange{From: p, To: t.Next()}
	case greater:
		return store.TermRange{From: t.Next(), To: p.After()}
	case greaterOrEqual:
		return store.TermRange{From: t, To: p.After()}
	case startsWith:
		return whole(t)
	}
	return exactly(t)
}

// termedBetween is low <= attribute <= high.
func termedBetween(a attribute, low, high value) node {
	return has{a, merged([]store.TermRange{{From: low.terms(a)[0], To: high.terms(a)[0].Next()}})}
}

// terms are those of a value in a filter: one, or for a Text one per word.
func (v value) terms(a attribute) []search.Term {
	in := search.Value{Text: v.text, Number: v.number, Double: v.double, Bool: v.number != 0, Time: v.moment}
	if a.kind != words {
		return []search.Term{a.prefix().With(a.typed, in)}
	}
	var out []search.Term
	for _, w := range search.Words(v.text) {
		out = append(out, a.prefix().With(a.typed, search.Value{Text: w}))
	}
	return out
}

// maxLead is of how many ranges a lead is made: the statement has a query for each, and SQLite takes 500.
const maxLead = 100

// leads are sets of ranges of terms: every run that n selects has a term in each set.
func leads(n node) (out [][]store.TermRange) {
	switch n := n.(type) {
	case has:
		if len(n.ranges) > 0 && len(n.ranges) <= maxLead {
			return [][]store.TermRange{n.ranges}
		}
	case set:
		if n.attribute.termed() {
			return [][]store.TermRange{{whole(n.attribute.prefix())}}
		}
	case all:
		for _, p := range n.parts {
			out = append(out, leads(p)...)
		}
	case either:
		return eitherLead(n.parts)
	}
	return out
}

// eitherLead is a lead of each part: a run that any of them selects has a term in one of those.
func eitherLead(parts []node) [][]store.TermRange {
	var lead []store.TermRange
	for _, p := range parts {
		l := leads(p)
		if len(l) == 0 {
			return nil
		}
		lead = append(lead, l[0]...)
	}
	if lead = merged(lead); len(lead) == 0 || len(lead) > maxLead {
		return nil
	}
	return [][]store.TermRange{lead}
}

// narrow tells whether an index of the table's own finds the few runs that n can select: those of a workflow, a run, a parent, the open ones, the failed ones.
func narrow(n node) bool {
	switch n := n.(type) {
	case all:
		return slices.ContainsFunc(n.parts, narrow)
	case compare:
		return n.operator == equal && narrow(oneOf{n.attribute, []value{n.value}})
	case oneOf:
		switch n.attribute.name {
		case "WorkflowId", "RunId", "ParentWorkflowId", "ParentRunId":
			return true
		}
		return n.attribute.kind == status && impliedBy(n.values) != ""
	}
	return false
}
