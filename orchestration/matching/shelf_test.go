package matching

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

var errOnFire = errors.New("disk on fire")

// shelf is a store of backlog rows. A read sees the rows as they are when it begins and answers later: after latency, and once the gate
// (if there is one) is open.
type shelf struct {
	gate chan struct{}

	mu      sync.Mutex
	rows    []Reference // in dispatch order
	err     error
	latency time.Duration
	reads   int
	limit   int // of the last read
}

func inStoreOrder(a, b Reference) int {
	return cmp.Or(cmp.Compare(a.priority(), b.priority()), cmp.Compare(a.Pass, b.Pass), cmp.Compare(a.Backlog, b.Backlog))
}

// put commits rows.
func (s *shelf) put(rows ...Reference) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows = append(s.rows, rows...)
	slices.SortFunc(s.rows, inStoreOrder)
}

// putRange commits the rows from first to last, of default priority.
func (s *shelf) putRange(first, last int) {
	for n := first; n <= last; n++ {
		s.put(row(n))
	}
}

// remove deletes the row of a task.
func (s *shelf) remove(r Reference) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows = slices.DeleteFunc(s.rows, func(o Reference) bool { return o.Backlog == r.Backlog })
}

// behave says how reads go from now on.
func (s *shelf) behave(err error, latency time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err, s.latency = err, latency
}

// seen is how often the store was read, and the last read's limit.
func (s *shelf) seen() (reads, limit int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads, s.limit
}

func (s *shelf) refill(ctx context.Context, _ Key, after *Reference, limit int) ([]Reference, error) {
	page, latency, err := s.read(after, limit)
	if latency > 0 {
		time.Sleep(latency) // of a bubble's time
	}
	if s.gate != nil {
		select {
		case <-s.gate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return page, err
}

func (s *shelf) read(after *Reference, limit int) (page []Reference, latency time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads, s.limit = s.reads+1, limit
	if s.err != nil {
		return nil, s.latency, s.err
	}
	for _, r := range s.rows {
		if (after == nil || inStoreOrder(*after, r) < 0) && len(page) < limit {
			page = append(page, r)
		}
	}
	return page, s.latency, nil
}
