package exchange

import (
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/matching"
)

func appetite(polls, spare int) matching.Appetite {
	return matching.Appetite{Polls: polls, Spare: spare, Limit: -1}
}

// More is told at once, less only when it is time to.
func TestAssess(t *testing.T) {
	away := matching.Appetite{Idle: -1}
	late := appetite(0, 1)
	late.Idle = presentFor + 1
	for name, test := range map[string]struct {
		before []matching.Appetite // told before
		now    matching.Appetite
		less   bool
		told   bool
		want   news
	}{
		"new":                      {now: appetite(3, 1), told: true, want: news{Want: 4}},
		"new and busy":             {now: appetite(0, 2), told: true, want: news{Want: 2, Busy: true}},
		"nobody polls":             {now: away},
		"more":                     {before: []matching.Appetite{appetite(1, 1)}, now: appetite(2, 1), told: true, want: news{Want: 2}},
		"as many":                  {before: []matching.Appetite{appetite(3, 1)}, now: appetite(4, 1)},
		"idle again":               {before: []matching.Appetite{appetite(0, 4)}, now: appetite(1, 4), told: true, want: news{Want: 4}},
		"less":                     {before: []matching.Appetite{appetite(4, 1)}, now: appetite(1, 1)},
		"less, and it is time":     {before: []matching.Appetite{appetite(4, 1)}, now: appetite(1, 1), less: true, told: true, want: news{Want: 1}},
		"busy":                     {before: []matching.Appetite{appetite(1, 1)}, now: appetite(0, 1)},
		"busy, and it is time":     {before: []matching.Appetite{appetite(1, 1)}, now: appetite(0, 1), less: true, told: true, want: news{Want: 1, Busy: true}},
		"the same, and it is time": {before: []matching.Appetite{appetite(1, 1)}, now: appetite(1, 1), less: true},
		"more spare, though not idle": {
			before: []matching.Appetite{appetite(2, 1)}, now: appetite(0, 8), told: true, want: news{Want: 8},
		},
		"gone":            {before: []matching.Appetite{appetite(1, 1)}, now: away, told: true, want: news{Gone: true}},
		"not polled long": {before: []matching.Appetite{appetite(1, 1)}, now: late, told: true, want: news{Gone: true}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSelf()
			for _, a := range test.before {
				s.assess(queue(1), a, true, noon)
				s.change()
			}
			s.assess(queue(1), test.now, test.less, noon)
			test.want.Queue = queueName(queue(1))
			g := s.change()
			if told := len(g.Queues) == 1; told != test.told || told && g.Queues[0] != test.want {
				t.Errorf("told %+v; want %v, %+v", g.Queues, test.told, test.want)
			}
		})
	}
}

func TestWantedIsBounded(t *testing.T) {
	for _, test := range []struct {
		polls, spare int
		limit        float64
		want         int
	}{{3, 1, -1, 4}, {0, 64, -1, 64}, {1000, 1, -1, mostWanted}, {100, 1, 10, 10}, {100, 1, 0.1, 1}, {100, 1, 0, 0}, {100, 1, 1e300, 128}} {
		a := matching.Appetite{Polls: test.polls, Spare: test.spare, Limit: test.limit}
		if got := wanted(a); got != test.want {
			t.Errorf("%+v wants %d; want %d", a, got, test.want)
		}
	}
}

func TestChangesAreNumbered(t *testing.T) {
	s := newSelf()
	if g := s.change(); g.Seq != 0 || g.Whole || len(g.Queues) > 0 {
		t.Errorf("nothing was told: %+v", g)
	}
	s.assess(queue(1), appetite(1, 1), false, noon)
	if g := s.change(); g.Seq != 1 || len(g.Queues) != 1 {
		t.Errorf("the first change: %+v", g)
	}
	if g := s.change(); g.Seq != 1 || len(g.Queues) != 0 {
		t.Errorf("a sign of life: %+v", g)
	}
	if g := s.whole(); g.Seq != 1 || !g.Whole || len(g.Queues) != 1 {
		t.Errorf("everything: %+v", g)
	}
}

func TestCorrectionsAreRare(t *testing.T) {
	s := newSelf()
	s.assess(queue(1), appetite(1, 1), true, noon)
	if s.stale(queue(1), noon.Add(correctEvery-1)) || !s.stale(queue(1), noon.Add(correctEvery)) {
		t.Error("stale at the wrong time")
	}
	s.assess(queue(1), appetite(1, 1), true, noon.Add(correctEvery)) // nothing to tell, but looked at
	if s.stale(queue(1), noon.Add(correctEvery+time.Millisecond)) {
		t.Error("stale again at once")
	}
}
