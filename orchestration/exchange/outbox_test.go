package exchange

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// sample is the n-th reference of a queue.
func sample(n, q int) matching.Reference {
	var run orchestration.RunID
	run[15] = byte(n)
	return matching.Reference{
		Run:              orchestration.WorkflowKey{Namespace: orchestration.NamespaceID{1}, WorkflowID: "w"}.Run(run),
		ScheduledEventID: 7, Attempt: 2, Key: queue(q), Priority: 4, ReadyAt: noon, Backlog: 99, Pass: 3, Shard: 1023,
	}
}

// The counts are those of a plain list of what is published, whatever happens.
func TestOutbox(t *testing.T) {
	type entry struct {
		queue int
		node  orchestration.NodeID
		at    time.Time
	}
	rapid.Check(t, func(t *rapid.T) {
		o, model, now := newOutbox(), make(map[int]entry), noon
		t.Repeat(map[string]func(*rapid.T){
			"publish": func(t *rapid.T) {
				n := rapid.IntRange(0, 20).Draw(t, "task")
				e := entry{n % 3, orchestration.NodeID(rapid.IntRange(0, 2).Draw(t, "node")), now}
				ref := sample(n, e.queue)
				o.put(&ref, e.node, now)
				model[n] = e
			},
			"settle": func(t *rapid.T) {
				n := rapid.IntRange(0, 20).Draw(t, "task")
				ref := sample(n, n%3)
				p, ok := o.take(idOf(&ref))
				if e, known := model[n]; known != ok || ok && p.node != e.node {
					t.Fatalf("task %d: %+v, %v; want %+v", n, p, ok, e)
				}
				delete(model, n)
			},
			"watch": func(t *rapid.T) { o.watch(queue(rapid.IntRange(0, 2).Draw(t, "queue")), rapid.Bool().Draw(t, "more")) },
			"wait":  func(*rapid.T) { now = now.Add(time.Second) },
			"overdue": func(*rapid.T) {
				keys, due := o.overdue(now.Add(-3*time.Second)), 0
				for n, e := range model {
					if e.at.Before(now.Add(-3 * time.Second)) {
						due++
						delete(model, n)
					}
				}
				if len(keys) != due {
					t.Fatalf("%d are overdue; want %d", len(keys), due)
				}
			},
			"": func(t *rapid.T) {
				for q := range 3 {
					total := 0
					for node := range orchestration.NodeID(3) {
						at := 0
						for _, e := range model {
							if e.queue == q && e.node == node {
								at++
							}
						}
						total += at
						if got := o.at(queue(q), node); got != at {
							t.Fatalf("queue %d: %d at node %d; want %d", q, got, node, at)
						}
					}
					if got := o.total(queue(q)); got != total {
						t.Fatalf("queue %d: %d published; want %d", q, got, total)
					}
					if _, kept := o.queues[queue(q)]; !kept && total > 0 || kept && total == 0 && !o.queues[queue(q)].more {
						t.Fatalf("queue %d is kept: %v, with %d published", q, kept, total)
					}
				}
			},
		})
		if keys := o.reset(); len(keys) != len(model) || len(o.published) != 0 {
			t.Fatalf("reset %d; want %d", len(keys), len(model))
		}
	})
}

func TestFree(t *testing.T) {
	for _, test := range [][3]int{{0, 0, 0}, {1, 0, 1}, {1, 1, 0}, {8, 0, 8}, {8, 4, 4}, {8, 5, 0}, {8, 20, 0}} {
		if got := free(test[0], test[1]); got != test[2] {
			t.Errorf("free(%d, %d) = %d; want %d", test[0], test[1], got, test[2])
		}
	}
}
