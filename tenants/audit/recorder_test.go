package audit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// shelf is a journal in memory, of one chain.
type shelf struct {
	mu      sync.Mutex
	fails   error
	batches [][]audit.Event
}

func (s *shelf) Append(_ context.Context, events []audit.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fails != nil {
		return s.fails
	}
	s.batches = append(s.batches, events)
	return nil
}

func (s *shelf) all() (all []audit.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.batches {
		all = append(all, b...)
	}
	return all
}

func (s *shelf) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fails = err
}

func (s *shelf) Records(_ context.Context, _ tenants.TenantID, f audit.Filter, from int64, limit int) ([]audit.Record, int64, bool, error) {
	records := audit.Append(audit.Link{}, s.all())[from:]
	if len(records) > limit {
		return records[:limit], from + int64(limit), false, nil
	}
	return records, from + int64(len(records)), true, nil
}

func (s *shelf) Chain(context.Context, tenants.TenantID) (audit.Chain, bool, error) {
	return audit.Chain{}, false, nil
}

func (s *shelf) Chains(context.Context, tenants.TenantID, int) ([]audit.Chain, error) {
	return nil, nil
}

func (s *shelf) Trim(context.Context, tenants.TenantID, time.Time, int) (int, error) { return 0, nil }

// running has a recorder run; stop ends it in order.
func running(s *shelf) (r *audit.Recorder, stop func() error) {
	r = audit.NewRecorder(s, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	return r, func() error { cancel(); return <-ended }
}

func event(i int) audit.Event {
	return audit.Event{At: time.Now(), Plane: audit.Data, Tenant: tenants.DefaultTenant, Principal: "account:x", Action: fmt.Sprint(i), Code: "OK"}
}

func TestEventsAreWrittenWithinASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		r, stop := running(s)
		for i := range 10 {
			r.Note(event(i))
		}
		time.Sleep(audit.FlushEvery)
		synctest.Wait()
		if len(s.batches) != 1 || len(s.batches[0]) != 10 {
			t.Fatalf("written in %d batches", len(s.batches))
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
	})
}

// An orderly stop loses nothing, in order.
func TestStopWritesWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		r, stop := running(s)
		const n = 5000
		for i := range n {
			r.Note(event(i))
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		all := s.all()
		if len(all) != n || r.Dropped() != 0 {
			t.Fatalf("%d written, %d dropped", len(all), r.Dropped())
		}
		for i, e := range all {
			if e.Action != fmt.Sprint(i) {
				t.Fatalf("number %d is %s", i, e.Action)
			}
		}
	})
}

// While nothing can be written calls go on; what is too much is dropped, counted, and recorded as a number once it can be.
func TestFullQueueDropsAndTells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		s.fail(errors.New("no database"))
		r, stop := running(s)
		for i := range audit.MaxQueue + 7 {
			r.Note(event(i))
		}
		time.Sleep(3 * audit.FlushEvery)
		synctest.Wait()
		if got := r.Dropped(); got != 7 {
			t.Fatalf("%d dropped, want 7", got)
		}
		s.fail(nil)
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		told := 0
		for _, e := range s.all() {
			if e.Action == "audit.dropped" {
				told++
				if e.Changes[0].After != "7" {
					t.Errorf("told of %s", e.Changes[0].After)
				}
			}
		}
		if told != 1 || len(s.all()) != audit.MaxQueue+1 {
			t.Fatalf("told %d times among %d", told, len(s.all()))
		}
	})
}

func TestStopTellsWhatItCouldNotWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{fails: errors.New("no database")}
		r, stop := running(s)
		r.Note(event(1))
		if err := stop(); !errors.Is(err, s.fails) {
			t.Fatalf("got %v", err)
		}
	})
}

// Who has no credential, or may not do what it tries, does not fill the database, and hides nobody else.
func TestRefusedCallsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		r, stop := running(s)
		for range 3 {
			for range 1000 {
				e := event(0)
				e.Principal, e.Tenant, e.Code = audit.Nobody, tenants.InstallationTenant, "Unauthenticated"
				r.Note(e)
				e.Principal, e.Tenant, e.Code = "account:mallory", tenants.DefaultTenant, "PermissionDenied"
				r.Note(e)
				e.Code = "NotFound" // it may, and does not find
				r.Note(e)
			}
			e := event(1)
			e.Code = "PermissionDenied"
			r.Note(e)
			time.Sleep(time.Second)
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		got := map[string]int{}
		for _, e := range s.all() {
			got[e.Principal+" "+e.Code]++
		}
		want := map[string]int{"nobody Unauthenticated": 60, "account:mallory PermissionDenied": 60, "account:mallory NotFound": 3000, "account:x PermissionDenied": 3, "system OK": got["system OK"]}
		if !maps.Equal(got, want) || r.Dropped() != 2*2940 {
			t.Fatalf("recorded %v, %d dropped", got, r.Dropped())
		}
	})
}

