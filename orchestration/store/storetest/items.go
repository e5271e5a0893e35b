package storetest

import (
	"fmt"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

func itemChanges(f *fixture) {
	key, neighbour := f.key("transfer-1"), f.key("transfer-2")
	w := start(neighbour)
	w.Runs[0].Items = []store.ItemWrite{{Kind: 1, ID: "a", Data: []byte("neighbour")}}
	f.commit(w)
	steps := []struct{ write, want []store.ItemWrite }{
		{
			[]store.ItemWrite{{Kind: 1, ID: "a", Data: []byte("a1")}, {Kind: 2, ID: "a", Data: []byte("other kind")}, {Kind: 1, ID: "b", Data: []byte("b1")}},
			[]store.ItemWrite{{Kind: 1, ID: "a", Data: []byte("a1")}, {Kind: 1, ID: "b", Data: []byte("b1")}, {Kind: 2, ID: "a", Data: []byte("other kind")}},
		},
		{
			[]store.ItemWrite{{Kind: 1, ID: "a", Data: []byte("a2")}, {Kind: 1, ID: "b"}},
			[]store.ItemWrite{{Kind: 1, ID: "a", Data: []byte("a2")}, {Kind: 2, ID: "a", Data: []byte("other kind")}},
		},
		{ // deleting what is not there is no error: items in the header are deleted the same way
			[]store.ItemWrite{{Kind: 9, ID: "z"}, {Kind: 2, ID: "a"}},
			[]store.ItemWrite{{Kind: 1, ID: "a", Data: []byte("a2")}},
		},
		{ // the last of several writes of one item stands
			[]store.ItemWrite{{Kind: 1, ID: "a"}, {Kind: 1, ID: "a", Data: []byte("a3")}},
			[]store.ItemWrite{{Kind: 1, ID: "a", Data: []byte("a3")}},
		},
		{[]store.ItemWrite{{Kind: 1, ID: "a"}}, nil},
	}
	for i, step := range steps {
		v := f.version(i)
		f.commit(one(key, store.RunWrite{Expect: v, Version: v + 1, State: []byte("s"), Items: step.write}))
		f.sameItems(f.load(key).Items, step.want)
	}
	f.sameItems(f.load(neighbour).Items, w.Runs[0].Items)
}

func manyItems(f *fixture) {
	const n = 2000
	key := f.key("transfer-1")
	w := start(key)
	for i := range n {
		w.Runs[0].Items = append(w.Runs[0].Items, store.ItemWrite{Kind: 1, ID: fmt.Sprint(i), Data: fmt.Appendf(nil, "activity %d", i)})
	}
	f.commit(w)
	f.commit(one(key, store.RunWrite{Expect: 1, Version: 2, State: []byte("s"), Items: []store.ItemWrite{{Kind: 1, ID: "1000"}}}))
	f.same("items left", len(f.load(key).Items), n-1)
}

// sameItems compares as sets: a load returns items in any order.
func (f *fixture) sameItems(got, want []store.ItemWrite) {
	f.Helper()
	index := func(items []store.ItemWrite) map[string]string {
		m := map[string]string{}
		for _, it := range items {
			m[fmt.Sprint(it.Kind, "/", it.ID)] = string(it.Data)
		}
		return m
	}
	f.same("items", index(got), index(want))
	f.same("number of items", len(got), len(want))
}
