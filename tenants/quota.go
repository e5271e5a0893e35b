package tenants

import "github.com/tenuto-io/tenuto/orchestration"

// Quota bounds what one namespace may do. 0 is what the installation has as its default, which may be no bound; Unbounded is none. A change holds on every node
// as soon as these hear of it, at the latest after CacheFor.
type Quota struct {
	Requests int64 // calls per second; a burst may have a second's worth
	Starts   int64 // calls per second that start a workflow, of the Requests; what runs may start children and continue as new beyond it
	Pollers  int64 // polls that wait at once
	OpenRuns int64 // no more is started while so many runs are open
	Retained int64 // no more is started while closed runs hold so many bytes of history
}

const (
	// Unbounded is no bound, also where the installation has a default.
	Unbounded = -1
	// MaxQuota is the largest bound: beyond it a bound bounds nothing.
	MaxQuota = 1_000_000_000_000_000
)

// Or is the quota with the bounds of a default where it has none of its own. What is not bounded is 0.
func (q Quota) Or(d Quota) Quota {
	if q == (Quota{}) && d == (Quota{}) {
		return q
	}
	for _, f := range []struct{ own, other *int64 }{
		{&q.Requests, &d.Requests}, {&q.Starts, &d.Starts}, {&q.Pollers, &d.Pollers}, {&q.OpenRuns, &d.OpenRuns}, {&q.Retained, &d.Retained},
	} {
		switch *f.own {
		case 0:
			*f.own = *f.other
		case Unbounded:
			*f.own = 0
		}
	}
	return q
}

// validate returns InvalidArgument for what can be no quota.
func (q Quota) validate() error {
	for _, f := range []struct {
		name string
		n    int64
	}{{"requests", q.Requests}, {"starts", q.Starts}, {"pollers", q.Pollers}, {"open runs", q.OpenRuns}, {"retained bytes", q.Retained}} {
		if f.n < Unbounded || f.n > MaxQuota {
			return orchestration.Errorf(orchestration.InvalidArgument,
				"The quota of %s is %d; it may be from 1 to %d, 0 for the default of the installation, or %d for no bound.", f.name, f.n, int64(MaxQuota), Unbounded)
		}
	}
	return nil
}
