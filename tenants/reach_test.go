package tenants_test

import (
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// TestReaches: one side alone allows nothing, and a name counts whole.
func TestReaches(t *testing.T) {
	a := tenants.Namespace{ID: orchestration.NamespaceID{1}, Name: "a.acme"}
	b := tenants.Namespace{ID: orchestration.NamespaceID{2}, Name: "b.globex"}
	for _, c := range []struct {
		reaches, reachedBy string
		want               bool
	}{
		{"", "", false},
		{"b.globex", "", false},
		{"", "a.acme", false},
		{"b.globex", "a.acme", true},
		{"x, b.globex ,y", "y,a.acme", true},
		{"b.globe,globex,*", "a.acme", false},
		{"B.GLOBEX", "a.acme", false},
	} {
		a.Data = map[string]string{tenants.ReachesEntry: c.reaches, tenants.ReachedByEntry: "b.globex"}
		b.Data = map[string]string{tenants.ReachedByEntry: c.reachedBy}
		if got := a.Reaches(b); got != c.want {
			t.Errorf("%q and %q: %v", c.reaches, c.reachedBy, got)
		}
		if b.Reaches(a) {
			t.Errorf("%q and %q: the way back is open", c.reaches, c.reachedBy)
		}
	}
	if !a.Reaches(a) {
		t.Error("a namespace does not reach itself")
	}
}
