package quota

import (
	"errors"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

func TestWithoutQuotaNothingIsBounded(t *testing.T) {
	r := newRig(t, nil)
	if n := r.try(tenants.Quota{}, Call{Start: true, Poll: true}, 1000); n != 1000 || r.reads != 0 || len(r.accounts) != 0 {
		t.Errorf("%d admitted, the stock was read %d times, %d accounts", n, r.reads, len(r.accounts))
	}
}

func TestDefault(t *testing.T) {
	r := newRig(t, func(c *Config) { c.Default = tenants.Quota{Requests: 3} })
	if n := r.try(tenants.Quota{}, Call{}, 9); n != 3 {
		t.Errorf("%d by the default", n)
	}
	if n := r.try(tenants.Quota{Requests: tenants.Unbounded}, Call{}, 9); n != 9 {
		t.Errorf("%d without a bound", n)
	}
}

func TestRate(t *testing.T) {
	r := newRig(t, nil)
	q := tenants.Quota{Requests: 10}
	for name, c := range map[string]struct {
		after time.Duration
		want  int
	}{"a second later": {time.Second, 10}, "half a second later": {time.Second / 2, 5}, "much later": {time.Hour, 10}} {
		r.advance(time.Hour)
		if n := r.try(q, Call{}, 20); n != 10 {
			t.Errorf("a burst of %d", n)
		}
		r.advance(c.after)
		if n := r.try(q, Call{}, 20); n != c.want {
			t.Errorf("%s: %d, want %d", name, n, c.want)
		}
	}
}

// TestCompletionsAreShedLast: while starts ask for more than there is, what completes running work is admitted.
func TestCompletionsAreShedLast(t *testing.T) {
	r := newRig(t, nil)
	q := tenants.Quota{Requests: 100}
	late, early, middle := 0, 0, 0
	for range 1000 { // ten seconds
		r.advance(10 * time.Millisecond)
		early += r.try(q, Call{Class: Early}, 10)
		middle += r.try(q, Call{Class: Middle}, 1)
		if r.clock.Nanosecond()/1e6%20 == 0 {
			late += r.try(q, Call{Class: Late}, 1)
		}
	}
	if late != 500 {
		t.Errorf("%d of 500 completions were admitted beside %d starts and %d others", late, early, middle)
	}
	if all := late + early + middle; all < 1000 || all > 1160 {
		t.Errorf("%d calls in ten seconds of 100", all)
	}
	if early > 150 {
		t.Errorf("%d starts were admitted, though the others left them no more than the first burst", early)
	}
	// Too many completions are shed too.
	r.advance(time.Hour)
	if n := r.try(q, Call{Class: Late}, 1000); n != 150 {
		t.Errorf("%d completions at once, want a burst of 100 and 50 more", n)
	}
}

func TestStarts(t *testing.T) {
	r := newRig(t, nil)
	q := tenants.Quota{Requests: 100, Starts: 5}
	if n := r.try(q, Call{Start: true}, 20); n != 5 {
		t.Errorf("%d starts", n)
	}
	if n := r.try(q, Call{}, 200); n != 95 {
		t.Errorf("%d others, want what starts have left", n)
	}
}

func TestMessages(t *testing.T) {
	r := newRig(t, nil)
	r.held = Stock{OpenRuns: 7, RetainedBytes: 900}
	for want, c := range map[string]struct {
		quota tenants.Quota
		cause enumspb.ResourceExhaustedCause
	}{
		"Namespace bank has used up its quota of 1 requests per second; try again later.": {tenants.Quota{Requests: 1}, enumspb.RESOURCE_EXHAUSTED_CAUSE_RPS_LIMIT},
		"Namespace bank has used up its quota of 1 starts per second; try again later.":   {tenants.Quota{Starts: 1}, enumspb.RESOURCE_EXHAUSTED_CAUSE_RPS_LIMIT},
		"Namespace bank has as many pollers as its quota allows: 1.":                      {tenants.Quota{Pollers: 1}, enumspb.RESOURCE_EXHAUSTED_CAUSE_CONCURRENT_LIMIT},
		"Namespace bank has as many open workflows as its quota allows: 8.":               {tenants.Quota{OpenRuns: 8}, enumspb.RESOURCE_EXHAUSTED_CAUSE_CONCURRENT_LIMIT},
		"The closed workflows of namespace bank hold 900 bytes, and its quota is 900; nothing is started until some have left.": {
			tenants.Quota{Retained: 900}, enumspb.RESOURCE_EXHAUSTED_CAUSE_PERSISTENCE_STORAGE_LIMIT,
		},
	} {
		var err error
		other := orchestration.NamespaceID{byte(len(want))}
		for range 2 {
			_, err = r.Admit(t.Context(), other, "bank", c.quota, Call{Start: true, Poll: true})
		}
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		} else if cause := r.exhausted(err); cause != c.cause {
			t.Errorf("%s: cause %v, want %v", want, cause, c.cause)
		}
	}
}

