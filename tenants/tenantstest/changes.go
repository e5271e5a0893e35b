package tenantstest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
	"github.com/tenuto-io/tenuto/tenants"
)

func update(t *testing.T, s tenants.Store) {
	n, other := full("payments"), full("orders")
	must(t, s.InsertNamespace(t.Context(), n, time.Now()))
	must(t, s.InsertNamespace(t.Context(), other, time.Now()))
	n.Name, n.State, n.Description, n.OwnerEmail, n.Data = "payments-2", tenants.Registered, "moves more money", "", nil
	n.Attributes = search.Attributes{"Guests": search.Int, "\u202e'": search.KeywordList}
	n.Codec = tenants.Codec{Endpoint: "https://other.example"}
	n.Retention, n.Updated, n.Protected, n.Suspended, n.Quota, n.Former, n.RemoveAfter = n.Retention+1, n.Updated.Add(time.Hour), false, false, tenants.Quota{Starts: 6, Retained: tenants.MaxQuota}, "", time.Time{}
	must(t, s.UpdateNamespace(t.Context(), n))
	n.Version++
	same(t, byName(t, s, "payments-2"), n)
	same(t, byName(t, s, "orders"), other)
	if _, ok, err := s.NamespaceByName(t.Context(), "payments"); ok || err != nil {
		t.Fatalf("the old name is still there: %v", err)
	}
	stale := n
	stale.Version--
	if err := s.UpdateNamespace(t.Context(), stale); !errors.Is(err, tenants.ErrChanged) {
		t.Fatalf("over another version: got %v, want ErrChanged", err)
	}
	taken := n
	taken.Name = "orders"
	if err := s.UpdateNamespace(t.Context(), taken); !errors.Is(err, tenants.ErrExists) {
		t.Fatalf("to a name that is taken: got %v, want ErrExists", err)
	}
	missing := n
	missing.ID = orchestration.NamespaceID(uuid.New())
	missing.Name = "missing"
	if err := s.UpdateNamespace(t.Context(), missing); !errors.Is(err, tenants.ErrChanged) {
		t.Fatalf("of what is not there: got %v, want ErrChanged", err)
	}
	same(t, byName(t, s, "payments-2"), n)
}

// oneChange: of many who change one version at once, one succeeds.
func oneChange(t *testing.T, s tenants.Store) {
	n := full("payments")
	must(t, s.InsertNamespace(t.Context(), n, time.Now()))
	won := make(chan string, 8)
	var g errgroup.Group
	for i := range 8 {
		g.Go(func() error {
			mine := n
			mine.Description = fmt.Sprint("by ", i)
			err := s.UpdateNamespace(t.Context(), mine)
			if errors.Is(err, tenants.ErrChanged) {
				return nil
			}
			won <- mine.Description
			return err
		})
	}
	must(t, g.Wait())
	if len(won) != 1 {
		t.Fatalf("%d changes of one version succeeded, want 1", len(won))
	}
	same(t, byName(t, s, n.Name).Description, <-won)
}

// reserved: a name that was given back is refused for a while, and free then.
func reserved(t *testing.T, s tenants.Store) {
	n := full("payments")
	must(t, s.InsertNamespace(t.Context(), n, time.Now()))
	n.Name, n.Former, n.State = "payments-deleted", "payments", tenants.Deleted
	must(t, s.UpdateNamespace(t.Context(), n))
	next := full("payments")
	next.Former = ""
	if err := s.InsertNamespace(t.Context(), next, n.Updated.Add(-time.Microsecond)); !errors.Is(err, tenants.ErrReserved) {
		t.Fatalf("got %v, want ErrReserved", err)
	}
	if _, ok, err := s.NamespaceByName(t.Context(), "payments"); ok || err != nil {
		t.Fatalf("it was inserted all the same: %v", err)
	}
	must(t, s.InsertNamespace(t.Context(), next, n.Updated))
	same(t, byName(t, s, "payments"), next)
	same(t, byName(t, s, "payments-deleted").ID, n.ID)
}

// removal takes deleted namespaces only.
func removal(t *testing.T, s tenants.Store) {
	n := full("payments")
	must(t, s.InsertNamespace(t.Context(), n, time.Now()))
	must(t, s.RemoveNamespace(t.Context(), n.ID))
	same(t, byName(t, s, n.Name), n)
	n.State = tenants.Deleted
	must(t, s.UpdateNamespace(t.Context(), n))
	for range 2 {
		must(t, s.RemoveNamespace(t.Context(), n.ID))
	}
	if _, ok, err := s.NamespaceByID(t.Context(), n.ID); ok || err != nil {
		t.Fatalf("it is still there: %v", err)
	}
}
