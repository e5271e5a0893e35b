package shop

import (
	"context"
	"fmt"
	"sync"

	"github.com/tenuto-io/tenuto/sdk/activity"
)

// Shop is the shelf and everybody who works at it. Its methods are the steps. What it has is in memory. It is safe for concurrent use.
type Shop struct {
	mu    sync.Mutex
	items map[string]int
	done  map[string]bool // keys of what has taken effect
}

// New is a shop with these items on its shelf.
func New(items map[string]int) *Shop {
	s := &Shop{items: map[string]int{}, done: map[string]bool{}}
	for item, n := range items {
		s.items[item] = n
	}
	return s
}

// Line is so many of an item. Its key has it take effect once, however often it is asked for.
type Line struct {
	Key   string `json:"key"`
	Item  string `json:"item"`
	Count int    `json:"count"`
}

// Pick takes items from the shelf. It fails while there are too few.
func (s *Shop) Pick(_ context.Context, l Line) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch has := s.items[l.Item]; {
	case s.done[l.Key]:
		return nil
	case has == 0:
		return fmt.Errorf("no %s is left on the shelf", l.Item)
	case has < l.Count:
		return fmt.Errorf("only %d of %s are left on the shelf, and %d are wanted", has, l.Item, l.Count)
	}
	s.items[l.Item] -= l.Count
	s.done[l.Key] = true
	return nil
}

// Put puts items on the shelf, and returns how many are there then.
func (s *Shop) Put(_ context.Context, l Line) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.done[l.Key] {
		s.items[l.Item] += l.Count
		s.done[l.Key] = true
	}
	return s.items[l.Item], nil
}

// Count is what is on the shelf.
func (s *Shop) Count(context.Context) (map[string]int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make(map[string]int, len(s.items))
	for item, n := range s.items {
		all[item] = n
	}
	return all, nil
}

// Charge takes the money. This shop trusts everybody.
func (*Shop) Charge(context.Context, Line) error { return nil }

// Deliver brings a parcel, street by street.
func (*Shop) Deliver(ctx context.Context, _ Parcel) error {
	for street := range streets {
		activity.RecordHeartbeat(ctx, street)
	}
	return nil
}

const streets = 3
