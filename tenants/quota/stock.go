package quota

import (
	"context"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// freshFor is how old what is known of a namespace's stock may be.
const freshFor = time.Second

// stock is what a namespace holds as far as is known here.
type stock struct {
	mu      sync.Mutex
	held    Stock
	read    time.Time // when it was read; zero: never
	reading chan struct{}
	started int64 // admitted since
}

// admit refuses a start in a namespace that holds too much. Where the stock cannot be read nothing is refused: the database that cannot be asked will not store
// a start either.
func (s *stock) admit(ctx context.Context, ns orchestration.NamespaceID, name string, q tenants.Quota, c Config) error {
	if q.OpenRuns == 0 && q.Retained == 0 {
		return nil
	}
	s.refresh(ctx, ns, c)
	s.mu.Lock()
	defer s.mu.Unlock()
	if q.Retained > 0 && s.held.RetainedBytes >= q.Retained {
		return refused(enumspb.RESOURCE_EXHAUSTED_CAUSE_PERSISTENCE_STORAGE_LIMIT,
			"The closed workflows of namespace %s hold %d bytes, and its quota is %d; nothing is started until some have left.", name, s.held.RetainedBytes, q.Retained)
	}
	if q.OpenRuns > 0 && s.held.OpenRuns+s.started >= q.OpenRuns {
		return refused(enumspb.RESOURCE_EXHAUSTED_CAUSE_CONCURRENT_LIMIT,
			"Namespace %s has as many open workflows as its quota allows: %d.", name, q.OpenRuns)
	}
	s.started++
	return nil
}

// refresh reads the stock when it is not fresh. One call does it and the others wait, but only when nothing is known at all.
func (s *stock) refresh(ctx context.Context, ns orchestration.NamespaceID, c Config) {
	s.mu.Lock()
	reading, known := s.reading, !s.read.IsZero()
	if known && c.Now().Sub(s.read) < freshFor {
		s.mu.Unlock()
		return
	}
	if reading == nil {
		reading = make(chan struct{})
		s.reading = reading
		s.mu.Unlock()
		s.load(context.WithoutCancel(ctx), ns, c)
		close(reading)
		return
	}
	s.mu.Unlock()
	if !known {
		select {
		case <-reading:
		case <-ctx.Done():
		}
	}
}

// loadTime bounds a read of the stock.
const loadTime = time.Second

func (s *stock) load(ctx context.Context, ns orchestration.NamespaceID, c Config) {
	ctx, cancel := context.WithTimeout(ctx, loadTime)
	defer cancel()
	s.mu.Lock()
	before := s.started
	s.mu.Unlock()
	held, err := c.Stock(ctx, ns)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reading, s.read = nil, c.Now()
	if err == nil {
		s.held = held
		s.started -= before // what was admitted while it was read may be in it or not: it counts until the next time
	}
}
