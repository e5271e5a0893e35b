package exchange

import (
	"math"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// self is what this node has told the others about its own pollers. Only the exchange's own goroutine uses it.
type self struct {
	seq    uint64
	queues map[matching.Key]told
	news   map[matching.Key]news // not told yet
}

// told is what the others believe of a queue, and when it was looked at last.
type told struct {
	want int
	busy bool
	idle time.Duration
	at   time.Time
}

func newSelf() *self {
	return &self{queues: make(map[matching.Key]told), news: make(map[matching.Key]news)}
}

// present tells whether somebody polls the queue here.
func (s *self) present(key matching.Key) bool {
	_, ok := s.queues[key]
	return ok
}

// stale tells that less may be told of a queue again.
func (s *self) stale(key matching.Key, now time.Time) bool {
	return now.Sub(s.queues[key].at) >= correctEvery
}

// assess compares what a queue wants now with what was told. That it wants more is told at once. That it wants less is told only if less is set: it
// changes all the time, and who believes too much is not far wrong.
func (s *self) assess(key matching.Key, a matching.Appetite, less bool, now time.Time) {
	old, known := s.queues[key]
	if a.Idle < 0 || a.Idle > presentFor {
		if known {
			delete(s.queues, key)
			s.news[key] = news{Queue: queueName(key), Gone: true}
		}
		return
	}
	if !known && len(s.queues) >= mostQueues {
		return
	}
	is := told{want: wanted(a), busy: a.Polls == 0, idle: a.Idle, at: now}
	grows := !known || is.want > old.want || old.busy && !is.busy
	fades := less && (is.want < old.want || is.busy != old.busy || is.idle > 0 || old.idle > 0)
	switch {
	case !grows && !fades:
		if less {
			old.at = now
			s.queues[key] = old
		}
		return
	case !less && known:
		is.want, is.busy = max(is.want, old.want), is.busy && old.busy
	}
	s.queues[key] = is
	s.news[key] = is.news(key)
}

func (t told) news(key matching.Key) news {
	return news{Queue: queueName(key), Want: t.want, Busy: t.busy, Idle: t.idle}
}

// wanted is how many references at a time are to be on their way to a queue: for every poll that waits one, and for those that come soon. No more than a
// second's worth of its rate limit: the rest would grow old here.
func wanted(a matching.Appetite) int {
	n := min(max(matching.RoundUp(a.Polls), a.Spare), mostWanted)
	if a.Limit >= 0 {
		n = min(n, int(math.Ceil(min(a.Limit, mostWanted))))
	}
	return n
}

// change is the news since the last change; without any, a sign of life.
func (s *self) change() gossip {
	g := gossip{Seq: s.seq}
	if len(s.news) == 0 {
		return g
	}
	s.seq++
	g.Seq = s.seq
	for _, n := range s.news {
		g.Queues = append(g.Queues, n)
	}
	clear(s.news)
	return g
}

// whole is everything that was told. The news must be out.
func (s *self) whole() gossip {
	g := gossip{Seq: s.seq, Whole: true}
	for key, t := range s.queues {
		g.Queues = append(g.Queues, t.news(key))
	}
	return g
}
