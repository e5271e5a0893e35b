package shard

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// served is which shards an owner serves. Every turn asks it, with its workflow's mutex held.
type served struct {
	terms [orchestration.Shards]atomic.Uint32 // odd: served. It grows with each change, so that a view from before a change is told from one after it
	since [orchestration.Shards]atomic.Int64  // when the shard was adopted, Unix nanoseconds

	mu      sync.Mutex
	moving  [orchestration.Shards]bool          // an Adopt or Surrender of it is under way
	leaving [orchestration.Shards]bool          // not served any more, but not yet given up
	left    [orchestration.Shards]chan struct{} // closed when the shard is served no more; nil: it is not
	ended   chan struct{}                       // closed and replaced when an Adopt or Surrender ends
}

func newServed() *served { return &served{ended: make(chan struct{})} }

func (s *served) has(shard orchestration.ShardID) bool { return s.terms[shard].Load()&1 == 1 }

// claim waits until nobody moves any of the shards, and keeps others from it until release.
func (s *served) claim(ctx context.Context, shards []orchestration.ShardID) error {
	for {
		s.mu.Lock()
		if !slices.ContainsFunc(shards, func(shard orchestration.ShardID) bool { return s.moving[shard] }) {
			for _, shard := range shards {
				s.moving[shard] = true
			}
			s.mu.Unlock()
			return nil
		}
		ended := s.ended
		s.mu.Unlock()
		select {
		case <-ended:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *served) release(shards []orchestration.ShardID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, shard := range shards {
		s.moving[shard] = false
	}
	close(s.ended)
	s.ended = make(chan struct{})
}

// adopt has the shards served from now on.
func (s *served) adopt(shards []orchestration.ShardID, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, shard := range shards {
		if !s.has(shard) {
			s.since[shard].Store(now.UnixNano())
			s.left[shard] = make(chan struct{})
			s.terms[shard].Add(1)
		}
	}
}

// leave has the shards served no more. It returns those that are to be given up: not those that were not served.
func (s *served) leave(shards []orchestration.ShardID) (out []orchestration.ShardID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, shard := range shards {
		if s.has(shard) {
			s.terms[shard].Add(1)
			s.leaving[shard] = true
			close(s.left[shard])
			s.left[shard] = nil
		}
	}
	return s.unfinishedOf(shards)
}

// unfinished are those of the shards that were left and not given up: their Surrender was interrupted.
func (s *served) unfinished(shards []orchestration.ShardID) []orchestration.ShardID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unfinishedOf(shards)
}

func (s *served) unfinishedOf(shards []orchestration.ShardID) (out []orchestration.ShardID) {
	for _, shard := range shards {
		if s.leaving[shard] {
			out = append(out, shard)
		}
	}
	return out
}

// gone notes that nothing is left of the shards here.
func (s *served) gone(shards []orchestration.ShardID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, shard := range shards {
		s.leaving[shard] = false
	}
}

// until is closed when the shard is served no more.
func (s *served) until(shard orchestration.ShardID) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.left[shard]; c != nil {
		return c
	}
	closed := make(chan struct{})
	close(closed)
	return closed
}

// view is what was served at one moment.
type view struct {
	terms [orchestration.Shards]uint32
	count int
}

func (s *served) view() *view {
	v := new(view)
	for i := range s.terms {
		if v.terms[i] = s.terms[i].Load(); v.terms[i]&1 == 1 {
			v.count++
		}
	}
	return v
}

// still tells whether the shard was served in the view and has been ever since.
func (s *served) still(shard orchestration.ShardID, v *view) bool {
	return v.terms[shard]&1 == 1 && s.terms[shard].Load() == v.terms[shard]
}

// shards are those of the view, for a scan of the store: nil for all of them, never nil for none.
func (v *view) shards() []orchestration.ShardID {
	if v.count == orchestration.Shards {
		return nil
	}
	out := make([]orchestration.ShardID, 0, v.count)
	for i, term := range v.terms {
		if term&1 == 1 {
			out = append(out, orchestration.ShardID(i))
		}
	}
	return out
}

// only narrows a view to some shards.
func (v *view) only(shards *shardSet) {
	for i := range v.terms {
		if v.terms[i]&1 == 1 && !shards[i] {
			v.terms[i] = 0
			v.count--
		}
	}
}

// shardSet is a set of shards.
type shardSet [orchestration.Shards]bool

func setOf(shards []orchestration.ShardID) *shardSet {
	set := new(shardSet)
	for _, s := range shards {
		set[s] = true
	}
	return set
}
