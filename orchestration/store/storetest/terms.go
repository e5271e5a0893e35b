package storetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// point is the range of one term.
func point(term string) store.TermRange {
	return store.TermRange{From: []byte(term), To: []byte(term + "\x00")}
}

// found are the workflow ids of the runs that have a term of the range, and that match the filter, in the order of the list.
func (f *fixture) found(q store.ListQuery) (ids []string) {
	f.Helper()
	for _, v := range f.list(q) {
		ids = append(ids, v.WorkflowID)
	}
	return ids
}

// having selects the runs that have a term.
func (f *fixture) having(term string) store.Where {
	w := f.where("EXISTS (SELECT 1 FROM visibility_term WHERE run = run_id AND term = %s)", []byte(term))
	w.Leads = [][]store.TermRange{{point(term)}}
	return w
}

// termsReplaced: terms come with the row, stay while a commit brings none, and are replaced by those of one that does.
func termsReplaced(f *fixture) {
	key := f.key("transfer-1")
	v := open(key, epoch)
	write := func(expect int, terms ...[]byte) {
		f.commit(one(key, store.RunWrite{Expect: f.version(expect), Version: f.version(expect + 1), State: []byte("s"), Visibility: v, Terms: terms}))
	}
	has := func(what string, want ...string) {
		f.Helper()
		var got []string
		for _, term := range []string{"a", "b", "c\x00\xff"} {
			if len(f.found(store.ListQuery{Where: f.having(term)})) == 1 {
				got = append(got, term)
			}
		}
		f.same(what, got, want)
	}
	write(0, []byte("a"), []byte("b"))
	has("at the start", "a", "b")
	write(1)
	has("kept", "a", "b")
	write(2, []byte("b"), []byte("c\x00\xff"))
	has("replaced", "b", "c\x00\xff")
	f.commit(one(key, store.RunWrite{Expect: 3, Version: 4, State: []byte("s"), Visibility: v, Terms: [][]byte{}}))
	has("removed")
}

// termsOfOneNamespace: what begins with terms stays in the namespace too.
func termsOfOneNamespace(f *fixture) {
	for _, ns := range []orchestration.NamespaceID{f.ns, namespace()} {
		v := open(f.key("w"), epoch)
		v.Namespace = ns
		key := orchestration.WorkflowKey{Namespace: ns, WorkflowID: "w"}.Run(v.RunID)
		f.commit(one(key, store.RunWrite{Version: 1, State: []byte("s"), Visibility: v, Terms: [][]byte{[]byte("a")}}))
	}
	for _, order := range []store.Order{{}, {By: store.ByTerm, Terms: point("a")}} {
		f.same("runs with the term", len(f.list(store.ListQuery{Where: f.having("a"), Order: order})), 1)
	}
}

// commonAndRareTerms: a list by a term that very many runs have, one that few have, and by both is the same, page by page, as one without hints.
func commonAndRareTerms(f *fixture) {
	const runs = 2250 // of which 2,000 would be few
	var batch []store.Write
	for i := range runs {
		v := open(f.key(fmt.Sprintf("w-%04d", i)), epoch.Add(time.Duration(i/3)*time.Second))
		v.Status = int32(1 + i%2)
		terms := [][]byte{[]byte("common"), fmt.Appendf(nil, "n%04d", i)}
		if i%100 == 0 {
			terms = append(terms, []byte("rare"))
		}
		key := orchestration.WorkflowKey{Namespace: f.ns, WorkflowID: v.WorkflowID}.Run(v.RunID)
		batch = append(batch, one(key, store.RunWrite{Version: 1, State: []byte("s"), Visibility: v, Terms: terms}))
	}
	f.commit(batch...)
	all := store.TermRange{From: []byte("n"), To: []byte("o")}
	small := store.TermRange{From: []byte("n0100"), To: []byte("n0110")}
	for name, leads := range map[string][][]store.TermRange{
		"common": {{point("common")}}, "rare": {{point("rare")}}, "both": {{point("common")}, {point("rare")}}, "a range": {{all}}, "a small range": {{small}},
		"one of some": {{point("n0007"), small, point("rare")}}, "one of many": {{point("common"), point("rare")}},
	} {
		for _, narrow := range []bool{false, true} {
			for _, order := range []store.Order{{}, {By: store.ByStartTime, Ascending: true}, {By: store.ByWorkflowID}, {By: store.ByTerm, Terms: all, Ascending: true}, {By: store.ByTerm, Terms: all}} {
				w := f.where("status = %s", int64(1))
				for _, ranges := range leads { // what a lead promises is in the filter
					w.SQL += " AND (FALSE"
					for _, r := range ranges {
						first := f.Reader.Dialect().Placeholder(len(w.Args) + 1)
						w.SQL += " OR EXISTS (SELECT 1 FROM visibility_term WHERE run = run_id AND term >= " + first + " AND term < " + f.Reader.Dialect().Placeholder(len(w.Args)+2) + ")"
						w.Args = append(w.Args, r.From, r.To)
					}
					w.SQL += ")"
				}
				want := f.paged(store.ListQuery{Where: w, Order: order, Limit: runs})
				w.Leads, w.Narrow = leads, narrow
				f.same(fmt.Sprintf("%s, narrow %v, order %+v", name, narrow, order), f.paged(store.ListQuery{Where: w, Order: order, Limit: 497}), want)
				n, err := f.Reader.Count(f.ctx, store.ListQuery{Namespace: f.ns, Where: w})
				f.ok(err)
				f.same("count of "+name, int(n), len(want))
			}
		}
	}
}

