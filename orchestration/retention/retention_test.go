package retention

import (
	"context"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

func TestClosedRunsLeave(t *testing.T) {
	w := newWorld()
	w.namespaces = []Namespace{{ID: bank, Name: "bank", Retention: time.Hour}, {ID: shop, Name: "shop", Retention: 3 * time.Hour}}
	for i := range 250 {
		w.add(bank, i, noon.Add(-2*time.Hour))
		w.add(shop, i, noon.Add(-2*time.Hour))
	}
	w.add(bank, 300, noon.Add(-time.Hour)) // at the very moment
	young, open := w.add(bank, 301, noon.Add(-time.Hour+1)), w.add(bank, 302, time.Time{})
	old := store.Job{Namespace: bank, Created: noon.Add(-2 * time.Hour)}
	running := store.Job{Namespace: bank, Created: noon.Add(-2 * time.Hour), Open: true}
	w.jobs = []store.Job{old, running, {Namespace: bank, Created: noon}}
	if more, waiting := w.room().pass(true); more || waiting {
		t.Errorf("more %v, waiting %v", more, waiting)
	}
	_, youngLeft := w.runs[young]
	_, openLeft := w.runs[open]
	if w.count(bank) != 2 || !youngLeft || !openLeft || w.count(shop) != 250 {
		t.Errorf("left are %d and %d", w.count(bank), w.count(shop))
	}
	if w.largest > pageRuns {
		t.Errorf("an order for %d runs", w.largest)
	}
	if len(w.jobs) != 2 || !w.jobs[0].Open || w.jobs[1].Created != noon {
		t.Errorf("jobs left: %+v", w.jobs)
	}

	// A change of the retention holds from the next pass on.
	w.namespaces[1].Retention = time.Hour
	w.room().pass(true)
	if w.count(shop) != 0 {
		t.Errorf("left are %d", w.count(shop))
	}
}

// TestRunsThatStayDoNotBlockOthers: what cannot be deleted now is passed over, and tried again with the next pass.
func TestRunsThatStayDoNotBlockOthers(t *testing.T) {
	w := newWorld()
	w.namespaces = []Namespace{{ID: bank, Name: "bank", Retention: time.Hour}}
	for i := range 250 {
		key := w.add(bank, i, noon.Add(-2*time.Hour))
		if i < 120 {
			w.refused[key] = orchestration.Errorf(orchestration.Unavailable, "moving")
		}
	}
	r := w.room()
	r.pass(true)
	if n := w.count(bank); n != 120 {
		t.Errorf("left are %d, want 120", n)
	}
	clear(w.refused)
	r.pass(true)
	if n := w.count(bank); n != 0 {
		t.Errorf("left are %d", n)
	}
}

// TestOnlyTheKeeperDeletes: a node leaves alone what another one keeps.
func TestOnlyTheKeeperDeletes(t *testing.T) {
	w := newWorld()
	w.namespaces = []Namespace{{ID: bank, Name: "bank", Retention: time.Hour}, {ID: shop, Name: "shop", Deleted: true}}
	w.add(bank, 1, noon.Add(-2*time.Hour))
	w.add(shop, 1, time.Time{})
	here := false
	w.served = func(s orchestration.ShardID) bool {
		return here && (s == orchestration.ShardOf(bank, "") || s == orchestration.ShardOf(shop, ""))
	}
	r := w.room()
	r.pass(true)
	if w.count(bank)+w.count(shop) != 2 {
		t.Error("runs of another keeper were deleted")
	}
	here = true
	r.pass(true)
	if w.count(bank)+w.count(shop) != 0 {
		t.Error("runs are left")
	}
}

func TestALongPassLetsOthersHaveTheirTurn(t *testing.T) {
	w := newWorld()
	w.namespaces = []Namespace{{ID: bank, Name: "bank", Retention: time.Hour}}
	for i := range pageRuns*passPages + 1 {
		w.add(bank, i, noon.Add(-2*time.Hour))
	}
	if more, _ := w.room().pass(true); !more || w.count(bank) != 1 {
		t.Errorf("more %v, left are %d", more, w.count(bank))
	}
}

func TestDeletedNamespaceGoes(t *testing.T) {
	w := newWorld()
	w.namespaces = []Namespace{{ID: bank, Name: "bank-deleted", Retention: time.Hour, Deleted: true, RemoveAfter: noon.Add(time.Minute)}, {ID: shop, Name: "shop", Retention: time.Hour}}
	for i := range 250 {
		w.add(bank, i, time.Time{})
	}
	w.add(shop, 1, time.Time{})
	w.jobs = []store.Job{{Namespace: bank, Created: noon}, {Namespace: shop, Created: noon}, {Namespace: bank, Created: noon, Open: true}}
	r := w.room()
	var dropped []orchestration.NamespaceID
	r.c.Leftovers = append(r.c.Leftovers, func(_ context.Context, id orchestration.NamespaceID) error {
		dropped = append(dropped, id)
		return nil
	})
	gone := func(want bool, why string) {
		t.Helper()
		if _, waiting := r.pass(false); !waiting {
			t.Errorf("%s: nothing is waited for", why)
		}
		if (len(w.removed) > 0) != want {
			t.Errorf("%s: removed %v", why, w.removed)
		}
	}
	gone(false, "with runs")
	if w.count(bank) != 0 || w.count(shop) != 1 {
		t.Errorf("left are %d and %d", w.count(bank), w.count(shop))
	}
	gone(false, "before its time")
	w.now = noon.Add(time.Minute)
	late := w.add(bank, 7, time.Time{}) // from a node that had not heard of it
	w.refused[late] = orchestration.Errorf(orchestration.Unavailable, "moving")
	gone(false, "with a late run")
	clear(w.refused)
	gone(false, "after a late run")
	gone(false, "with a job that goes on")
	w.jobs[len(w.jobs)-1].Open = false
	gone(true, "with nothing")
	if len(dropped) != 1 || dropped[0] != bank {
		t.Errorf("dropped leftovers of %v", dropped)
	}
	if len(w.jobs) != 1 || len(w.namespaces) != 1 {
		t.Errorf("left are %d jobs and %d namespaces", len(w.jobs), len(w.namespaces))
	}
}

// TestRoomLooksWhenNudged, and ends in the middle of a pass.
func TestRoomLooksWhenNudged(t *testing.T) {
	w := newWorld()
	r := w.room()
	r.Run()
	defer r.Close()
	w.mu.Lock()
	w.namespaces = []Namespace{{ID: bank, Name: "bank", Deleted: true}}
	w.add(bank, 1, time.Time{})
	w.mu.Unlock()
	for w.count(bank) > 0 {
		r.Nudge()
	}
}
