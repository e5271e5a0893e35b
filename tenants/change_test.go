package tenants_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

func TestUpdate(t *testing.T) {
	d, m, c := directory()
	was, err := d.Register(t.Context(), payments())
	if err != nil {
		t.Fatal(err)
	}
	c.t = c.t.Add(time.Second)
	protect := true
	got, err := d.Update(t.Context(), "payments", tenants.Change{
		Description: new("moves more"), Data: map[string]string{"tier": "1"}, Retention: 2 * tenants.MinRetention, Protected: &protect,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := was
	want.Description, want.Retention, want.Protected = "moves more", 2*tenants.MinRetention, true
	want.Data = map[string]string{"team": "a", "tier": "1"}
	want.Updated, want.Version = c.t.UTC().Truncate(time.Microsecond), 2
	if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(m.list, []tenants.Namespace{want}) {
		t.Fatalf("returned %+v\n  stored %+v\n    want %+v", got, m.list, want)
	}
	again, err := d.Update(t.Context(), "payments", tenants.Change{Description: new("moves more")})
	if err != nil || again.Version != 2 {
		t.Errorf("a change of nothing: %+v, %v", again, err)
	}
}

func TestUpdateRefuses(t *testing.T) {
	d, m, _ := directory()
	if _, err := d.Register(t.Context(), payments()); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]tenants.Change{
		"short retention":  {Retention: tenants.MinRetention - 1},
		"long retention":   {Retention: tenants.MaxRetention + 1},
		"negative":         {Retention: -1},
		"long description": {Description: new(strings.Repeat("x", tenants.MaxTextLength))},
		"much data":        {Data: map[string]string{"k": strings.Repeat("x", tenants.MaxTextLength)}},
	} {
		if _, err := d.Update(t.Context(), "payments", c); orchestration.CodeOf(err) != orchestration.InvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
	if m.list[0].Version != 1 {
		t.Error("something was stored")
	}
	if _, err := d.Update(t.Context(), "missing", tenants.Change{}); orchestration.CodeOf(err) != orchestration.NamespaceNotFound {
		t.Errorf("of none: %v", err)
	}
}

// TestUpdatesMeet: two changes of different things both hold.
func TestUpdatesMeet(t *testing.T) {
	d, m, c := directory()
	if _, err := d.Register(t.Context(), payments()); err != nil {
		t.Fatal(err)
	}
	other := tenants.NewDirectory(m, c.now)
	m.before = func() {
		if _, err := other.Update(t.Context(), "payments", tenants.Change{OwnerEmail: new("new@example.com")}); err != nil {
			t.Error(err)
		}
	}
	got, err := d.Update(t.Context(), "payments", tenants.Change{Description: new("moves more")})
	if err != nil || got.Description != "moves more" || got.OwnerEmail != "new@example.com" || got.Version != 3 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestDeprecate(t *testing.T) {
	d, _, _ := directory()
	if _, err := d.Register(t.Context(), payments()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if n, err := d.Update(t.Context(), "payments", tenants.Change{State: tenants.Deprecated}); err != nil || n.State != tenants.Deprecated || n.Version != 2 {
			t.Errorf("%+v, %v", n, err)
		}
	}
	for _, s := range []tenants.State{tenants.Registered, tenants.Deleted, 4} {
		if _, err := d.Update(t.Context(), "payments", tenants.Change{State: s}); orchestration.CodeOf(err) != orchestration.InvalidArgument {
			t.Errorf("to state %d: %v", s, err)
		}
	}
	if n, err := d.ByName(t.Context(), "payments"); err != nil || n.State != tenants.Deprecated {
		t.Errorf("remembered as %+v, %v", n, err)
	}
}

func TestDelete(t *testing.T) {
	d, m, c := directory()
	was, err := d.Register(t.Context(), payments())
	if err != nil {
		t.Fatal(err)
	}
	n, err := d.Delete(t.Context(), "payments", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if n.ID != was.ID || n.State != tenants.Deleted || n.Former != "payments" || !strings.HasPrefix(n.Name, "payments-deleted-") || n.RemoveAfter.Sub(n.Updated) != time.Hour {
		t.Errorf("deleted: %+v", n)
	}
	if err := tenants.ValidateName(n.Name); err != nil {
		t.Error(err)
	}
	for _, find := range []func() (tenants.Namespace, error){
		func() (tenants.Namespace, error) { return d.ByName(t.Context(), "payments") },
		func() (tenants.Namespace, error) { return d.Describe(t.Context(), "payments") },
		func() (tenants.Namespace, error) { return d.Delete(t.Context(), "payments", 0) },
	} {
		if _, err := find(); orchestration.CodeOf(err) != orchestration.NamespaceNotFound {
			t.Errorf("by its old name: %v", err)
		}
	}
	for _, err := range []error{second(d.Update(t.Context(), n.Name, tenants.Change{Description: new("x")})), second(d.Update(t.Context(), n.Name, tenants.Change{State: tenants.Deprecated}))} {
		if orchestration.CodeOf(err) != orchestration.FailedPrecondition {
			t.Errorf("a change of a deleted namespace: %v", err)
		}
	}
	if again, err := d.Delete(t.Context(), n.Name, 0); err != nil || again.Version != n.Version {
		t.Errorf("a second deletion: %+v, %v", again, err)
	}

	// Its name is free when nobody can still take it for the old one.
	if _, err := d.Register(t.Context(), payments()); orchestration.CodeOf(err) != orchestration.Unavailable {
		t.Errorf("its name at once: %v", err)
	}
	c.t = c.t.Add(tenants.CacheFor + time.Microsecond)
	next, err := d.Register(t.Context(), payments())
	if err != nil || next.ID == was.ID {
		t.Fatalf("its name later: %+v, %v", next, err)
	}
	if err := d.Remove(t.Context(), n.ID); err != nil {
		t.Fatal(err)
	}
	if len(m.list) != 1 {
		t.Errorf("stored %+v", m.list)
	}
	if _, err := d.ByID(t.Context(), n.ID); orchestration.CodeOf(err) != orchestration.NamespaceNotFound {
		t.Errorf("after its removal: %v", err)
	}
}

func second(_ tenants.Namespace, err error) error { return err }

func TestDeleteOfALongName(t *testing.T) {
	d, _, _ := directory()
	r := payments()
	r.Name = strings.Repeat("n", tenants.MaxNameLength)
	if _, err := d.Register(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	n, err := d.Delete(t.Context(), r.Name, 0)
	if err != nil || tenants.ValidateName(n.Name) != nil || n.Former != r.Name {
		t.Errorf("%+v, %v", n, err)
	}
}

func TestProtectedNamespaceStays(t *testing.T) {
	d, _, _ := directory()
	r := payments()
	r.Protected = true
	if _, err := d.Register(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Delete(t.Context(), "payments", 0); orchestration.CodeOf(err) != orchestration.FailedPrecondition {
		t.Errorf("deletion of a protected one: %v", err)
	}
	no := false
	if _, err := d.Update(t.Context(), "payments", tenants.Change{Protected: &no}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Delete(t.Context(), "payments", 0); err != nil {
		t.Error(err)
	}
}

// TestChangesAreAnnounced: another directory of the same store forgets what it remembers, and without that after CacheFor.
func TestChangesAreAnnounced(t *testing.T) {
	_, m, c := directory()
	told, untold := tenants.NewDirectory(m, c.now), tenants.NewDirectory(m, c.now)
	d := tenants.NewDirectory(m, c.now, tenants.WithAnnounce(told.Forget))
	if _, err := d.Register(t.Context(), payments()); err != nil {
		t.Fatal(err)
	}
	seen := func(d *tenants.Directory) tenants.State {
		n, err := d.ByName(t.Context(), "payments")
		if err != nil {
			t.Fatal(err)
		}
		return n.State
	}
	seen(told)
	seen(untold)
	if _, err := d.Update(t.Context(), "payments", tenants.Change{State: tenants.Deprecated}); err != nil {
		t.Fatal(err)
	}
	if seen(d) != tenants.Deprecated || seen(told) != tenants.Deprecated || seen(untold) != tenants.Registered {
		t.Errorf("here %v, told %v, untold %v", seen(d), seen(told), seen(untold))
	}
	c.t = c.t.Add(tenants.CacheFor + 1)
	if seen(untold) != tenants.Deprecated {
		t.Error("what is remembered is too old")
	}
}

// TestShortestRetention: a directory may be told to accept less than the documented minimum.
func TestShortestRetention(t *testing.T) {
	_, m, c := directory()
	d := tenants.NewDirectory(m, c.now, tenants.WithShortestRetention(1))
	r := payments()
	r.Retention = 1
	if _, err := d.Register(t.Context(), r); err != nil {
		t.Error(err)
	}
}
