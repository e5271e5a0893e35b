package tenants_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// memory is a store of namespaces that counts its reads and can break.
type memory struct {
	list  []tenants.Namespace
	reads int
	err   error

	before func() // called once, before the next update
}

func (m *memory) InsertNamespace(_ context.Context, n tenants.Namespace, freeSince time.Time) error {
	if m.err != nil {
		return m.err
	}
	for _, have := range m.list {
		if have.Former == n.Name && have.Updated.After(freeSince) {
			return tenants.ErrReserved
		}
	}
	for _, have := range m.list {
		if have.Name == n.Name {
			return tenants.ErrExists
		}
	}
	m.list = append(m.list, n)
	return nil
}

func (m *memory) UpdateNamespace(_ context.Context, n tenants.Namespace) error {
	if m.before != nil {
		before := m.before
		m.before = nil
		before()
	}
	for i, have := range m.list {
		if have.ID == n.ID && have.Version == n.Version && m.err == nil {
			n.Version++
			m.list[i] = n
			return nil
		}
	}
	return errors.Join(tenants.ErrChanged, m.err)
}

func (m *memory) RemoveNamespace(_ context.Context, id orchestration.NamespaceID) error {
	m.list = slices.DeleteFunc(m.list, func(n tenants.Namespace) bool { return n.ID == id && n.State == tenants.Deleted })
	return m.err
}

func (m *memory) find(match func(tenants.Namespace) bool) (tenants.Namespace, bool, error) {
	m.reads++
	for _, n := range m.list {
		if match(n) {
			return n, true, m.err
		}
	}
	return tenants.Namespace{}, false, m.err
}

func (m *memory) NamespaceByName(_ context.Context, name string) (tenants.Namespace, bool, error) {
	return m.find(func(n tenants.Namespace) bool { return n.Name == name })
}

func (m *memory) NamespaceByID(_ context.Context, id orchestration.NamespaceID) (tenants.Namespace, bool, error) {
	return m.find(func(n tenants.Namespace) bool { return n.ID == id })
}

func (m *memory) ListNamespaces(_ context.Context, after string, limit int) ([]tenants.Namespace, error) {
	var out []tenants.Namespace
	for _, n := range m.list {
		if n.Name > after && len(out) < limit {
			out = append(out, n)
		}
	}
	return out, m.err
}

func (m *memory) ListNamespacesOf(_ context.Context, t tenants.TenantID, after string, limit int) ([]tenants.Namespace, error) {
	var out []tenants.Namespace
	for _, n := range m.list {
		if n.Tenant == t && n.Name > after && len(out) < limit {
			out = append(out, n)
		}
	}
	return out, m.err
}

// clock is a time that only the test moves.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func directory() (*tenants.Directory, *memory, *clock) {
	m := &memory{}
	c := &clock{time.Date(2024, 2, 29, 23, 59, 58, 123_456_789, time.FixedZone("somewhere", 3600))}
	return tenants.NewDirectory(m, c.now), m, c
}

func payments() tenants.Registration {
	return tenants.Registration{
		Name: "payments", Description: "moves money", OwnerEmail: "ops@example.com", Data: map[string]string{"team": "a"}, Retention: tenants.MinRetention,
	}
}

func TestRegister(t *testing.T) {
	d, m, c := directory()
	n, err := d.Register(t.Context(), payments())
	if err != nil {
		t.Fatal(err)
	}
	at := c.t.UTC().Truncate(time.Microsecond)
	want := tenants.Namespace{
		ID: n.ID, Name: "payments", State: tenants.Registered, Description: "moves money", OwnerEmail: "ops@example.com",
		Data: map[string]string{"team": "a"}, Retention: tenants.MinRetention, Created: at, Updated: at, Tenant: tenants.DefaultTenant, Version: 1,
	}
	if n.ID.IsZero() || !reflect.DeepEqual(n, want) || !reflect.DeepEqual(m.list, []tenants.Namespace{want}) {
		t.Fatalf("returned %+v\n  stored %+v\n    want %+v", n, m.list, want)
	}
	_, err = d.Register(t.Context(), payments())
	var e *orchestration.Error
	if !errors.As(err, &e) || e.Code != orchestration.NamespaceExists || e.Namespace != "payments" {
		t.Fatalf("registering again: got %#v, want NamespaceExists of payments", err)
	}
	other, err := d.Register(t.Context(), tenants.Registration{Name: "Payments", Retention: tenants.MaxRetention})
	if err != nil || other.ID == n.ID {
		t.Fatalf("a name that differs in case: got %+v, %v; want a namespace of its own", other, err)
	}
}

func TestRegisterRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*tenants.Registration)
		says   string
	}{
		{"no name", func(r *tenants.Registration) { r.Name = "" }, "not set"},
		{"long name", func(r *tenants.Registration) { r.Name = strings.Repeat("n", 256) }, "255"},
		{"space", func(r *tenants.Registration) { r.Name = "a b" }, `"a b"`},
		{"leading dot", func(r *tenants.Registration) { r.Name = "." }, `"."`},
		{"slash", func(r *tenants.Registration) { r.Name = "a/b" }, `"a/b"`},
		{"trailing newline", func(r *tenants.Registration) { r.Name = "a\n" }, `"a\n"`},
		{"letters of another script", func(r *tenants.Registration) { r.Name = "n\u00e4me" }, "letters"},
		{"no retention", func(r *tenants.Registration) { r.Retention = 0 }, "not set"},
		{"negative retention", func(r *tenants.Registration) { r.Retention = -1 }, "not set"},
		{"short retention", func(r *tenants.Registration) { r.Retention = tenants.MinRetention - 1 }, "24h0m0s"},
		{"long retention", func(r *tenants.Registration) { r.Retention = tenants.MaxRetention + 1 }, "876000h0m0s"},
		{"long description", func(r *tenants.Registration) { r.Description = strings.Repeat("x", tenants.MaxTextLength) }, "65536"},
		{"much data", func(r *tenants.Registration) {
			r.Data = map[string]string{"k": strings.Repeat("x", tenants.MaxTextLength)}
		}, "65536"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, m, _ := directory()
			r := payments()
			c.change(&r)
			_, err := d.Register(t.Context(), r)
			if orchestration.CodeOf(err) != orchestration.InvalidArgument || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v, want InvalidArgument that says %q", err, c.says)
			}
			if len(m.list) != 0 {
				t.Fatalf("stored %+v", m.list)
			}
		})
	}
}

func TestRegisterAtTheLimits(t *testing.T) {
	for _, change := range []func(*tenants.Registration){
		func(r *tenants.Registration) { r.Name = strings.Repeat("n", tenants.MaxNameLength) },
		func(r *tenants.Registration) { r.Name = "0" },
		func(r *tenants.Registration) { r.Name = "A-b_c.9" },
		func(r *tenants.Registration) { r.Retention = tenants.MaxRetention },
		func(r *tenants.Registration) {
			r.Description, r.OwnerEmail, r.Data = strings.Repeat("x", tenants.MaxTextLength-2), "y", map[string]string{"": "z"}
		},
	} {
		d, _, _ := directory()
		r := payments()
		change(&r)
		if _, err := d.Register(t.Context(), r); err != nil {
			t.Error(err)
		}
	}
}

func TestDescribeAndList(t *testing.T) {
	d, _, _ := directory()
	n, err := d.Register(t.Context(), payments())
	if err != nil {
		t.Fatal(err)
	}
	byName, err := d.Describe(t.Context(), "payments")
	if err != nil || !reflect.DeepEqual(byName, n) {
		t.Fatalf("Describe: got %+v, %v", byName, err)
	}
	byID, err := d.DescribeID(t.Context(), n.ID)
	if err != nil || !reflect.DeepEqual(byID, n) {
		t.Fatalf("DescribeID: got %+v, %v", byID, err)
	}
	list, err := d.List(t.Context(), "", 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("List: got %+v, %v", list, err)
	}
}

func TestNotFound(t *testing.T) {
	d, _, _ := directory()
	id := orchestration.NamespaceID{1}
	for ref, read := range map[string]func() (tenants.Namespace, error){
		"missing":   func() (tenants.Namespace, error) { return d.Describe(t.Context(), "missing") },
		"missing2":  func() (tenants.Namespace, error) { return d.ByName(t.Context(), "missing2") },
		id.String(): func() (tenants.Namespace, error) { return d.ByID(t.Context(), id) },
	} {
		_, err := read()
		var e *orchestration.Error
		if !errors.As(err, &e) || e.Code != orchestration.NamespaceNotFound || e.Namespace != ref {
			t.Errorf("%s: got %v, want NamespaceNotFound", ref, err)
		}
	}
	if _, err := d.ByName(t.Context(), ""); orchestration.CodeOf(err) != orchestration.InvalidArgument {
		t.Errorf("empty name: got %v, want InvalidArgument", err)
	}
}

