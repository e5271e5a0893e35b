package tenants_test

import (
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

func TestQuotaOr(t *testing.T) {
	d := tenants.Quota{Requests: 100, Starts: 10, OpenRuns: 5}
	own := tenants.Quota{Requests: tenants.Unbounded, Starts: 7, Retained: 9}
	if got, want := own.Or(d), (tenants.Quota{Starts: 7, OpenRuns: 5, Retained: 9}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := own.Or(tenants.Quota{}); got != (tenants.Quota{Starts: 7, Retained: 9}) {
		t.Errorf("without defaults %+v", got)
	}
	if got := (tenants.Quota{}).Or(d); got != d {
		t.Errorf("without a quota %+v", got)
	}
}

func TestQuotaIsChangedAsAWhole(t *testing.T) {
	d, m, _ := directory()
	if _, err := d.Register(t.Context(), payments()); err != nil {
		t.Fatal(err)
	}
	q := tenants.Quota{Requests: 5, Starts: tenants.Unbounded, Retained: tenants.MaxQuota}
	n, err := d.Update(t.Context(), "payments", tenants.Change{Quota: &q})
	if err != nil || n.Quota != q || m.list[0].Quota != q {
		t.Fatalf("%+v, %v", n.Quota, err)
	}
	if n, err = d.Update(t.Context(), "payments", tenants.Change{Description: new("d")}); err != nil || n.Quota != q {
		t.Errorf("after another change %+v, %v", n.Quota, err)
	}
	if again, err := d.Update(t.Context(), "payments", tenants.Change{Quota: &q}); err != nil || again.Version != n.Version {
		t.Errorf("the same again: version %d after %d, %v", again.Version, n.Version, err)
	}
	for name, bad := range map[string]tenants.Quota{"requests": {Requests: -2}, "pollers": {Pollers: tenants.MaxQuota + 1}, "open runs": {OpenRuns: -9}} {
		_, err := d.Update(t.Context(), "payments", tenants.Change{Quota: &bad})
		if orchestration.CodeOf(err) != orchestration.InvalidArgument || !strings.Contains(err.Error(), name) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	none := tenants.Quota{}
	if n, err = d.Update(t.Context(), "payments", tenants.Change{Quota: &none}); err != nil || n.Quota != none {
		t.Errorf("taken away: %+v, %v", n.Quota, err)
	}
}
