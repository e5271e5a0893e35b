package storetest

import (
	"fmt"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// listed commits a run with a visibility row.
func (f *fixture) listed(v *store.Visibility) {
	f.Helper()
	key := orchestration.WorkflowKey{Namespace: v.Namespace, WorkflowID: v.WorkflowID}.Run(v.RunID)
	f.commit(one(key, store.RunWrite{Version: 1, State: []byte("s"), Visibility: v}))
}

// stored is the row as it comes back: times to the microsecond, rounded down.
func stored(v *store.Visibility) store.Visibility {
	s := *v
	s.StartTime, s.ExecutionTime = v.StartTime.Truncate(time.Microsecond), v.ExecutionTime.Truncate(time.Microsecond)
	if !v.CloseTime.IsZero() {
		s.CloseTime = v.CloseTime.Truncate(time.Microsecond)
	}
	return s
}

func visibilityRoundTrip(f *fixture) {
	parent, root := f.key("parent"), f.key("root")
	full := open(f.key("full"), epoch.Add(time.Hour))
	full.ExecutionTime, full.CloseTime = epoch.Add(2*time.Hour), epoch.Add(3*time.Hour)
	full.Status, full.HistoryLength, full.HistoryBytes, full.Transitions = 7, 51_200, 50<<20, 300
	full.Parent, full.ParentID = parent.RunID, "parent"
	full.Root, full.RootID = root.RunID, "root"
	full.Memo, full.Search = []byte{0, 1}, []byte{2, 0}
	bare := &store.Visibility{Namespace: f.ns, WorkflowID: "bare", RunID: f.key("bare").RunID, Status: 1, StartTime: epoch, ExecutionTime: epoch}
	f.listed(full)
	f.listed(bare)
	f.same("rows", f.list(store.ListQuery{}), []store.Visibility{stored(full), stored(bare)})
}

func visibilityUpdate(f *fixture) {
	key := f.key("transfer-1")
	v := open(key, epoch)
	f.listed(v)
	f.commit(one(key, store.RunWrite{Expect: 1, Version: 2, State: []byte("s")}))
	f.same("kept", f.list(store.ListQuery{}), []store.Visibility{stored(v)})
	v.Status, v.CloseTime, v.HistoryLength, v.HistoryBytes = 2, epoch.Add(time.Second), 11, 2048
	v.Memo, v.Search = []byte("memo"), []byte("search")
	f.commit(one(key, store.RunWrite{Expect: 2, Version: 3, State: []byte("s"), Visibility: v}))
	f.same("closed", f.list(store.ListQuery{}), []store.Visibility{stored(v)})
}

// visibilityPaging: newest start first, run id breaks ties, and pages neither repeat nor skip while runs come and go.
func visibilityPaging(f *fixture) {
	var want []store.Visibility
	for i := range 20 {
		v := open(f.key(fmt.Sprintf("transfer-%d", i)), epoch.Truncate(time.Microsecond).Add(time.Duration(i/4)*time.Microsecond))
		f.listed(v)
		want = append([]store.Visibility{stored(v)}, want...)
	}
	f.same("order", f.list(store.ListQuery{}), want)
	var paged []store.Visibility
	q := store.ListQuery{Limit: 3}
	for page := f.list(q); len(page) > 0; page = f.list(q) {
		paged = append(paged, page...)
		last := page[len(page)-1]
		q.AfterStart, q.AfterRun = last.StartTime, last.RunID
		f.listed(open(f.key("newcomer"), epoch.Add(time.Hour))) // newer than the cursor: not on later pages
		closed := last
		closed.Status, closed.CloseTime = 2, epoch.Add(time.Hour)
		key := orchestration.WorkflowKey{Namespace: f.ns, WorkflowID: last.WorkflowID}.Run(last.RunID)
		f.commit(one(key, store.RunWrite{Expect: 1, Version: 2, State: []byte("s"), Visibility: &closed}))
	}
	f.same("paged", paged, want)
}

func visibilityFilter(f *fixture) {
	for i := range 6 {
		v := open(f.key(fmt.Sprintf("transfer-%d", i)), epoch.Add(time.Duration(i)*time.Second))
		v.Status = int32(1 + i%3)
		f.listed(v)
	}
	q := store.ListQuery{Namespace: f.ns, Where: f.where("status = %s", int64(2)), Limit: 10}
	rows := f.list(q)
	f.same("rows", []string{rows[0].WorkflowID, rows[1].WorkflowID}, []string{"transfer-4", "transfer-1"})
	f.same("number of rows", len(rows), 2)
	q.AfterStart, q.AfterRun = rows[0].StartTime, rows[0].RunID
	f.same("second page", len(f.list(q)), 1)
	for _, c := range []struct {
		where store.Where
		want  int64
	}{{store.Where{}, 6}, {q.Where, 2}, {f.where("workflow_id = %s", "none"), 0}} {
		n, err := f.Reader.Count(f.ctx, store.ListQuery{Namespace: f.ns, Where: c.where})
		f.ok(err)
		f.same("count of "+c.where.SQL, n, c.want)
	}
}

// visibilityFilterIsolation: a filter that is true for everything, as an alternative, still selects one namespace.
func visibilityFilterIsolation(f *fixture) {
	f.listed(open(f.key("mine"), epoch))
	v := open(f.key("theirs"), epoch)
	v.Namespace = namespace()
	f.listed(v)
	where := f.where("workflow_id = %s OR 1 = 1", "mine")
	rows := f.list(store.ListQuery{Where: where})
	n, err := f.Reader.Count(f.ctx, store.ListQuery{Namespace: f.ns, Where: where})
	f.ok(err)
	if len(rows) != 1 || rows[0].WorkflowID != "mine" || n != 1 {
		f.Fatalf("listed %d rows and counted %d, want the one row of the namespace", len(rows), n)
	}
}

// where is a filter with one argument in the driver's dialect.
func (f *fixture) where(format string, arg any) store.Where {
	placeholder := f.Reader.Dialect().Placeholder(1)
	return store.Where{SQL: fmt.Sprintf(format, placeholder), Args: []any{arg}}
}
