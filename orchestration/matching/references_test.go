package matching

import (
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration"
)

// drained is the numbers of all waiting references, in the order in which they are offered.
func drained(rs *references) (order []int) {
	for rs.head() != nil {
		order = append(order, number(rs.offer().ref))
	}
	return order
}

func TestRowsKeepTheirOrderAndNewcomersStayBehind(t *testing.T) {
	rs := newReferences()
	rs.add(ref(100)) // before any row was seen
	for _, n := range []int{7, 5, 6} {
		rs.add(row(n))
	}
	rs.add(ref(101)) // every row so far came before it
	rs.add(row(8))   // was committed later than 101, or its seq would be smaller
	rs.add(ref(102))
	rs.add(row(4)) // read late, but committed first
	if got, want := drained(&rs), []int{100, 4, 5, 6, 7, 101, 8, 102}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

// Seqs are unique per shard only: two shards' rows with one seq must still have an order.
func TestShardsBreakTies(t *testing.T) {
	rs := newReferences()
	for _, shard := range []int{3, 1, 2} {
		r := ref(shard)
		r.Backlog, r.Shard = 9, orchestration.ShardID(shard)
		rs.add(r)
	}
	if got, want := drained(&rs), []int{1, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

func TestPrioritiesOutOfRange(t *testing.T) {
	for given, want := range map[int32]int32{0: 3, -4: 1, 1: 1, 5: 5, 6: 5, 1 << 30: 5} {
		if r := (Reference{Priority: given}); r.priority() != want {
			t.Errorf("priority %d counts as %d, want %d", given, r.priority(), want)
		}
	}
}

// The attempts of one activity are different references; so are the tasks of one run.
func TestIdentityOfReferences(t *testing.T) {
	rs := newReferences()
	r := ref(1)
	rs.add(r)
	second := r
	second.Attempt = 2
	other := r
	other.ScheduledEventID = 9
	same := r
	same.Run.WorkflowID, same.Priority, same.ReadyAt = "", 1, time.Time{}
	for _, c := range []struct {
		ref  Reference
		want bool
	}{{second, true}, {other, true}, {same, false}} {
		if _, added := rs.add(c.ref); added != c.want {
			t.Errorf("%+v: added %v", c.ref, added)
		}
	}
}

func TestLastIsTheRowToGiveUp(t *testing.T) {
	rs := newReferences()
	if rs.last() != nil || rs.head() != nil {
		t.Error("nothing has no last and no head")
	}
	lowest := ref(50)
	lowest.Priority = 5
	rs.add(lowest)
	if rs.last() != nil {
		t.Error("a reference without a row cannot be given up: it would be lost")
	}
	for n := 1; n <= 20; n++ {
		r := row(n)
		r.Priority = int32(1 + n%4)
		rs.add(r)
	}
	if e := rs.last(); number(e.ref) != 19 {
		t.Errorf("last is %d, want 19: of priority 4 the latest", number(e.ref))
	}
}

// However references come, are offered, come back and are dropped: what waits is offered in one total order, and the books balance.
func TestReferencesProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rs := newReferences()
		waiting, offered := map[int]*entry{}, map[int]*entry{}
		draw := func(from map[int]*entry) *entry {
			if len(from) == 0 {
				t.Skip("none")
			}
			return from[rapid.SampledFrom(slices.Sorted(maps.Keys(from))).Draw(t, "n")]
		}
		next := 0
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				next++
				r := ref(next)
				r.Priority = int32(rapid.IntRange(1, 5).Draw(t, "priority"))
				r.Pass = int64(rapid.IntRange(0, 3).Draw(t, "pass"))
				r.Backlog = int64(rapid.IntRange(0, 50).Draw(t, "seq"))
				e, added := rs.add(r)
				if !added {
					t.Fatal("not added")
				}
				waiting[next] = e
			},
			"offer": func(t *rapid.T) {
				if len(waiting) == 0 {
					t.Skip("none")
				}
				e := rs.offer()
				for _, o := range waiting {
					if o != e && o.before(e) {
						t.Fatalf("%d was offered before %d", number(e.ref), number(o.ref))
					}
				}
				delete(waiting, number(e.ref))
				offered[number(e.ref)] = e
			},
			"put back": func(t *rapid.T) {
				e := draw(offered)
				rs.putBack(e)
				delete(offered, number(e.ref))
				waiting[number(e.ref)] = e
			},
			"drop waiting": func(t *rapid.T) {
				e := draw(waiting)
				rs.drop(e)
				delete(waiting, number(e.ref))
			},
			"drop offered": func(t *rapid.T) {
				e := draw(offered)
				rs.drop(e)
				delete(offered, number(e.ref))
			},
			"": func(t *rapid.T) { checkBooks(t, &rs, waiting, offered) },
		})
	})
}

func checkBooks(t *rapid.T, rs *references, waiting, offered map[int]*entry) {
	if len(rs.waiting) != len(waiting) || len(rs.byID) != len(waiting)+len(offered) {
		t.Fatalf("%d wait and %d are known; want %d and %d", len(rs.waiting), len(rs.byID), len(waiting), len(waiting)+len(offered))
	}
	var rows int64
	for _, e := range rs.byID {
		if e.row != 0 {
			rows++
		}
		if isOffered := offered[number(e.ref)] == e; isOffered != (rs.offered(e.ref) == e) {
			t.Fatalf("reference %d: offered is %v", number(e.ref), !isOffered)
		}
	}
	if rows != rs.rows {
		t.Fatalf("%d rows are counted, there are %d", rs.rows, rows)
	}
}

// The order is total: no two references are before each other, and sorting agrees with draining.
func TestOrderIsTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rs := newReferences()
		var all []*entry
		for n := range rapid.IntRange(2, 40).Draw(t, "references") {
			r := ref(n)
			r.Priority = int32(rapid.IntRange(1, 2).Draw(t, "priority"))
			r.Backlog = int64(rapid.IntRange(0, 6).Draw(t, "seq"))
			r.Shard = orchestration.ShardID(rapid.IntRange(0, 2).Draw(t, "shard"))
			e, _ := rs.add(r)
			all = append(all, e)
		}
		for _, a := range all {
			for _, b := range all {
				if a != b && a.before(b) == b.before(a) {
					t.Fatalf("%+v and %+v have no order", a.ref, b.ref)
				}
			}
		}
		slices.SortFunc(all, func(a, b *entry) int {
			if a.before(b) {
				return -1
			}
			return 1
		})
		for i, n := range drained(&rs) {
			if number(all[i].ref) != n {
				t.Fatalf("place %d: %d by draining, %d by sorting", i, n, number(all[i].ref))
			}
		}
	})
}
