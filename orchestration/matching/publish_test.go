package matching

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

func numbers(refs []Reference) (ns []int) {
	for _, r := range refs {
		ns = append(ns, number(r))
	}
	return ns
}

func TestPublishableIsBestFirst(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], _ *recorder) {
		for n := 1; n <= 6; n++ {
			r := ref(n)
			r.Priority = int32(1 + n%2)
			qs.Add(r)
		}
		refs, more := qs.Publishable(queueA, Selection{Most: 4, Again: 5 * time.Second})
		if ns := numbers(refs); !slices.Equal(ns, []int{2, 4, 6, 1}) || !more {
			t.Errorf("published %v, more %v", ns, more)
		}
		refs, more = qs.Publishable(queueA, Selection{Most: 4, Again: 5 * time.Second})
		if ns := numbers(refs); !slices.Equal(ns, []int{3, 5}) || more {
			t.Errorf("then %v, more %v", ns, more)
		}
		startPoll(qs, worker("w")).want(t, 2) // it waits here all the same
		time.Sleep(5 * time.Second)
		refs, _ = qs.Publishable(queueA, Selection{Most: 3, Again: 5 * time.Second})
		if ns := numbers(refs); !slices.Equal(ns, []int{4, 6, 1}) {
			t.Errorf("again %v", ns)
		}
		refs, _ = qs.Publishable(queueA, Selection{Most: 3})
		if ns := numbers(refs); !slices.Equal(ns, []int{4, 6, 1}) {
			t.Errorf("whatever was published: %v", ns)
		}
	})
}

func TestPublishableOlderThan(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], _ *recorder) {
		qs.Add(ref(1))
		time.Sleep(time.Second)
		qs.Add(ref(2))
		refs, more := qs.Publishable(queueA, Selection{Most: 5, Older: time.Second, Again: time.Hour})
		if ns := numbers(refs); !slices.Equal(ns, []int{1}) || !more {
			t.Errorf("published %v, more %v", ns, more)
		}
	})
}

func TestPublishableOfAnUnknownQueue(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], _ *recorder) {
		if refs, more := qs.Publishable(queueA, Selection{Most: 5}); refs != nil || more {
			t.Errorf("published %v, %v", refs, more)
		}
	})
}

// A backlog is read for the pollers of other nodes too, page by page as they start its tasks.
func TestABacklogIsReadForOtherNodes(t *testing.T) {
	const rows = 50
	s := &shelf{}
	s.putRange(1, rows)
	exchanging(t, Options{Refill: s.refill, MaxInMemory: 8}, func(t *testing.T, qs *Queues[task], x *recorder) {
		qs.Found(queueA, DefaultPriority, rows)
		time.Sleep(time.Minute)
		if reads, _ := s.seen(); reads > 0 {
			t.Errorf("read %d times for nobody", reads)
		}
		started := 0
		for range 3 * rows {
			refs, _ := qs.Publishable(queueA, Selection{Most: 3, Again: time.Hour})
			synctest.Wait()
			for _, r := range refs {
				started++
				if number(r) != started {
					t.Fatalf("row %d was published as number %d", number(r), started)
				}
				s.remove(r)
				qs.Spilled(queueA, DefaultPriority, -1)
				qs.Remove(r)
			}
		}
		if started != rows {
			t.Errorf("%d of %d rows were published", started, rows)
		}
		if calls := x.told(); !slices.Contains(calls, "waiting") {
			t.Errorf("told %v: what was read is not published without a hint", calls)
		}
	})
}

// Imports are another node's to publish.
func TestImportsAreNotPublished(t *testing.T) {
	exchanging(t, Options{}, func(t *testing.T, qs *Queues[task], _ *recorder) {
		startPoll(qs, worker("w")).cancel()
		qs.Import([]Reference{ref(1)}, false)
		qs.Add(ref(2))
		refs, _ := qs.Publishable(queueA, Selection{Most: 5})
		if ns := numbers(refs); !slices.Equal(ns, []int{2}) {
			t.Errorf("published %v", ns)
		}
	})
}

// A walk visits what popping would yield, and leaves the heap as it is.
func TestWalkIsTheOrderOfDispatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rs := newReferences()
		for n := range rapid.IntRange(0, 60).Draw(t, "references") {
			r := ref(n)
			r.Priority = int32(rapid.IntRange(1, 5).Draw(t, "priority"))
			rs.add(r)
		}
		most := rapid.IntRange(0, 60).Draw(t, "most")
		var walked []int
		rs.waiting.best(func(e *entry) bool {
			walked = append(walked, number(e.ref))
			return len(walked) < most
		})
		for i, n := range walked {
			if got := number(rs.offer().ref); got != n {
				t.Fatalf("step %d of the walk is %d, the heap has %d", i, n, got)
			}
		}
		if want := min(max(most, 1), len(walked)+len(rs.waiting)); len(walked) != want {
			t.Fatalf("%d steps; want %d", len(walked), want)
		}
	})
}