// An export is whole lines in order, each with its link; it goes on where the last one ended.
func TestExport(t *testing.T) {
	s := &shelf{}
	for i := range 1200 {
		e := event(i)
		e.Resource = "workflow:<a>\n"
		if err := s.Append(t.Context(), []audit.Event{e.Bounded()}); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	last, err := audit.Export(t.Context(), s, tenants.DefaultTenant, audit.Filter{Newest: true}, 100, &out)
	if err != nil || last != 1200 {
		t.Fatalf("ended at %d, %v", last, err)
	}
	want := audit.Append(audit.Link{}, s.all())[100:]
	lines := bytes.Split(bytes.TrimSuffix(out.Bytes(), []byte("\n")), []byte("\n"))
	if len(lines) != len(want) {
		t.Fatalf("%d lines, want %d", len(lines), len(want))
	}
	for i, text := range lines {
		var l struct {
			Sequence         int64
			Hash             string
			Action, Resource string
			Time             time.Time
		}
		if err := json.Unmarshal(text, &l); err != nil {
			t.Fatal(err)
		}
		w := want[i]
		if l.Sequence != w.Sequence || l.Hash != w.Hash.String() || l.Action != w.Action || l.Resource != w.Resource || !l.Time.Equal(w.At) {
			t.Fatalf("line %d is %s", i, text)
		}
	}
}

func TestHashReadsWhatItWrites(t *testing.T) {
	h := audit.Append(audit.Link{}, []audit.Event{event(1)})[0].Hash
	if got, err := audit.ParseHash(h.String()); err != nil || got != h {
		t.Fatalf("got %v, %v", got, err)
	}
	for _, bad := range []string{"", "zz", h.String()[2:], h.String() + "00"} {
		if _, err := audit.ParseHash(bad); err == nil {
			t.Errorf("%q is no hash", bad)
		}
	}
}

// sink takes everything and keeps nothing.
type sink struct{ shelf }

func (*sink) Append(context.Context, []audit.Event) error { return nil }

// BenchmarkNote is what a call pays.
func BenchmarkNote(b *testing.B) {
	r := audit.NewRecorder(&sink{}, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	e := event(1)
	b.ReportAllocs()
	for b.Loop() {
		r.Note(e)
	}
	cancel()
	<-ended
}

// TestKeeperTrimsEveryChain: it goes through all chains, and through each until a step removes less than it may.
func TestKeeperTrimsEveryChain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &row{left: map[tenants.TenantID]int{}}
		for i := range 250 {
			r.left[tenants.TenantID{14: byte(i / 100), 15: byte(i % 100)}] = 1500
		}
		k := audit.Keeper{Journal: r, Retention: time.Hour, Logger: slog.New(slog.DiscardHandler)}
		if err := k.Trim(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
		for of, left := range r.left {
			if left != 0 {
				t.Errorf("%d left of tenant %s", left, of)
			}
		}
	})
}

// TestKeeperHeedsTenants: a tenant's own retention counts for it, and for nobody else; without any, records stay.
func TestKeeperHeedsTenants(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	long, short, none := tenants.TenantID{15: 2}, tenants.TenantID{15: 3}, tenants.TenantID{15: 4}
	own := func(_ context.Context, of tenants.TenantID) (time.Duration, error) {
		return map[tenants.TenantID]time.Duration{long: 48 * time.Hour, short: time.Hour}[of], nil
	}
	for installation, want := range map[time.Duration]map[tenants.TenantID]time.Time{
		24 * time.Hour: {
			tenants.InstallationTenant: now.Add(-24 * time.Hour), long: now.Add(-48 * time.Hour), short: now.Add(-time.Hour), none: now.Add(-24 * time.Hour),
		},
		0: {long: now.Add(-48 * time.Hour), short: now.Add(-time.Hour)},
	} {
		r := &row{left: map[tenants.TenantID]int{tenants.InstallationTenant: 1, long: 1, short: 1, none: 1}, before: map[tenants.TenantID]time.Time{}}
		k := audit.Keeper{Journal: r, Retention: installation, Own: own, Logger: slog.New(slog.DiscardHandler)}
		if err := k.Trim(t.Context(), now); err != nil {
			t.Fatal(err)
		}
		if !maps.Equal(r.before, want) {
			t.Errorf("with %v for all, trimmed %v, want %v", installation, r.before, want)
		}
	}
	failing := audit.Keeper{Journal: &row{left: map[tenants.TenantID]int{long: 1}}, Own: func(context.Context, tenants.TenantID) (time.Duration, error) {
		return 0, errors.New("no database")
	}, Retention: time.Hour}
	if err := failing.Trim(t.Context(), now); err == nil {
		t.Error("a retention that is not known is taken for the installation's")
	}
}

// row is a journal of chains that have nothing but old records.
type row struct {
	shelf
	left   map[tenants.TenantID]int
	before map[tenants.TenantID]time.Time // what was trimmed; nil: that is not noted
}

func (r *row) Chains(_ context.Context, from tenants.TenantID, limit int) (all []audit.Chain, _ error) {
	for of := range r.left {
		if bytes.Compare(of[:], from[:]) >= 0 {
			all = append(all, audit.Chain{Tenant: of})
		}
	}
	slices.SortFunc(all, func(a, b audit.Chain) int { return bytes.Compare(a.Tenant[:], b.Tenant[:]) })
	return all[:min(limit, len(all))], nil
}

func (r *row) Trim(_ context.Context, t tenants.TenantID, before time.Time, limit int) (int, error) {
	if r.before != nil {
		r.before[t] = before
	}
	n := min(limit, r.left[t])
	r.left[t] -= n
	return n, nil
}
