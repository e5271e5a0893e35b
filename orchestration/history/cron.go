package history

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// ParseCron reads a cron schedule: five fields (minute, hour, day of month, month, day of week), a descriptor like @daily or "@every 90m", each
// with an optional "CRON_TZ=Europe/Rome " before it. Times are UTC without one.
func ParseCron(schedule string) (cron.Schedule, error) {
	if strings.Contains(schedule, "TZ=") && !strings.Contains(schedule, " ") {
		return nil, fmt.Errorf("a time zone alone is no schedule: %s", schedule) // the parser panics
	}
	return cron.ParseStandard(schedule)
}

// cronPause is the time from now to the next moment of a schedule, given the moment at which the run before began by it: runs of a schedule
// never overlap, and what would have begun meanwhile is left out. ok is false when the schedule has no moment any more.
func cronPause(schedule string, began, now time.Time) (pause time.Duration, ok bool) {
	parsed, err := ParseCron(schedule)
	if err != nil {
		return 0, false // it was valid when it was accepted: its time zone is gone
	}
	if every, ok := parsed.(cron.ConstantDelaySchedule); ok {
		return everyPause(min(every.Delay, longest), began, now), true
	}
	from := began
	if now.After(from) {
		from = now
	}
	next := parsed.Next(from.UTC())
	if next.IsZero() {
		return 0, false
	}
	return next.Sub(now), true
}

// everyPause is cronPause of "@every": whole delays after the moment at which the run before began.
func everyPause(delay time.Duration, began, now time.Time) time.Duration {
	began = began.Truncate(time.Second)
	since := max(now.Sub(began), 0)
	if since > math.MaxInt64-delay { // centuries
		return delay
	}
	return began.Add(since/delay*delay + delay).Sub(now)
}
