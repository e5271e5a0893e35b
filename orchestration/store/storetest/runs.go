package storetest

import (
	"bytes"
	"fmt"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

func runRoundTrip(f *fixture) {
	key := f.key("transfer-1")
	w := one(key, store.RunWrite{
		Version: 3,
		State:   []byte{0, 1, 2, 0xff, 0},
		Items:   []store.ItemWrite{{Kind: 1, ID: "7", Data: []byte("activity")}, {Kind: 255, ID: "", Data: []byte{0}}},
		Wake:    store.WakeWrite{Change: store.WakeSet, At: epoch},
	})
	f.commit(w)
	f.same("record", f.load(key), store.Record{
		Key: key, Version: 3, State: w.Runs[0].State, Items: w.Runs[0].Items, Wake: epoch.Truncate(time.Millisecond),
	})
	versions, err := f.Reader.Versions(f.ctx, []orchestration.RunKey{key})
	f.ok(err)
	f.same("versions", versions, map[orchestration.RunID]orchestration.Version{key.RunID: 3})
}

func updateReplacesState(f *fixture) {
	key := f.key("transfer-1")
	f.commit(start(key))
	for v := orchestration.Version(1); v < 5; v++ {
		state := fmt.Appendf(nil, "state %d", v+1)
		f.commit(one(key, store.RunWrite{Expect: v, Version: v + 1, State: state}))
		f.same("record", f.load(key), store.Record{Key: key, Version: v + 1, State: state})
	}
}

func loadMany(f *fixture) {
	const n = 600 // more than a page of takeover, more than one database wants as arguments of an IN
	var batch []store.Write
	var keys []orchestration.RunKey
	for i := range n {
		key := f.key(fmt.Sprintf("transfer-%d", i))
		w := start(key)
		w.Runs[0].State = fmt.Appendf(nil, "state of %d", i)
		for j := range i % 3 {
			w.Runs[0].Items = append(w.Runs[0].Items, store.ItemWrite{Kind: 1, ID: fmt.Sprint(j), Data: fmt.Appendf(nil, "item of %d", i)})
		}
		batch, keys = append(batch, w), append(keys, key)
	}
	f.commit(batch...)
	missing := f.key("missing")
	recs, err := f.Store.LoadRuns(f.ctx, append(keys, missing))
	f.ok(err)
	if len(recs) != n {
		f.Fatalf("%d records, want %d: a run that does not exist is absent, every other is there", len(recs), n)
	}
	byRun := map[orchestration.RunID]store.Record{}
	for _, r := range recs {
		byRun[r.Key.RunID] = r
	}
	for i, key := range keys {
		f.same("record", byRun[key.RunID], store.Record{Key: key, Version: 1, State: batch[i].Runs[0].State, Items: batch[i].Runs[0].Items})
	}
}

func loadNone(f *fixture) {
	recs, err := f.Store.LoadRuns(f.ctx, nil)
	f.ok(err)
	versions, err := f.Reader.Versions(f.ctx, nil)
	f.ok(err)
	if len(recs)+len(versions) != 0 {
		f.Fatalf("got %v and %v for no keys", recs, versions)
	}
	key := f.key("transfer-1")
	f.absent(key)
	key.RunID = orchestration.RunID{}
	f.absent(key) // a zero run id is no run: CurrentRun resolves it
}

func largeBlobs(f *fixture) {
	key := f.key("transfer-1")
	big := bytes.Repeat([]byte("0123456789abcdef"), 2<<20/16)
	w := one(key, store.RunWrite{
		Version: 1, State: []byte{},
		Items:   []store.ItemWrite{{Kind: 1, ID: "big", Data: big}, {Kind: 1, ID: "empty", Data: []byte{}}},
		History: []store.Batch{{First: 1, Last: 2, Events: big}},
	})
	f.commit(w)
	rec := f.load(key)
	if len(rec.State) != 0 || len(rec.Items) != 2 {
		f.Fatalf("state of %d bytes and %d items, want an empty state and 2 items", len(rec.State), len(rec.Items))
	}
	f.same("big item", bytes.Equal(rec.Items[0].Data, big), true)
	if rec.Items[1].Data == nil || len(rec.Items[1].Data) != 0 {
		f.Fatalf("empty item is %v, want empty and not nil", rec.Items[1].Data)
	}
	batches, err := f.Reader.History(f.ctx, store.HistoryRange{Run: key})
	f.ok(err)
	if len(batches) != 1 || !bytes.Equal(batches[0].Events, big) {
		f.Fatalf("history of 2 MiB came back as %d batches or changed", len(batches))
	}
}

func survivesReopening(f *fixture) {
	key := f.key("transfer-1")
	w := start(key)
	w.Current = &store.CurrentWrite{Set: store.Current{RunID: key.RunID, StartRequestID: "r", Status: 1}}
	w.Runs[0].Visibility = open(key, epoch)
	w.Runs[0].Wake = store.WakeWrite{Change: store.WakeSet, At: epoch}
	w.Runs[0].Items = []store.ItemWrite{{Kind: 1, ID: "1", Data: []byte("item")}}
	f.commit(w)
	before, listed := f.load(key), f.list(store.ListQuery{})
	f.reopen()
	f.same("record", f.load(key), before)
	f.same("list", f.list(store.ListQuery{}), listed)
	cur, ok, err := f.Store.CurrentRun(f.ctx, key.WorkflowKey)
	f.ok(err)
	f.same("current run", []any{cur, ok}, []any{w.Current.Set, true})
	f.commit(one(key, store.RunWrite{Expect: 1, Version: 2, State: []byte("2")})) // the fence is still the newest
}
