package audit

import (
	"maps"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
)

// refusedRate is how many refusals of one principal are recorded a second, and how many at once: who may not do something could otherwise fill the database
// by trying, as fast as it can send. All that prove nobody are one principal.
const refusedRate = 20

// buckets hold up to refusedRate tokens for each principal, and get as many a second.
type buckets struct {
	mu sync.Mutex
	of map[string]bucket // without those that are full
}

// bucket is one principal's.
type bucket struct {
	used  float64
	since time.Time
}

// at is the bucket as it is at a time.
func (b bucket) at(now time.Time) bucket {
	if passed := now.Sub(b.since); passed > 0 {
		b.used, b.since = max(0, b.used-refusedRate*passed.Seconds()), now
	}
	return b
}

// take takes a token of a principal, if there is one.
func (b *buckets) take(principal string, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	own := b.of[principal].at(now)
	if own.used+1 > refusedRate {
		return false
	}
	own.used++
	if b.of == nil {
		b.of = map[string]bucket{}
	}
	b.of[principal] = own
	return true
}

// sweep forgets buckets that are full again.
func (b *buckets) sweep(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	maps.DeleteFunc(b.of, func(_ string, own bucket) bool { return own.at(now).used == 0 })
}

// refusal tells whether a call is one that was not let in. What nobody's tenant may know of is in the chain of the installation.
func (e *Event) refusal() bool {
	return e.Plane == Data && (e.Code == "PermissionDenied" || e.Tenant == tenants.InstallationTenant)
}