// paged reads a list page by page.
func (f *fixture) paged(q store.ListQuery) (ids []string) {
	f.Helper()
	for page := f.list(q); len(page) > 0; page = f.list(q) {
		for _, v := range page {
			ids = append(ids, v.WorkflowID)
		}
		last := page[len(page)-1]
		q.AfterStart, q.AfterRun = last.StartTime, last.RunID
		switch q.Order.By {
		case store.ByTerm:
			q.AfterKey = []byte("n" + last.WorkflowID[2:])
		case store.ByWorkflowID:
			q.AfterKey = last.WorkflowID
		}
	}
	return ids
}

// visibilityOrders: every order is what it says in both directions, and pages of it neither repeat nor skip.
func visibilityOrders(f *fixture) {
	var rows []store.Visibility
	for i := range 12 {
		v := open(f.key(fmt.Sprintf("w-%02d", (i*5)%12)), epoch.Truncate(time.Microsecond).Add(time.Duration(i%5)*time.Microsecond))
		v.Type, v.CloseTime = fmt.Sprint("type-", i%2), v.StartTime.Add(time.Duration(i%3)*time.Hour)
		f.listed(v)
		rows = append(rows, stored(v))
	}
	byStart := func(a, b store.Visibility) int {
		if c := a.StartTime.Compare(b.StartTime); c != 0 {
			return c
		}
		return slices.Compare(a.RunID[:], b.RunID[:])
	}
	for by, key := range map[store.SortKey]func(store.Visibility) any{
		store.ByStartTime: func(store.Visibility) any { return "" }, store.ByCloseTime: func(v store.Visibility) any { return v.CloseTime },
		store.ByWorkflowID: func(v store.Visibility) any { return v.WorkflowID }, store.ByWorkflowType: func(v store.Visibility) any { return v.Type },
	} {
		for _, ascending := range []bool{true, false} {
			want := slices.Clone(rows)
			slices.SortFunc(want, func(a, b store.Visibility) int {
				c := compareKeys(key(a), key(b))
				if c == 0 {
					c = byStart(a, b)
				}
				if !ascending {
					c = -c
				}
				return c
			})
			var got []store.Visibility
			q := store.ListQuery{Order: store.Order{By: by, Ascending: ascending}, Limit: 5}
			for page := f.list(q); len(page) > 0; page = f.list(q) {
				got = append(got, page...)
				last := page[len(page)-1]
				q.AfterStart, q.AfterRun, q.AfterKey = last.StartTime, last.RunID, key(last)
			}
			f.same(fmt.Sprintf("order %d, ascending %v", by, ascending), got, want)
		}
	}
}

func compareKeys(a, b any) int {
	if at, ok := a.(time.Time); ok {
		return at.Compare(b.(time.Time))
	}
	return slices.Compare([]byte(a.(string)), []byte(b.(string)))
}

// visibilityGroups counts by each column, the largest group first.
func visibilityGroups(f *fixture) {
	for i := range 9 {
		v := open(f.key(fmt.Sprintf("w-%d", i)), epoch)
		v.Status, v.Type, v.TaskQueue = int32(1+i%2), fmt.Sprint("type-", i/6), fmt.Sprint("q-", i)
		f.listed(v)
	}
	groups := func(q store.ListQuery, by store.GroupKey) []store.Group {
		q.Namespace = f.ns
		g, err := f.Reader.CountGroups(f.ctx, q, by)
		f.ok(err)
		return g
	}
	f.same("by status", groups(store.ListQuery{Limit: 10}, store.GroupByStatus), []store.Group{{Status: 1, Count: 5}, {Status: 2, Count: 4}})
	f.same("by type", groups(store.ListQuery{Limit: 10}, store.GroupByWorkflowType), []store.Group{{Text: "type-0", Count: 6}, {Text: "type-1", Count: 3}})
	f.same("by task queue, limited", groups(store.ListQuery{Limit: 2}, store.GroupByTaskQueue), []store.Group{{Text: "q-0", Count: 1}, {Text: "q-1", Count: 1}})
	f.same("filtered", groups(store.ListQuery{Limit: 9, Where: f.where("status = %s", int64(2))}, store.GroupByStatus), []store.Group{{Status: 2, Count: 4}})
	f.same("none", len(groups(store.ListQuery{Limit: 9, Where: f.where("status = %s", int64(7))}, store.GroupByStatus)), 0)
}
