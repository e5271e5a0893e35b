package tenants

import "github.com/tenuto-io/tenuto/orchestration"

// Quota bounds what one namespace may do; 0 is no bound. A change holds on every node within a second (CacheFor, while nodes do not hear each other).
type Quota struct {
	Requests int64 // calls per second; a burst may have a second's worth
	Starts   int64 // calls per second that start a workflow, of the Requests; what runs may start children and continue as new beyond it
	Pollers  int64 // polls that wait at once
	OpenRuns int64 // no more is started while so many runs are open
	Retained int64 // no more is started while closed runs hold so many bytes of history
}

// MaxQuota is the largest of each: beyond it a bound bounds nothing.
const MaxQuota = 1e15

// validate returns InvalidArgument for what can be no quota.
func (q Quota) validate() error {
	for _, f := range []struct {
		name string
		n    int64
	}{{"requests", q.Requests}, {"starts", q.Starts}, {"pollers", q.Pollers}, {"open runs", q.OpenRuns}, {"retained bytes", q.Retained}} {
		if f.n < 0 || f.n > MaxQuota {
			return orchestration.Errorf(orchestration.InvalidArgument, "The quota of %s is %d, it may be from 0, which is no bound, to %d.", f.name, f.n, int64(MaxQuota))
		}
	}
	return nil
}
