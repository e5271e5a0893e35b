package exchange

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/orchestration/matching"
)

var errDown = errors.New("the shared place is down")

// place is the shared place of a cluster, in memory. It can lose everything, and be away.
type place struct {
	mu     sync.Mutex
	down   bool
	queues map[matching.Key]*shelf
	doors  []*door
	calls  map[string]int
}

// shelf is what waits of one queue, best first, who is noted as idle for it, and when its next token is due.
type shelf struct {
	refs []matching.Reference
	idle []*door
	tat  time.Time
}

// door is one node's way to the place. It implements Shared.
type door struct {
	place   *place
	woken   chan matching.Key
	changed chan struct{}
}

func newPlace() *place {
	return &place{queues: make(map[matching.Key]*shelf), calls: make(map[string]int)}
}

func (p *place) door() *door {
	p.mu.Lock()
	defer p.mu.Unlock()
	d := &door{place: p, woken: make(chan matching.Key, 100_000), changed: make(chan struct{}, 1)}
	p.doors = append(p.doors, d)
	return d
}

// flush loses everything, and nobody notices.
func (p *place) flush() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.queues)
}

// set takes the place down, with all that is in it, or up.
func (p *place) set(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
	clear(p.queues)
	for _, d := range p.doors {
		select {
		case d.changed <- struct{}{}:
		default:
		}
	}
}

// holds is how many references are there.
func (p *place) holds() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.queues {
		n += len(s.refs)
	}
	return n
}

// asked is how often the place was called since the last time.
func (p *place) asked() map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	calls := p.calls
	p.calls = make(map[string]int)
	return calls
}

// enter locks the place for a call that takes a while.
func (p *place) enter(call string) error {
	time.Sleep(time.Millisecond)
	p.mu.Lock()
	p.calls[call]++
	if p.down {
		p.mu.Unlock()
		return errDown
	}
	return nil
}

func (p *place) shelf(key matching.Key) *shelf {
	s := p.queues[key]
	if s == nil {
		s = &shelf{}
		p.queues[key] = s
	}
	return s
}

// token takes a token of a rate limit that saves none.
func (s *shelf) token(perSecond float64, now time.Time) bool {
	if perSecond < 0 {
		return true
	}
	if s.tat.After(now.Add(100*time.Millisecond)) || perSecond == 0 {
		return false
	}
	if s.tat.Before(now) {
		s.tat = now
	}
	s.tat = s.tat.Add(time.Duration(float64(time.Second) / perSecond))
	return true
}

// wake tells the node that has waited longest that there is something.
func (s *shelf) wake(key matching.Key) {
	if len(s.idle) > 0 && len(s.refs) > 0 {
		s.idle[0].woken <- key
		s.idle = s.idle[1:]
	}
}

func (d *door) Publish(_ context.Context, refs []matching.Reference) error {
	if err := d.place.enter("publish"); err != nil {
		return err
	}
	defer d.place.mu.Unlock()
	for _, ref := range refs {
		s := d.place.shelf(ref.Key)
		if !slices.ContainsFunc(s.refs, func(r matching.Reference) bool { return idOf(&r) == idOf(&ref) }) {
			s.refs = append(s.refs, ref)
		}
		s.wake(ref.Key)
	}
	return nil
}

func (d *door) Pop(_ context.Context, wants []Want) (refs []matching.Reference, held []matching.Key, err error) {
	if err := d.place.enter("pop"); err != nil {
		return nil, nil, err
	}
	defer d.place.mu.Unlock()
	for _, w := range wants {
		s := d.place.shelf(w.Key)
		slices.SortStableFunc(s.refs, func(a, b matching.Reference) int {
			return cmp.Or(cmp.Compare(a.Priority, b.Priority), a.ReadyAt.Compare(b.ReadyAt))
		})
		n := 0
		for n < w.N && n < len(s.refs) && s.token(w.PerSecond, time.Now()) {
			n++
		}
		refs = append(refs, s.refs[:n]...)
		s.refs = slices.Delete(s.refs, 0, n)
		if n < w.N && len(s.refs) > 0 {
			held = append(held, w.Key)
		}
		noted := slices.Contains(s.idle, d)
		switch {
		case n < w.N && len(s.refs) == 0 && !noted:
			s.idle = append(s.idle, d)
		case n == w.N && noted:
			s.idle = slices.DeleteFunc(s.idle, func(o *door) bool { return o == d })
			fallthrough
		case n == w.N && len(s.refs) > 0:
			s.wake(w.Key)
		}
	}
	return refs, held, nil
}

func (d *door) Withdraw(_ context.Context, refs []matching.Reference) error {
	if err := d.place.enter("withdraw"); err != nil {
		return err
	}
	defer d.place.mu.Unlock()
	for _, ref := range refs {
		s := d.place.shelf(ref.Key)
		s.refs = slices.DeleteFunc(s.refs, func(r matching.Reference) bool { return idOf(&r) == idOf(&ref) })
	}
	return nil
}

func (d *door) Tokens(_ context.Context, key matching.Key, perSecond float64, n int) (granted int, err error) {
	if err := d.place.enter("tokens"); err != nil {
		return 0, err
	}
	defer d.place.mu.Unlock()
	for granted < n && d.place.shelf(key).token(perSecond, time.Now()) {
		granted++
	}
	return granted, nil
}

func (d *door) Woken() <-chan matching.Key { return d.woken }
func (d *door) Changed() <-chan struct{}   { return d.changed }

func (d *door) Up() bool {
	d.place.mu.Lock()
	defer d.place.mu.Unlock()
	return !d.place.down
}
