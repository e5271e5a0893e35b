package quota

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

var ns = orchestration.NamespaceID{1}

// rig is a limiter with a clock that stands still until it is moved.
type rig struct {
	t *testing.T
	*Limiter
	mu    sync.Mutex
	clock time.Time
	held  Stock
	lost  error // the stock cannot be read
	reads int
}

func newRig(t *testing.T, change func(*Config)) *rig {
	r := &rig{t: t, clock: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	c := Config{Stock: r.stock, Now: r.now}
	if change != nil {
		change(&c)
	}
	r.Limiter = New(c)
	return r
}

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.clock
}

func (r *rig) advance(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clock = r.clock.Add(d)
}

func (r *rig) stock(context.Context, orchestration.NamespaceID) (Stock, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reads++
	return r.held, r.lost
}

// try makes so many calls and returns how many were admitted.
func (r *rig) try(q tenants.Quota, c Call, n int) (admitted int) {
	r.t.Helper()
	for range n {
		_, err := r.Admit(r.t.Context(), ns, "bank", q, c)
		if err == nil {
			admitted++
			continue
		}
		r.exhausted(err)
	}
	return admitted
}

// exhausted checks a refusal and returns its cause.
func (r *rig) exhausted(err error) enumspb.ResourceExhaustedCause {
	r.t.Helper()
	var e *orchestration.Error
	if !errors.As(err, &e) || e.Code != orchestration.ResourceExhausted || e.Scope != enumspb.RESOURCE_EXHAUSTED_SCOPE_NAMESPACE || e.Cause == 0 {
		r.t.Fatalf("refused with %#v", err)
	}
	return e.Cause
}

// place is a shared place without Redis.
type place struct {
	now   func() time.Time
	mu    sync.Mutex
	kept  map[Bucket]*bucket
	asked int
	err   error
}

func (p *place) Take(_ context.Context, b Bucket, c Class, want int) (int, time.Duration, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	if p.err != nil {
		return 0, 0, p.err
	}
	if p.kept[b] == nil {
		p.kept[b] = &bucket{}
	}
	n, wait := p.kept[b].take(b, c, want, p.now())
	return n, wait, nil
}
