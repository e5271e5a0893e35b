package usage

import (
	"context"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// Kept is how long hours stay known.
const Kept = 400 * 24 * time.Hour

// Reader is the part of store.Usages that reports are made from.
type Reader interface {
	Usage(ctx context.Context, ns orchestration.NamespaceID, from store.Hour) ([]store.UsageHour, store.Stock, error)
}

// Hour is what a namespace used in one hour, or in the part of it that is over.
type Hour struct {
	Start   time.Time // UTC
	Actions orchestration.Actions
	// What was held, in bytes × seconds: histories of open runs, and of closed ones until they are deleted.
	ActiveByteSeconds, RetainedByteSeconds int64
	OpenRunSeconds                         int64
}

// gigabyte is what storage is reported in: 10⁹ bytes.
const gigabyte = 1e9

// ActiveGBHours is what open runs held.
func (h Hour) ActiveGBHours() float64 { return float64(h.ActiveByteSeconds) / gigabyte / 3600 }

// RetainedGBHours is what closed runs held.
func (h Hour) RetainedGBHours() float64 { return float64(h.RetainedByteSeconds) / gigabyte / 3600 }

// OpenRunHours is how many runs were open, on average over a whole hour.
func (h Hour) OpenRunHours() float64 { return float64(h.OpenRunSeconds) / 3600 }

// Report is what a namespace used from hour to hour, without a gap, and what it holds now.
type Report struct {
	Hours []Hour
	Held  store.Stock
}

// Total is the sum of the hours. Its Start is that of the first one.
func (r Report) Total() (sum Hour) {
	for i, h := range r.Hours {
		if i == 0 {
			sum.Start = h.Start
		}
		sum.Actions.Add(h.Actions)
		sum.ActiveByteSeconds += h.ActiveByteSeconds
		sum.RetainedByteSeconds += h.RetainedByteSeconds
		sum.OpenRunSeconds += h.OpenRunSeconds
	}
	return sum
}

// Read reports the hours that begin at or after from (rounded down to the hour) and before to; those that are over for longer than Kept, or that have not
// begun, are left out. now is the time: the hour that goes on is reported up to it. Errors: InvalidArgument when to is not after from; the store's.
func Read(ctx context.Context, r Reader, ns orchestration.NamespaceID, from, to, now time.Time) (Report, error) {
	if !to.After(from) {
		return Report{}, orchestration.Errorf(orchestration.InvalidArgument, "The end of the time range, %s, is not after its beginning, %s.",
			to.UTC().Format(time.RFC3339), from.UTC().Format(time.RFC3339))
	}
	first := max(store.HourOf(from), store.HourOf(now.Add(-Kept)))
	last := min(store.HourOf(to.Add(-time.Nanosecond)), store.HourOf(now))
	changes, held, err := r.Usage(ctx, ns, first)
	if err != nil {
		return Report{}, err
	}
	out := Report{Held: held}
	for _, c := range changes {
		held.Subtract(c.Stock)
	}
	for hour := first; hour <= last; hour++ {
		change := store.UsageHour{Hour: hour}
		if len(changes) > 0 && changes[0].Hour == hour {
			change, changes = changes[0], changes[1:]
		}
		out.Hours = append(out.Hours, over(change, held, now))
		held.Add(change.Stock)
	}
	return out, nil
}

// over is what was used in an hour at whose beginning so much was held, up to a moment.
func over(change store.UsageHour, held store.Stock, now time.Time) Hour {
	left := max(0, change.Hour.Left(now))
	sum := func(held, change, seconds int64) int64 { return held*(3600-left) + seconds - change*left }
	return Hour{
		Start:               change.Hour.Start(),
		Actions:             change.Actions,
		ActiveByteSeconds:   sum(held.ActiveBytes, change.Stock.ActiveBytes, change.Seconds.ActiveBytes),
		RetainedByteSeconds: sum(held.RetainedBytes, change.Stock.RetainedBytes, change.Seconds.RetainedBytes),
		OpenRunSeconds:      sum(held.OpenRuns, change.Stock.OpenRuns, change.Seconds.OpenRuns),
	}
}
