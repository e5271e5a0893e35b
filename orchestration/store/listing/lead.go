package listing

import (
	"time"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Lead is where a list begins. The zero Lead is plain.
type Lead struct {
	Terms []store.TermRange
	Walks bool // through the one range; else the terms, if there are any, are gathered
}

// fewTerms is up to how many terms are gathered. Where n of N runs have a term, the plain way to a page of 50 looks at 50·N/n rows, and gathering at n: they
// are alike at 7,000 of 1,000,000 and at 2,000 of 100,000, and gathering reads rows in no order.
const fewTerms = 2000

// Counter runs a statement that yields one number.
type Counter func(text string, args []any) (int, error)

// Decide says how to read a page. Errors: the counter's.
func Decide(d store.Dialect, q store.ListQuery, count Counter) (best Lead, err error) {
	if q.Order.By == store.ByTerm {
		return Lead{Terms: []store.TermRange{q.Order.Terms}, Walks: true}, nil
	}
	byStart := q.Order.By == 0 || q.Order.By == store.ByStartTime
	least := fewTerms
	for _, t := range q.Where.Leads {
		n, err := count(counted(d, q, t, least))
		switch {
		case err != nil:
			return Lead{}, err
		case n < least:
			best, least = Lead{Terms: t}, n
		case best.Terms == nil && isPoint(t) && byStart && !q.Where.Narrow:
			best = Lead{Terms: t, Walks: true}
		}
	}
	return best, nil
}

// DecideAll says how to read all rows, for counting them: what is not gathered is plain. Errors: the counter's.
func DecideAll(d store.Dialect, q store.ListQuery, count Counter) (Lead, error) {
	q.Order, q.AfterStart = store.Order{}, time.Time{}
	l, err := Decide(d, q, count)
	if l.Walks {
		l = Lead{}
	}
	return l, err
}

// isPoint tells whether the ranges hold one term.
func isPoint(t []store.TermRange) bool { return len(t) == 1 && t[0].Point() }

// counted is the statement that counts terms up to a limit.
func counted(d store.Dialect, q store.ListQuery, t []store.TermRange, limit int) (string, []any) {
	s := &text{dialect: d}
	s.write("SELECT count(*) FROM (")
	s.terms(q, t, "SELECT 1", " UNION ALL ")
	s.write(" LIMIT ")
	s.arg(limit)
	s.write(") AS counted")
	return s.done()
}

// order are the columns by which terms are walked.
func (l Lead) order() []string {
	if isPoint(l.Terms) {
		return []string{"started", "run"}
	}
	return []string{"term", "started", "run"}
}