func TestEnsure(t *testing.T) {
	d, m, _ := directory()
	first, err := d.Ensure(t.Context(), payments())
	if err != nil {
		t.Fatal(err)
	}
	again := payments()
	again.Description = "another"
	second, err := d.Ensure(t.Context(), again)
	if err != nil || !reflect.DeepEqual(first, second) || len(m.list) != 1 {
		t.Fatalf("got %+v, %v and %d stored, want the first one unchanged", second, err, len(m.list))
	}
	bad := payments()
	bad.Retention = 0
	if _, err := d.Ensure(t.Context(), bad); orchestration.CodeOf(err) != orchestration.InvalidArgument {
		t.Fatalf("got %v, want InvalidArgument", err)
	}
}

// The cache serves reads until CacheFor has passed, then the store is asked again.
func TestCacheAge(t *testing.T) {
	d, m, c := directory()
	n, err := d.Register(t.Context(), payments())
	if err != nil {
		t.Fatal(err)
	}
	reads := func(want int) {
		t.Helper()
		for range 3 {
			if _, err := d.ByName(t.Context(), "payments"); err != nil {
				t.Fatal(err)
			}
			if _, err := d.ByID(t.Context(), n.ID); err != nil {
				t.Fatal(err)
			}
		}
		if m.reads != want {
			t.Fatalf("%d reads of the store, want %d", m.reads, want)
		}
	}
	reads(0) // Register has remembered it
	c.t = c.t.Add(tenants.CacheFor)
	reads(0)
	c.t = c.t.Add(1)
	reads(1)
}

// A namespace that has gone is forgotten when the store says so, whether asked by name or by id.
func TestCacheForgets(t *testing.T) {
	for _, byID := range []bool{false, true} {
		d, m, _ := directory()
		n, err := d.Register(t.Context(), payments())
		if err != nil {
			t.Fatal(err)
		}
		m.list = nil
		if byID {
			_, err = d.DescribeID(t.Context(), n.ID)
		} else {
			_, err = d.Describe(t.Context(), n.Name)
		}
		if orchestration.CodeOf(err) != orchestration.NamespaceNotFound {
			t.Fatalf("Describe: got %v", err)
		}
		if _, err := d.ByName(t.Context(), n.Name); orchestration.CodeOf(err) != orchestration.NamespaceNotFound {
			t.Fatalf("ByName after it has gone: got %v, want NamespaceNotFound", err)
		}
		if _, err := d.ByID(t.Context(), n.ID); orchestration.CodeOf(err) != orchestration.NamespaceNotFound {
			t.Fatalf("ByID after it has gone: got %v, want NamespaceNotFound", err)
		}
	}
}

// What a caller does with an answer's map changes nobody else's answer.
func TestAnswersAreCopies(t *testing.T) {
	d, _, _ := directory()
	r := payments()
	n, err := d.Register(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	r.Data["team"], n.Data["team"] = "changed", "changed"
	first, err := d.ByName(t.Context(), "payments")
	if err != nil {
		t.Fatal(err)
	}
	first.Data["team"] = "changed"
	second, err := d.ByName(t.Context(), "payments")
	if err != nil || second.Data["team"] != "a" {
		t.Fatalf("got %v, %v, want the registered data", second.Data, err)
	}
}

func TestBrokenStore(t *testing.T) {
	d, m, _ := directory()
	m.err = errors.New("disk on fire")
	_, registering := d.Register(t.Context(), payments())
	_, describing := d.Describe(t.Context(), "payments")
	_, listing := d.List(t.Context(), "", 1)
	_, ensuring := d.Ensure(t.Context(), payments())
	for _, err := range []error{registering, describing, listing, ensuring} {
		if !errors.Is(err, m.err) || orchestration.CodeOf(err) != 0 {
			t.Errorf("got %v, want the store's error wrapped", err)
		}
	}
}