func TestPollers(t *testing.T) {
	r := newRig(t, nil)
	q, poll := tenants.Quota{Pollers: 2}, Call{Class: Late, Poll: true}
	first, err := r.Admit(t.Context(), ns, "bank", q, poll)
	if err != nil {
		t.Fatal(err)
	}
	if n := r.try(q, poll, 5); n != 1 {
		t.Errorf("%d more", n)
	}
	if n := r.try(q, Call{Class: Late}, 5); n != 5 {
		t.Errorf("%d calls that do not wait", n)
	}
	first()
	if got := r.Polling()[ns]; got != 1 {
		t.Errorf("%d polls are told to others", got)
	}
	// Those of another node count while it tells of them.
	r.Heard(2, map[orchestration.NamespaceID]int64{ns: 1, {9}: 4})
	if n := r.try(q, poll, 5); n != 0 {
		t.Errorf("%d more beside another node's", n)
	}
	r.advance(heardFor + 1)
	if n := r.try(q, poll, 5); n != 1 {
		t.Errorf("%d more after the other node has gone", n)
	}
}

func TestOpenRuns(t *testing.T) {
	r := newRig(t, nil)
	r.held = Stock{OpenRuns: 90, RetainedBytes: 10}
	q := tenants.Quota{OpenRuns: 100, Retained: 11}
	if n := r.try(q, Call{Start: true}, 50); n != 10 || r.reads != 1 {
		t.Errorf("%d starts, the stock was read %d times", n, r.reads)
	}
	if n := r.try(q, Call{}, 50); n != 50 {
		t.Errorf("%d of 50 other calls", n)
	}
	r.held = Stock{OpenRuns: 97, RetainedBytes: 10} // some have closed
	r.advance(freshFor)
	if n := r.try(q, Call{Start: true}, 50); n != 3 || r.reads != 2 {
		t.Errorf("%d starts a second later, the stock was read %d times", n, r.reads)
	}
	r.held.RetainedBytes = 11
	r.advance(freshFor)
	if n := r.try(q, Call{Start: true}, 5); n != 0 {
		t.Errorf("%d starts while too much is retained", n)
	}
}

func TestStockThatCannotBeRead(t *testing.T) {
	r := newRig(t, nil)
	r.lost = errors.New("away")
	if n := r.try(tenants.Quota{OpenRuns: 5, Retained: 1}, Call{Start: true}, 3); n != 3 || r.reads != 1 {
		t.Errorf("%d starts, %d reads", n, r.reads)
	}
}

// TestStockIsReadOnce: calls that come together wait for one read.
func TestStockIsReadOnce(t *testing.T) {
	r := newRig(t, nil)
	r.mu.Lock() // the read waits
	const calls = 10
	admitted := make(chan error, calls)
	for range calls {
		go func() {
			_, err := New(Config{Stock: r.stock}).Admit(t.Context(), ns, "bank", tenants.Quota{OpenRuns: 1}, Call{Start: true})
			admitted <- err
		}()
	}
	r.mu.Unlock()
	for range calls {
		if err := <-admitted; err != nil {
			t.Error(err)
		}
	}
}

func TestIdleAccountsGo(t *testing.T) {
	r := newRig(t, nil)
	q := tenants.Quota{Requests: 1, Pollers: 1}
	if n := r.try(q, Call{Poll: true}, 1); n != 1 { // and waits on
		t.Fatal(n)
	}
	open := func(n int) {
		for i := range n {
			id := orchestration.NamespaceID{2, byte(i), byte(i >> 8)}
			if _, err := r.Admit(t.Context(), id, "x", q, Call{}); err != nil && r.exhausted(err) == 0 {
				t.Fatal(err)
			}
		}
	}
	open(leastSwept - 1)
	r.advance(idleFor + 1)
	if n := len(r.accounts); n != leastSwept {
		t.Fatalf("%d accounts", n)
	}
	if _, err := r.Admit(t.Context(), orchestration.NamespaceID{3}, "x", q, Call{}); err != nil {
		t.Fatal(err)
	}
	if n := len(r.accounts); n != 2 {
		t.Errorf("%d accounts are left, want the one that polls and the new one", n)
	}
}
