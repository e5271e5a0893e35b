package storetest

import (
	"strings"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// everywhere commits a run whose every text is name, and reads it back through every method.
func (f *fixture) everywhere(name string) {
	f.Helper()
	key := f.key(name)
	w := start(key)
	w.Current = &store.CurrentWrite{Set: store.Current{RunID: key.RunID, StartRequestID: name, Status: 1}}
	v := open(key, epoch)
	v.Type, v.TaskQueue, v.ParentID, v.RootID = name, name, name, name
	w.Runs[0].Visibility = v
	w.Runs[0].Wake = setWake(epoch)
	w.Runs[0].Items = []store.ItemWrite{{Kind: 1, ID: name, Data: []byte(name)}}
	row := backlogRow(key, 1)
	row.Queue = name
	w.Backlog = []store.BacklogWrite{{Row: row}}
	f.commit(w)

	rec := f.load(key)
	f.same("items", rec.Items, w.Runs[0].Items)
	f.same("key", rec.Key, key)
	cur, ok, err := f.Store.CurrentRun(f.ctx, key.WorkflowKey)
	f.ok(err)
	f.same("current run", []any{cur, ok}, []any{w.Current.Set, true})
	f.same("backlog", f.backlog(store.BacklogScan{BacklogKey: row.BacklogKey}), []store.BacklogRow{row})
	f.same("listed", f.list(store.ListQuery{Where: f.where("workflow_id = %s", name)}), []store.Visibility{stored(v)})
}

// caseSensitivity: names that some collation holds for equal are different names here.
func caseSensitivity(f *fixture) {
	names := []string{"transfer", "Transfer", "TRANSFER", " transfer", "transfer ", "stra\u00dfe", "strasse", "caf\u00e9", "cafe\u0301", "\u212a", "K", "k", "1", "01", "1.0"}
	for _, name := range names {
		f.everywhere(name) // a collision is a conflict on current_run
	}
	for _, name := range names {
		cur, ok, err := f.Store.CurrentRun(f.ctx, orchestration.WorkflowKey{Namespace: f.ns, WorkflowID: name})
		f.ok(err)
		if !ok || cur.StartRequestID != name {
			f.Fatalf("current run of %q: got %+v, %v", name, cur, ok)
		}
	}
}

func hostileNames(f *fixture) {
	for _, name := range []string{
		"'; DROP TABLE run; --", `"`, "`", `\`, "%", "_", "?", "$1", "--", "/*", "\n\t\r", "\u202e", "\ufeff", "\U0001f3b5",
		"null", "NULL", "{}", `["x"]`, strings.Repeat("x", 1000), strings.Repeat("\U0001f3b5", 1000), "",
	} {
		f.everywhere(name)
	}
	rows := f.list(store.ListQuery{})
	f.same("rows", len(rows), 21)
}

// namespacesApart: with another namespace, the right run id and workflow id read nothing; nor does another workflow's id.
func namespacesApart(f *fixture) {
	key := f.key("transfer-1")
	w := start(key)
	w.Current = &store.CurrentWrite{Set: store.Current{RunID: key.RunID, Status: 1}}
	w.Runs[0].History = []store.Batch{{First: 1, Last: 1, Events: []byte("secret")}}
	w.Runs[0].Items = []store.ItemWrite{{Kind: 1, ID: "1", Data: []byte("secret")}}
	w.Runs[0].Visibility = open(key, epoch)
	w.Backlog = []store.BacklogWrite{{Row: backlogRow(key, 1)}}
	f.commit(w)

	foreign, sibling := key, key
	foreign.Namespace = namespace()
	sibling.WorkflowID = "transfer-2"
	f.absent(foreign)
	f.absent(sibling)
	_, ok, err := f.Store.CurrentRun(f.ctx, foreign.WorkflowKey)
	f.ok(err)
	f.same("current run of the other namespace", ok, false)
	f.same("list", len(f.list(store.ListQuery{Namespace: foreign.Namespace})), 0)
	row := backlogRow(foreign, 1)
	f.same("backlog", len(f.backlog(store.BacklogScan{BacklogKey: row.BacklogKey})), 0)
	f.refused(store.ErrConflict, one(foreign, store.RunWrite{Expect: 1, Version: 2, State: []byte("theirs")}))

	// The same workflow id in the other namespace is another workflow.
	other := foreign
	other.RunID = f.key("x").RunID
	w = start(other)
	w.Current = &store.CurrentWrite{Set: store.Current{RunID: other.RunID, Status: 1}}
	f.commit(w)
	f.same("state", string(f.load(key).State), "state 1")
}
