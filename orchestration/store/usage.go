package store

import (
	"bytes"
	"context"
	"slices"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Usages is the part of the contract that tells what namespaces have used. What is used is counted by Commit (Write.Usage), in the transaction of what is
// counted: a crash neither loses nor doubles anything. Each lane adds to rows of its own, so that no commit waits for another one; FoldUsage brings the rows
// of hours that are over together. Errors: ErrUnavailable.
type Usages interface {
	// Usage reads what a namespace used, hour by hour from the given one on, ascending, hours without any change left out; and what it holds now. All as of
	// one moment.
	Usage(ctx context.Context, ns orchestration.NamespaceID, from Hour) ([]UsageHour, Stock, error)
	// Stock reads what a namespace holds now.
	Stock(ctx context.Context, ns orchestration.NamespaceID) (Stock, error)
	// FoldUsage brings up to limit rows of hours before the given one together, and tells whether there may be more. It changes nothing that can be read.
	// Several may fold side by side, and beside commits.
	FoldUsage(ctx context.Context, before Hour, limit int) (more bool, err error)
	// DropUsage forgets up to limit folded hours before the given one, of all namespaces, and tells whether there may be more. What namespaces hold stays known.
	DropUsage(ctx context.Context, before Hour, limit int) (more bool, err error)
}

// Hour is an hour of UTC: whole hours since 1970.
type Hour int32

// HourOf is the hour that a moment is in.
func HourOf(t time.Time) Hour { return Hour(t.Unix() / 3600) }

// Start is the moment at which the hour begins, in UTC.
func (h Hour) Start() time.Time { return time.Unix(int64(h)*3600, 0).UTC() }

// Left are the whole seconds from a moment in the hour to its end.
func (h Hour) Left(t time.Time) int64 { return (int64(h)+1)*3600 - t.Unix() }

// Stock is what a namespace holds; also a change of that. Bytes are those of histories as clients are told them.
type Stock struct {
	OpenRuns      int64
	ActiveBytes   int64 // of open runs
	RetainedBytes int64 // of closed ones
}

// Usage is what was used in an hour, or a part of it.
//
// A change of the stock is counted twice: as it is, and times the seconds that were left of the hour. So what was held over the hour is an exact sum, whoever
// adds it up and in whatever order: byte-seconds = 3600 × what was held when the hour began + Seconds.
type Usage struct {
	Actions orchestration.Actions
	Stock   Stock // changes
	Seconds Stock // each change × Hour.Left
}

// Add adds another one's numbers.
func (u *Usage) Add(o Usage) {
	u.Actions.Add(o.Actions)
	u.Stock.add(o.Stock, 1)
	u.Seconds.add(o.Seconds, 1)
}

// Count adds actions, and a change of the stock at a moment of the hour.
func (u *Usage) Count(actions orchestration.Actions, change Stock, left int64) {
	u.Actions.Add(actions)
	u.Stock.add(change, 1)
	u.Seconds.add(change, left)
}

// add adds another stock so many times.
func (s *Stock) add(o Stock, times int64) {
	s.OpenRuns += times * o.OpenRuns
	s.ActiveBytes += times * o.ActiveBytes
	s.RetainedBytes += times * o.RetainedBytes
}

// Add adds another stock.
func (s *Stock) Add(o Stock) { s.add(o, 1) }

// Subtract takes another stock away.
func (s *Stock) Subtract(o Stock) { s.add(o, -1) }

// UsageHour is what was used in one hour.
type UsageHour struct {
	Hour Hour
	Usage
}

// NamespaceUsage is what one namespace used in one hour.
type NamespaceUsage struct {
	Namespace orchestration.NamespaceID
	UsageHour
}

// UsageOf is what the writes of a batch add to usage: each namespace and hour once, in order.
func UsageOf(batch []Write) []NamespaceUsage {
	var all []NamespaceUsage
	for i := range batch {
		for _, u := range batch[i].Usage {
			all = merge(all, NamespaceUsage{batch[i].Workflow.Namespace, u})
		}
	}
	slices.SortFunc(all, func(a, b NamespaceUsage) int {
		if c := bytes.Compare(a.Namespace[:], b.Namespace[:]); c != 0 {
			return c
		}
		return int(a.Hour - b.Hour)
	})
	return all
}

// merge adds to the entry of that namespace and hour. A batch has few: they are searched from the last one, which is most often it.
func merge(all []NamespaceUsage, u NamespaceUsage) []NamespaceUsage {
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Namespace == u.Namespace && all[i].Hour == u.Hour {
			all[i].Add(u.Usage)
			return all
		}
	}
	return append(all, u)
}

// Counters are the numbers of a usage in the order of the columns that drivers keep them in: first what UsageColumns names.
func (u *Usage) Counters() (c [UsageCounters]int64) {
	copy(c[:], u.Actions[:])
	for i, n := range []int64{
		u.Stock.OpenRuns, u.Stock.ActiveBytes, u.Stock.RetainedBytes, u.Seconds.OpenRuns, u.Seconds.ActiveBytes, u.Seconds.RetainedBytes,
	} {
		c[int(orchestration.ActionKinds)+i] = n
	}
	return c
}

// SetCounters is the reverse of Counters.
func (u *Usage) SetCounters(c [UsageCounters]int64) {
	copy(u.Actions[:], c[:])
	s := c[orchestration.ActionKinds:]
	u.Stock = Stock{OpenRuns: s[0], ActiveBytes: s[1], RetainedBytes: s[2]}
	u.Seconds = Stock{OpenRuns: s[3], ActiveBytes: s[4], RetainedBytes: s[5]}
}

// UsageCounters is how many numbers a usage has.
const UsageCounters = int(orchestration.ActionKinds) + 6

// UsageColumns are the names of the counters' columns.
var UsageColumns = func() (out [UsageCounters]string) {
	for a := range orchestration.ActionKinds {
		out[a] = a.String()
	}
	copy(out[orchestration.ActionKinds:], []string{"open_runs", "active_bytes", "retained_bytes", "open_seconds", "active_seconds", "retained_seconds"})
	return out
}()
