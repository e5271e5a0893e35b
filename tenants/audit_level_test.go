package tenants_test

import (
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// Each level records what those before it do, and has a word of its own. The numbers are those that databases have.
func TestAuditLevels(t *testing.T) {
	levels := []tenants.AuditLevel{tenants.AuditNone, tenants.AuditInterventions, tenants.AuditWrites, tenants.AuditAll}
	for i, l := range levels {
		for j, least := range levels {
			if l.Covers(least) != (i >= j) {
				t.Errorf("%v covers %v: %v", l, least, l.Covers(least))
			}
		}
		if got, err := tenants.ParseAuditLevel(l.String()); err != nil || got != l || l.Or(tenants.AuditAll) != l {
			t.Errorf("%v is read as %v, %v", l, got, err)
		}
	}
	if l := tenants.AuditDefault; l.String() != "default" || l.Or(tenants.AuditWrites) != tenants.AuditWrites {
		t.Errorf("the default is %v, or %v", l, l.Or(tenants.AuditWrites))
	}
	if [5]tenants.AuditLevel{0, 1, 2, 3, 4} != [5]tenants.AuditLevel{tenants.AuditDefault, tenants.AuditNone, tenants.AuditAll, tenants.AuditInterventions, tenants.AuditWrites} {
		t.Error("a stored level means another one")
	}
	if _, err := tenants.ParseAuditLevel("some"); orchestration.CodeOf(err) != orchestration.InvalidArgument {
		t.Errorf("some: %v", err)
	}
}
