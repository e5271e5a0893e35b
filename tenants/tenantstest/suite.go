// Package tenantstest is the suite that every driver of tenants.Store passes.
package tenantstest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
	"github.com/tenuto-io/tenuto/tenants"
)

// Run runs the suite. open returns a store on an empty database of its own, and a function that opens the same database again as a
// restarted process does; it cleans up by t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) (s tenants.Store, reopen func() tenants.Store)) {
	for name, test := range map[string]func(*testing.T, tenants.Store){
		"round trip":         roundTrip,
		"bare round trip":    bareRoundTrip,
		"absent":             absent,
		"taken name or id":   taken,
		"one founder":        oneFounder,
		"case and order":     caseAndOrder,
		"hostile text":       hostileText,
		"canceled insertion": canceled,
		"update":             update,
		"one change wins":    oneChange,
		"reserved name":      reserved,
		"removal":            removal,
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t)
			test(t, s)
		})
	}
	t.Run("survives reopening", func(t *testing.T) {
		s, reopen := open(t)
		n := full("payments")
		must(t, s.InsertNamespace(t.Context(), n, time.Now()))
		same(t, byName(t, reopen(), n.Name), n)
	})
}

// full is a namespace with every field set; its times fit the stored precision.
func full(name string) tenants.Namespace {
	created := time.Date(2024, 2, 29, 23, 59, 58, 123_456_000, time.UTC)
	return tenants.Namespace{
		ID: orchestration.NamespaceID(uuid.New()), Name: name, State: tenants.Deprecated, Description: "moves money", OwnerEmail: "ops@example.com",
		Tenant: tenants.DefaultTenant, Suspended: true, Quota: tenants.Quota{Requests: 1, Starts: 2, Pollers: 3, OpenRuns: 4, Retained: 5}, Attributes: search.Attributes{"Colour": search.Keyword, "Guests": search.Int},
		Data: map[string]string{"team": "payments", "": "empty key"}, Retention: tenants.Retention(72*time.Hour + time.Nanosecond),
		Created: created, Updated: created.Add(time.Microsecond), Version: 7, Protected: true, Former: "before", Audit: tenants.AuditAll, Codec: tenants.Codec{Endpoint: "https://codec.example/path", Credentials: true}, RemoveAfter: created.Add(time.Hour),
	}
}

func roundTrip(t *testing.T, s tenants.Store) {
	n := full("payments")
	must(t, s.InsertNamespace(t.Context(), n, time.Now()))
	same(t, byName(t, s, n.Name), n)
	got, ok, err := s.NamespaceByID(t.Context(), n.ID)
	must(t, err)
	if !ok {
		t.Fatal("not found by its id")
	}
	same(t, got, n)
	list, err := s.ListNamespaces(t.Context(), "", 10)
	must(t, err)
	same(t, list, []tenants.Namespace{n})
}

func bareRoundTrip(t *testing.T, s tenants.Store) {
	n := tenants.Namespace{ID: orchestration.NamespaceID(uuid.New()), Name: "n", State: tenants.Registered, Tenant: tenants.DefaultTenant, Version: 1, Created: time.Unix(0, 0).UTC(), Updated: time.Unix(0, 0).UTC()}
	must(t, s.InsertNamespace(t.Context(), n, time.Now()))
	same(t, byName(t, s, "n"), n)
}

func absent(t *testing.T, s tenants.Store) {
	_, byName, err := s.NamespaceByName(t.Context(), "missing")
	must(t, err)
	_, byID, err := s.NamespaceByID(t.Context(), orchestration.NamespaceID(uuid.New()))
	must(t, err)
	list, err := s.ListNamespaces(t.Context(), "", 10)
	must(t, err)
	if byName || byID || len(list) != 0 {
		t.Fatalf("found in an empty store: by name %v, by id %v, listed %d", byName, byID, len(list))
	}
}

func taken(t *testing.T, s tenants.Store) {
	n := full("payments")
	must(t, s.InsertNamespace(t.Context(), n, time.Now()))
	sameName, sameID := full("payments"), full("other")
	sameID.ID = n.ID
	for _, other := range []tenants.Namespace{sameName, sameID} {
		if err := s.InsertNamespace(t.Context(), other, time.Now()); !errors.Is(err, tenants.ErrExists) {
			t.Fatalf("inserting %s again: got %v, want ErrExists", other.Name, err)
		}
	}
	same(t, byName(t, s, n.Name), n)
}

// oneFounder: of many who register one name at once, one succeeds.
func oneFounder(t *testing.T, s tenants.Store) {
	const founders = 8
	won := make([]bool, founders)
	var g errgroup.Group
	for i := range founders {
		g.Go(func() error {
			err := s.InsertNamespace(t.Context(), full("payments"), time.Now())
			won[i] = err == nil
			if errors.Is(err, tenants.ErrExists) {
				return nil
			}
			return err
		})
	}
	must(t, g.Wait())
	if n := len(slices.DeleteFunc(won, func(b bool) bool { return !b })); n != 1 {
		t.Fatalf("%d founders succeeded, want 1", n)
	}
}

// caseAndOrder: names compare byte for byte, and pages follow that order.
func caseAndOrder(t *testing.T, s tenants.Store) {
	names := []string{"Z", "a", "A", "a.b", "a-b", "a_b", "b", "B", "a1", "10", "9"}
	for _, name := range names {
		must(t, s.InsertNamespace(t.Context(), full(name), time.Now()))
	}
	slices.Sort(names)
	for _, size := range []int{1, 3, 100} {
		var got []string
		after := ""
		for {
			page, err := s.ListNamespaces(t.Context(), after, size)
			must(t, err)
			if len(page) == 0 {
				break
			}
			if len(page) > size {
				t.Fatalf("a page of %d, the limit is %d", len(page), size)
			}
			for _, n := range page {
				got = append(got, n.Name)
			}
			after = page[len(page)-1].Name
		}
		same(t, got, names)
	}
}

func hostileText(t *testing.T, s tenants.Store) {
	for i, text := range []string{`'; DROP TABLE namespace; --`, `"`, `\`, "\u202e\U0001f3b5<script>&", "null", "{}", strings.Repeat("x", 60_000)} {
		n := full(fmt.Sprintf("n%d", i))
		n.Description, n.OwnerEmail, n.Data = text, text, map[string]string{text: text}
		must(t, s.InsertNamespace(t.Context(), n, time.Now()))
		same(t, byName(t, s, n.Name), n)
	}
}

func canceled(t *testing.T, s tenants.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	n := full("payments")
	if err := s.InsertNamespace(ctx, n, time.Now()); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want context.Canceled", err)
	}
	must(t, s.InsertNamespace(t.Context(), n, time.Now()))
}

func byName(t *testing.T, s tenants.Store, name string) tenants.Namespace {
	t.Helper()
	n, ok, err := s.NamespaceByName(t.Context(), name)
	must(t, err)
	if !ok {
		t.Fatalf("namespace %s not found", name)
	}
	return n
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("\n got %+v\nwant %+v", got, want)
	}
}
