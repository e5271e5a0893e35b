package redis

import "math"

// interval and tolerance are a rate limit as the scripts take it, in µs: as much is saved as package matching saves, what 100 ms allow and at least one
// task, and no interval is longer than a day.
func interval(perSecond float64) (interval, tolerance float64) {
	const saved, slowest = 100e3, 24 * 3600e6
	interval = min(1e6/perSecond, slowest)
	return interval, max(0, saved-interval)
}

// limited tells whether a rate is one: not none, and not paused.
func limited(perSecond float64) bool {
	return perSecond > 0 && !math.IsInf(perSecond, 0)
}
