package tenants_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
	"github.com/tenuto-io/tenuto/tenants"
)

func TestSearchAttributes(t *testing.T) {
	d, m, _ := directory()
	n, err := d.Register(t.Context(), payments())
	if err != nil {
		t.Fatal(err)
	}
	want := search.Attributes{"Colour": search.Keyword, "guests_1.a-b": search.Int}
	for range 2 { // the second time changes nothing
		if err := d.AddSearchAttributes(t.Context(), "payments", want); err != nil {
			t.Fatal(err)
		}
	}
	m.reads = 0
	got, err := d.SearchAttributes(t.Context(), n.ID, false)
	if err != nil || !maps.Equal(got, want) || m.reads != 0 {
		t.Fatalf("whoever has defined them knows at once: %v, %v, %d reads", got, err, m.reads)
	}
	if err := d.RemoveSearchAttributes(t.Context(), "payments", []string{"Colour", "Colour"}); err != nil {
		t.Fatal(err)
	}
	if got, err := d.SearchAttributes(t.Context(), n.ID, false); err != nil || len(got) != 1 {
		t.Fatalf("after a removal: %v, %v", got, err)
	}
}

// Another node's definition is seen at once by who asks for it, and by all within CacheFor.
func TestSearchAttributesOfAnotherNode(t *testing.T) {
	d, m, c := directory()
	n, err := d.Register(t.Context(), payments())
	if err != nil {
		t.Fatal(err)
	}
	other := tenants.NewDirectory(m, c.now)
	if err := other.AddSearchAttributes(t.Context(), "payments", search.Attributes{"Colour": search.Keyword}); err != nil {
		t.Fatal(err)
	}
	if got, err := d.SearchAttributes(t.Context(), n.ID, true); err != nil || len(got) != 1 {
		t.Fatalf("fresh: %v, %v", got, err)
	}
	if err := other.RemoveSearchAttributes(t.Context(), "payments", []string{"Colour"}); err != nil {
		t.Fatal(err)
	}
	c.t = c.t.Add(tenants.CacheFor + 1)
	if got, err := d.SearchAttributes(t.Context(), n.ID, false); err != nil || len(got) != 0 {
		t.Fatalf("after CacheFor: %v, %v", got, err)
	}
}

func TestSearchAttributesRefuses(t *testing.T) {
	d, _, _ := directory()
	if _, err := d.Register(t.Context(), payments()); err != nil {
		t.Fatal(err)
	}
	many := search.Attributes{}
	for i := range tenants.MaxAttributes {
		many[fmt.Sprint("A", i)] = search.Int
	}
	if err := d.AddSearchAttributes(t.Context(), "payments", many); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		add    search.Attributes
		remove string
		code   orchestration.Code
		says   string
	}{
		{add: search.Attributes{"": search.Int}, code: orchestration.InvalidArgument, says: `""`},
		{add: search.Attributes{"a b": search.Int}, code: orchestration.InvalidArgument, says: "letters"},
		{add: search.Attributes{"1a": search.Int}, code: orchestration.InvalidArgument, says: "begins with"},
		{add: search.Attributes{strings.Repeat("a", 256): search.Int}, code: orchestration.InvalidArgument, says: "255"},
		{add: search.Attributes{"WorkflowId": search.Keyword}, code: orchestration.InvalidArgument, says: "reserved"},
		{add: search.Attributes{"BuildIds": search.KeywordList}, code: orchestration.InvalidArgument, says: "reserved"},
		{add: search.Attributes{"B": 0}, code: orchestration.InvalidArgument, says: "unknown type"},
		{add: search.Attributes{"B": 8}, code: orchestration.InvalidArgument, says: "unknown type"},
		{add: search.Attributes{"A1": search.Keyword}, code: orchestration.AlreadyExists, says: "A1 already exists with type Int"},
		{add: search.Attributes{"B": search.Int}, code: orchestration.InvalidArgument, says: "the limit is 100"},
		{remove: "B", code: orchestration.NotFound, says: "B is not defined"},
		{remove: "TemporalChangeVersion", code: orchestration.InvalidArgument, says: "cannot be removed"},
	} {
		var err error
		if c.add != nil {
			err = d.AddSearchAttributes(t.Context(), "payments", c.add)
		} else {
			err = d.RemoveSearchAttributes(t.Context(), "payments", []string{"A0", c.remove})
		}
		if orchestration.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v, %s: got %v, want %q", c.add, c.remove, err, c.says)
		}
	}
	n, err := d.Describe(t.Context(), "payments")
	if err != nil || len(n.Attributes) != tenants.MaxAttributes {
		t.Errorf("%d attributes, %v: something was changed", len(n.Attributes), err)
	}
	if err := d.AddSearchAttributes(t.Context(), "missing", search.Attributes{"B": search.Int}); orchestration.CodeOf(err) != orchestration.NamespaceNotFound {
		t.Errorf("another namespace: %v", err)
	}
}
