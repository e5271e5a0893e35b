package view

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"
)

// at is a wire time as Go's, in UTC; unset is the zero time.
func at(t *timestamppb.Timestamp) time.Time {
	if t == nil || !t.IsValid() {
		return time.Time{}
	}
	return t.AsTime().UTC()
}

// stamp is a time as tables show it: UTC, to the second.
func stamp(t time.Time) string { return t.Format("2006-01-02 15:04:05") }

// machine is a time for the datetime attribute and tooltips.
func machine(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z07:00") }

// ago is how long before now t was, roughly: one unit.
func ago(t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case d < -time.Second:
		return "in " + rough(-d)
	case d < time.Second:
		return "just now"
	}
	return rough(d) + " ago"
}

func rough(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d d", d/(24*time.Hour))
}

// span is a duration to two units: 340 ms, 4.2 s, 3 m 10 s, 2 h 5 m, 3 d 4 h.
func span(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + span(-d)
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Truncate(100*time.Millisecond).Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%d m %d s", d/time.Minute, d%time.Minute/time.Second)
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h %d m", d/time.Hour, d%time.Hour/time.Minute)
	}
	return fmt.Sprintf("%d d %d h", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
}

// lasted is how long something took that began and ended, or has lasted so far; empty when it has not begun.
func lasted(began, ended, now time.Time) string {
	if began.IsZero() {
		return ""
	}
	if ended.IsZero() {
		ended = now
	}
	return span(ended.Sub(began))
}

// Roughly is a duration to one unit: 4 min.
func Roughly(d time.Duration) string { return rough(d) }
