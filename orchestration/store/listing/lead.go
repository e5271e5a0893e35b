package listing

import (
	"time"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Lead is where a list begins. The zero Lead is plain.
type Lead struct {
	Terms store.TermRange
	Walks bool // else the terms, if there are any, are gathered
}

// fewTerms is up to how many terms a range is gathered.
const fewTerms = 1000

// Counter runs a statement that yields one number.
type Counter func(text string, args []any) (int, error)

// Decide says how to read a page. Errors: the counter's.
func Decide(d store.Dialect, q store.ListQuery, count Counter) (best Lead, err error) {
	if q.Order.By == store.ByTerm {
		return Lead{Terms: q.Order.Terms, Walks: true}, nil
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
		case best.Terms.From == nil && t.Point() && byStart && !q.Where.Narrow:
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

// counted is the statement that counts a range of terms up to a limit.
func counted(d store.Dialect, q store.ListQuery, t store.TermRange, limit int) (string, []any) {
	s := &text{dialect: d}
	s.write("SELECT count(*) FROM (SELECT 1 FROM visibility_term WHERE ")
	s.inRange(q, t)
	s.write(" LIMIT ")
	s.arg(limit)
	s.write(") AS counted")
	return s.done()
}

// order are the columns by which terms are walked.
func (l Lead) order() []string {
	if l.Terms.Point() {
		return []string{"started", "run"}
	}
	return []string{"term", "started", "run"}
}
