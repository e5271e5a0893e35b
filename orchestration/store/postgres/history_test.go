//go:build unix

package postgres_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration/store"
)

// A history of more batches than one statement looks at is read whole, in both directions, and pages of any size join up.
func TestLongHistory(t *testing.T) {
	const n = 2500
	r := newRig(t)
	key, writes := r.start()
	for i := range int64(n) {
		writes[0].Runs[0].History = append(writes[0].Runs[0].History, store.Batch{First: 1 + 2*i, Last: 2 + 2*i, Events: bytes.Repeat([]byte("e"), int(i%7))})
	}
	r.commit(writes...)
	read := func(h store.HistoryRange) (firsts []int64) {
		t.Helper()
		h.Run = key
		batches, err := r.History(t.Context(), h)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range batches {
			firsts = append(firsts, b.First)
		}
		return firsts
	}
	var want []int64
	for i := range int64(n) {
		want = append(want, 1+2*i)
	}
	if got := read(store.HistoryRange{}); !slices.Equal(got, want) {
		t.Errorf("%d batches from %d to %d, want all %d", len(got), got[0], got[len(got)-1], n)
	}
	if got := read(store.HistoryRange{From: 3, To: 2*n - 1}); !slices.Equal(got, want[1:]) {
		t.Errorf("a part: %d batches, want %d", len(got), n-1)
	}
	var paged []int64
	for from := int64(1); from <= 2*n; {
		page := read(store.HistoryRange{From: from, MaxBytes: 4000})
		paged = append(paged, page...)
		from = page[len(page)-1] + 2
	}
	if !slices.Equal(paged, want) {
		t.Errorf("pages of 4,000 bytes: %d batches, want %d", len(paged), n)
	}
	slices.Reverse(want)
	if got := read(store.HistoryRange{Reverse: true}); !slices.Equal(got, want) {
		t.Errorf("reverse: %d batches, want %d", len(got), n)
	}
}
