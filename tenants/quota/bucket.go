package quota

import (
	"math"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Class says how early a call is refused when its namespace asks for too much.
type Class uint8

// The classes, the first to be refused first.
const (
	Early   Class = iota // what begins new work, and lists
	Middle               // what steers and reads single workflows
	Late                 // what completes running work: polls, answers, heartbeats
	classes              // how many there are
)

// overdraft is how far calls of a class may overdraw a bucket, in seconds of its rate.
var overdraft = [classes]float64{Early: 0, Middle: 0.125, Late: 0.5}

// Kind is what a bucket bounds.
type Kind uint8

// The kinds of buckets.
const (
	Requests Kind = iota
	Starts
	kinds // how many there are
)

// Bucket names a token bucket and says how it fills.
type Bucket struct {
	Namespace orchestration.NamespaceID
	Kind      Kind
	Rate      float64 // tokens per second, > 0
}

// Interval is the time between two tokens.
func (b Bucket) Interval() time.Duration {
	return time.Duration(math.Max(1, float64(time.Second)/b.Rate))
}

// Tolerance is how far ahead of the time the bucket may be drawn for a class: its burst of a second, at least one token, and the overdraft. All but the token
// that is due.
func (b Bucket) Tolerance(c Class) time.Duration {
	tokens := math.Max(1, b.Rate) - 1 + math.Ceil(overdraft[c]*b.Rate)
	return time.Duration(tokens * float64(b.Interval()))
}

// bucket is a token bucket as one number: when it will be full again but for its burst. It is the generic cell rate algorithm.
type bucket struct{ arrival time.Time }

// take takes up to want tokens. With none, wait is when the next one comes.
func (k *bucket) take(b Bucket, c Class, want int, now time.Time) (granted int, wait time.Duration) {
	interval, tolerance := b.Interval(), b.Tolerance(c)
	arrival := k.arrival
	if arrival.Before(now) {
		arrival = now
	}
	if most := now.Add(b.Tolerance(Late) + interval); arrival.After(most) { // a debt of another rate is not paid: the bucket is empty
		arrival = now.Add(b.Tolerance(Early) + interval)
		k.arrival = arrival
	}
	room := now.Add(tolerance).Sub(arrival)
	if room < 0 {
		return 0, -room
	}
	granted = int(min(int64(want), int64(room/interval)+1))
	k.arrival = arrival.Add(time.Duration(granted) * interval)
	return granted, 0
}
