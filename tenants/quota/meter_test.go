package quota

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
)

// newShared is two nodes with a place that they share.
func newShared(t *testing.T, change func(*Config)) (a, b *rig, p *place) {
	p = &place{kept: map[Bucket]*bucket{}}
	with := func(c *Config) {
		c.Shared = p
		c.Nodes = func() int { return 2 }
		if change != nil {
			change(c)
		}
	}
	a, b = newRig(t, with), newRig(t, with)
	b.Limiter.c.Now = a.now
	p.now = a.now
	return a, b, p
}

// TestPortions: nodes together are held to the rate, whoever asks how much, and ask the place much less often than they are asked.
func TestPortions(t *testing.T) {
	a, b, p := newShared(t, nil)
	q := tenants.Quota{Requests: 1000}
	admitted, calls := 0, 0
	for range 5000 { // five seconds
		a.advance(time.Millisecond)
		admitted += a.try(q, Call{}, 3)
		admitted += b.try(q, Call{}, 1)
		calls += 4
	}
	if want := 1000 + 5000; admitted > want || admitted < want-100 {
		t.Errorf("%d admitted, want at most %d", admitted, want)
	}
	if most := 2 * int(5*time.Second/emptyTime); p.asked > most {
		t.Errorf("the place was asked %d times about %d calls of which %d were admitted", p.asked, calls, admitted)
	}
}

// TestSlowCallersTakeNoPortions: what one node does not use stays for the others.
func TestSlowCallersTakeNoPortions(t *testing.T) {
	a, b, p := newShared(t, nil)
	q := tenants.Quota{Requests: 10}
	if n := a.try(q, Call{}, 10) + b.try(q, Call{}, 10); n != 10 {
		t.Errorf("%d of a burst of 10", n)
	}
	a.advance(time.Hour)
	for range 50 {
		a.advance(time.Second / 2)
		if n := a.try(q, Call{}, 1) + b.try(q, Call{}, 4); n != 5 {
			t.Fatalf("%d of 5 calls at the rate", n)
		}
	}
	if p.asked < 50 {
		t.Errorf("the place was asked %d times", p.asked)
	}
}

// TestRefusedWithoutAsking: a node knows until when there is nothing.
func TestRefusedWithoutAsking(t *testing.T) {
	a, _, p := newShared(t, nil)
	q := tenants.Quota{Requests: 2}
	if n := a.try(q, Call{}, 3); n != 2 || p.asked != 3 {
		t.Fatalf("%d admitted, asked %d times", n, p.asked)
	}
	if n := a.try(q, Call{}, 1000); n != 0 || p.asked != 3 {
		t.Errorf("%d admitted, asked %d times", n, p.asked)
	}
	a.advance(time.Second / 2)
	if n := a.try(q, Call{}, 1); n != 1 || p.asked != 4 {
		t.Errorf("%d admitted when the next token has come, asked %d times", n, p.asked)
	}
}

// TestWithoutThePlace: each node grants its part, and asks the place again after a while.
func TestWithoutThePlace(t *testing.T) {
	a, b, p := newShared(t, nil)
	p.err = errors.New("away")
	q := tenants.Quota{Requests: 100}
	if n, m := a.try(q, Call{}, 200), b.try(q, Call{}, 200); n != 50 || m != 50 {
		t.Errorf("%d and %d, want half of the quota each", n, m)
	}
	if p.asked != 2 {
		t.Errorf("a place that is away was asked %d times", p.asked)
	}
	p.err = nil
	a.advance(downTime)
	if n := a.try(q, Call{}, 200); n != 100 {
		t.Errorf("%d, want the whole quota from the place", n)
	}
}

// TestUnusedTokensLapse: what was taken in advance is not a second burst later.
func TestUnusedTokensLapse(t *testing.T) {
	a, _, _ := newShared(t, nil)
	q := tenants.Quota{Requests: 1000}
	for range 100 {
		a.advance(time.Millisecond)
		a.try(q, Call{}, 9)
	}
	pool := &a.accounts[ns].meters[Requests].pools[Early]
	pool.tokens = 40
	a.advance(time.Hour)
	if n := a.try(q, Call{}, 2000); n != 1000 {
		t.Errorf("a burst of %d", n)
	}
}

// TestTolerance: a second's worth, at least one, and the overdraft of the class.
func TestTolerance(t *testing.T) {
	for rate, want := range map[float64][classes]int{
		100: {100, 113, 150}, 8: {8, 9, 12}, 1: {1, 2, 2}, 0.5: {1, 2, 2}, 1e15: {0, 0, 0},
	} {
		for c := range classes {
			b := Bucket{Rate: rate}
			n, _ := new(bucket).take(b, c, math.MaxInt32, time.Unix(1e9, 0))
			if rate == 1e15 {
				if n < 1e9 {
					t.Errorf("a rate that bounds nothing grants %d", n)
				}
				continue
			}
			if n != want[c] {
				t.Errorf("rate %v, class %d: %d, want %d", rate, c, n, want[c])
			}
		}
	}
}

// TestSmallerRateForgivesTheDebt: a quota that was changed does not begin with what another one had granted.
func TestSmallerRateForgivesTheDebt(t *testing.T) {
	var k bucket
	at := time.Unix(1e9, 0)
	if n, _ := k.take(Bucket{Rate: 0.001}, Late, 9, at); n != 2 {
		t.Fatal(n)
	}
	if n, wait := k.take(Bucket{Rate: 10}, Early, 9, at); n != 0 || wait != 100*time.Millisecond {
		t.Errorf("%d, to wait for %v", n, wait)
	}
	if n, _ := k.take(Bucket{Rate: 10}, Early, 9, at.Add(time.Second)); n != 9 {
		t.Errorf("%d after a second", n)
	}
}
