package quota

import (
	"context"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// Call is what must be known of a call to hold it to its namespace's quota.
type Call struct {
	Class Class
	Start bool // it may start a workflow
	Poll  bool // it may wait for a task
}

// Stock is what a namespace holds.
type Stock struct {
	OpenRuns      int64
	RetainedBytes int64
}

// Config is what a Limiter needs. Stock is required.
type Config struct {
	// Stock reads what a namespace holds now. It is asked once a second for a namespace that starts workflows and has a quota for what it holds.
	Stock func(context.Context, orchestration.NamespaceID) (Stock, error)
	// Default is what namespaces may do that have no quota of their own.
	Default tenants.Quota
	// Shared is where nodes share buckets; nil: nowhere.
	Shared Shared
	// Nodes is how many nodes share the work; nil: this one alone.
	Nodes func() int
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Limiter holds the calls of one node to the quotas of their namespaces. It is safe for concurrent use.
type Limiter struct {
	c Config

	mu       sync.RWMutex
	accounts map[orchestration.NamespaceID]*account
	sweepAt  int // how many accounts there are when idle ones are looked for
}

// account is what a node knows of a namespace with a quota.
type account struct {
	meters  [kinds]meter
	pollers pollers
	stock   stock
	used    atomicTime // when last
}

// leastSwept is from how many accounts on idle ones are dropped.
const leastSwept = 1000

// idleFor is how long an account must not have been used to be dropped.
const idleFor = time.Minute

// New makes a limiter.
func New(c Config) *Limiter {
	if c.Nodes == nil {
		c.Nodes = func() int { return 1 }
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Limiter{c: c, accounts: map[orchestration.NamespaceID]*account{}, sweepAt: leastSwept}
}

// Admit admits a call, or refuses it with ResourceExhausted. done is never nil, and must be called when an admitted call has ended.
func (l *Limiter) Admit(ctx context.Context, ns orchestration.NamespaceID, name string, q tenants.Quota, call Call) (done func(), err error) {
	if q = q.Or(l.c.Default); q == (tenants.Quota{}) {
		return nothing, nil
	}
	a := l.account(ns)
	if call.Start {
		if err := a.stock.admit(ctx, ns, name, q, l.c); err != nil {
			return nothing, err
		}
		if q.Starts > 0 && !a.meters[Starts].take(ctx, Bucket{ns, Starts, float64(q.Starts)}, call.Class, l.c.Shared, l.c.Nodes(), l.c.Now) {
			return nothing, refused(enumspb.RESOURCE_EXHAUSTED_CAUSE_RPS_LIMIT, "Namespace %s has used up its quota of %d starts per second; try again later.", name, q.Starts)
		}
	}
	if q.Requests > 0 && !a.meters[Requests].take(ctx, Bucket{ns, Requests, float64(q.Requests)}, call.Class, l.c.Shared, l.c.Nodes(), l.c.Now) {
		return nothing, refused(enumspb.RESOURCE_EXHAUSTED_CAUSE_RPS_LIMIT, "Namespace %s has used up its quota of %d requests per second; try again later.", name, q.Requests)
	}
	if call.Poll && q.Pollers > 0 {
		if !a.pollers.enter(q.Pollers, l.c.Now()) {
			return nothing, refused(enumspb.RESOURCE_EXHAUSTED_CAUSE_CONCURRENT_LIMIT, "Namespace %s has as many pollers as its quota allows: %d.", name, q.Pollers)
		}
		return a.pollers.leave, nil
	}
	return nothing, nil
}

func nothing() {}

func refused(cause enumspb.ResourceExhaustedCause, format string, args ...any) error {
	err := orchestration.Errorf(orchestration.ResourceExhausted, format, args...)
	err.Cause, err.Scope = cause, enumspb.RESOURCE_EXHAUSTED_SCOPE_NAMESPACE
	return err
}

// account is the account of a namespace, made at need.
func (l *Limiter) account(ns orchestration.NamespaceID) *account {
	now := l.c.Now()
	l.mu.RLock()
	a := l.accounts[ns]
	l.mu.RUnlock()
	if a == nil {
		a = l.open(ns, now)
	}
	a.used.store(now)
	return a
}

func (l *Limiter) open(ns orchestration.NamespaceID, now time.Time) *account {
	l.mu.Lock()
	defer l.mu.Unlock()
	if a := l.accounts[ns]; a != nil {
		return a
	}
	if len(l.accounts) >= l.sweepAt {
		for id, a := range l.accounts {
			if now.Sub(a.used.load()) > idleFor && a.pollers.here() == 0 {
				delete(l.accounts, id)
			}
		}
		l.sweepAt = max(leastSwept, 2*len(l.accounts))
	}
	a := &account{}
	a.used.store(now)
	l.accounts[ns] = a
	return a
}
