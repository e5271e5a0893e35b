package history

import (
	"math"
	"time"
)

// instant is a moment as stored: nanoseconds since 1970, UTC. 0 is unset.
type instant int64

// instantOf converts t; the zero time is unset.
func instantOf(t time.Time) instant {
	if t.IsZero() {
		return 0
	}
	return instant(t.UnixNano())
}

// time is the moment as time.Time in UTC, or the zero time.
func (i instant) time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(i)).UTC()
}

// add moves a set instant by d; an unset one, or a d of 0 ("no limit"), gives unset.
func (i instant) add(d time.Duration) instant {
	if i == 0 || d <= 0 {
		return 0
	}
	return i.after(d)
}

// after is the moment d >= 0 later; moments past the year 2262 are that year's.
func (i instant) after(d time.Duration) instant {
	if sum := i + instant(d); sum >= i {
		return sum
	}
	return math.MaxInt64
}

// earliest is the smaller of the set ones; unset when none is set.
func earliest(all ...instant) instant {
	var first instant
	for _, i := range all {
		if i != 0 && (first == 0 || i < first) {
			first = i
		}
	}
	return first
}
