package exchange

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

var noon = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)

func wants(n, want int) news { return news{Queue: queueName(queue(n)), Want: want} }
func gone(n int) news        { return news{Queue: queueName(queue(n)), Gone: true} }

func TestOthersHear(t *testing.T) {
	for name, test := range map[string]struct {
		said  []gossip
		lost  []int       // which of them show that one is missing
		wants map[int]int // queue → what node 2 wants at last
	}{
		"changes":                 {said: []gossip{{Seq: 1, Queues: []news{wants(1, 4), wants(2, 1)}}, {Seq: 2, Queues: []news{wants(1, 8), gone(2)}}}, wants: map[int]int{1: 8}},
		"a change comes twice":    {said: []gossip{{Seq: 1, Queues: []news{wants(1, 4)}}, {Seq: 2, Queues: []news{wants(1, 8)}}, {Seq: 1, Queues: []news{wants(1, 4)}}}, wants: map[int]int{1: 8}},
		"a change is missing":     {said: []gossip{{Seq: 1, Queues: []news{wants(1, 4)}}, {Seq: 3, Queues: []news{wants(2, 1)}}}, lost: []int{1}, wants: map[int]int{1: 4}},
		"a sign of life shows it": {said: []gossip{{Seq: 1, Queues: []news{wants(1, 4)}}, {Seq: 2}}, lost: []int{1}, wants: map[int]int{1: 4}},
		"a sign of life":          {said: []gossip{{Seq: 1, Queues: []news{wants(1, 4)}}, {Seq: 1}}, wants: map[int]int{1: 4}},
		"everything mends it": {
			said:  []gossip{{Seq: 1, Queues: []news{wants(1, 4)}}, {Seq: 7, Whole: true, Queues: []news{wants(2, 1)}}, {Seq: 8, Queues: []news{wants(3, 2)}}},
			wants: map[int]int{2: 1, 3: 2},
		},
		"everything, but late": {
			said: []gossip{{Seq: 7, Whole: true, Queues: []news{wants(2, 1)}}, {Seq: 3, Whole: true, Queues: []news{wants(1, 1)}}}, wants: map[int]int{2: 1},
		},
		"goodbye":                       {said: []gossip{{Seq: 1, Queues: []news{wants(1, 4)}}, {Seq: 2, Whole: true}}, wants: map[int]int{}},
		"the first that is heard":       {said: []gossip{{Seq: 5, Queues: []news{wants(1, 4)}}}, lost: []int{0}, wants: map[int]int{}},
		"a node without pollers":        {said: []gossip{{}}, wants: map[int]int{}},
		"wishes beyond what is allowed": {said: []gossip{{Seq: 1, Queues: []news{wants(1, 1<<20), wants(2, -1)}}}, wants: map[int]int{1: mostWanted, 2: 0}},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOthers()
			for i, g := range test.said {
				if _, lost := o.hear(2, g, noon); lost != slices.Contains(test.lost, i) {
					t.Errorf("message %d: lost %v", i, lost)
				}
			}
			if len(o.queues) != len(test.wants) {
				t.Errorf("%d queues are known; want %d", len(o.queues), len(test.wants))
			}
			for n, want := range test.wants {
				if cs := o.of(queue(n)); len(cs) != 1 || cs[0].node != 2 || cs[0].want != want {
					t.Errorf("queue %d: %+v; want %d", n, cs, want)
				}
			}
		})
	}
}

func TestOthersTellWhatChanged(t *testing.T) {
	o := newOthers()
	o.hear(2, gossip{Seq: 1, Queues: []news{wants(1, 1), wants(2, 1)}}, noon)
	changed, _ := o.hear(2, gossip{Seq: 2, Whole: true, Queues: []news{wants(2, 1), wants(3, 1)}}, noon)
	want := []matching.Key{queue(1), queue(2), queue(3)}
	if len(changed) != 3 || slices.ContainsFunc(want, func(k matching.Key) bool { return !slices.Contains(changed, k) }) {
		t.Errorf("changed %v", changed)
	}
}

func TestOthersExpire(t *testing.T) {
	o := newOthers()
	for id := range orchestration.NodeID(3) {
		o.hear(id+2, gossip{Seq: 1, Queues: []news{wants(1, int(id)+1)}}, noon)
	}
	o.hear(2, gossip{Seq: 1}, noon.Add(10*time.Second))
	o.hear(4, gossip{Seq: 1}, noon.Add(10*time.Second))
	changed, fresh := o.expire([]orchestration.NodeID{2, 3, 9}, noon.Add(presentFor+time.Second))
	if len(changed) != 2 || !slices.Equal(fresh, []orchestration.NodeID{3, 9}) {
		t.Errorf("changed %v, fresh %v", changed, fresh)
	}
	if cs := o.of(queue(1)); len(cs) != 1 || cs[0].node != 2 || o.count(queue(1)) != 1 {
		t.Errorf("left: %+v", cs)
	}
}

func TestPolledIsEstimated(t *testing.T) {
	o := newOthers()
	waits, served := wants(1, 1), wants(2, 1)
	served.Idle = 3 * time.Second
	o.hear(2, gossip{Seq: 1, Queues: []news{waits, served}}, noon)
	o.hear(2, gossip{Seq: 1}, noon.Add(5*time.Second)) // a sign of life
	for _, test := range []struct {
		queue  int
		after  time.Duration
		within time.Duration
		polled bool
	}{
		{1, 0, 0, true}, {1, 10 * time.Second, 0, true}, {1, 12 * time.Second, 0, false}, {1, 12 * time.Second, 2 * time.Second, true},
		{2, 0, 3 * time.Second, true}, {2, 0, 2 * time.Second, false}, {2, 4 * time.Second, 7 * time.Second, true}, {2, 4 * time.Second, 6 * time.Second, false},
		{3, 0, time.Hour, false},
	} {
		if got := o.polled(queue(test.queue), test.within, noon.Add(test.after)); got != test.polled {
			t.Errorf("queue %d after %v: polled within %v is %v", test.queue, test.after, test.within, got)
		}
	}
}

// Whatever is lost and repeated, a listener who asks when something is missing ends up with what the speaker means.
func TestGossipConverges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, o := newSelf(), newOthers()
		now := noon
		hear := func(g gossip) (lost bool) {
			for range rapid.IntRange(0, 2).Draw(t, "copies") {
				var c gossip
				if err := decoding.Unmarshal(encode(g), &c); err != nil {
					t.Fatal(err)
				}
				_, l := o.hear(2, c, now)
				lost = lost || l
			}
			return lost
		}
		for range 30 {
			now = now.Add(time.Second)
			for n := range rapid.IntRange(0, 3).Draw(t, "queues") {
				a := matching.Appetite{Polls: rapid.IntRange(0, 9).Draw(t, "polls"), Spare: 1, Limit: -1}
				a.Idle = rapid.SampledFrom([]time.Duration{-1, 0, time.Second}).Draw(t, "idle")
				s.assess(queue(n), a, rapid.Bool().Draw(t, "less"), now)
			}
			if hear(s.change()) {
				hear(s.whole())
			}
		}
		if _, lost := o.hear(2, s.change(), now); lost {
			o.hear(2, s.whole(), now)
		}
		if len(o.queues) != len(s.queues) {
			t.Fatalf("%d queues are known, %d were told", len(o.queues), len(s.queues))
		}
		for key, is := range s.queues {
			if cs := o.of(key); len(cs) != 1 || cs[0].want != is.want || cs[0].busy != is.busy || cs[0].idle != is.idle {
				t.Fatalf("%v is believed to want %+v; it wants %+v", key, cs, is)
			}
		}
	})
}
