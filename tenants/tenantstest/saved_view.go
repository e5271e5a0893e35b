package tenantstest

import (
	"fmt"
	"testing"

	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// savedView is one with every field set.
func savedView(n tenants.Namespace, name string) tenants.SavedView {
	return tenants.SavedView{
		Tenant: n.Tenant, Namespace: n.ID, Name: name, Query: `WorkflowType = "<é>"`, Columns: []string{"id", "attribute.Customer Name"}, Sort: "CloseTime DESC", Created: at, By: "person:x",
	}
}

// savedViews: a namespace has its own, by name; saving one again takes its place; another tenant neither changes nor removes it.
func savedViews(t *testing.T, w *town) {
	acme, other := w.tenant("acme"), w.tenant("other")
	n, second, theirs := w.namespace(acme, "n"), w.namespace(acme, "m"), w.namespace(other, "n")
	b, a := savedView(n, "b"), savedView(n, "a")
	a.Query, a.Columns, a.Sort, a.By = "", nil, "", ""
	for _, v := range []tenants.SavedView{b, a, savedView(second, "a"), savedView(theirs, "a")} {
		must(t, w.PutView(t.Context(), v))
	}
	of := func(n tenants.Namespace) []tenants.SavedView {
		t.Helper()
		all, err := w.ListViews(t.Context(), n.ID)
		must(t, err)
		return all
	}
	same(t, of(n), []tenants.SavedView{a, b})
	b.Query, b.Columns = "x = 1", nil
	must(t, w.PutView(t.Context(), b))
	same(t, of(n), []tenants.SavedView{a, b})
	bad := savedView(theirs, "c")
	bad.Tenant = acme.ID
	fails(t, w.PutView(t.Context(), bad), tenants.ErrMissing)
	must(t, w.DeleteView(t.Context(), other.ID, n.ID, "a")) // which has no such view
	same(t, of(n), []tenants.SavedView{a, b})
	for range 2 {
		must(t, w.DeleteView(t.Context(), acme.ID, n.ID, "a"))
	}
	same(t, of(n), []tenants.SavedView{b})
	same(t, len(of(second)), 1)
	for i := range tenants.MaxViews - 1 {
		must(t, w.PutView(t.Context(), savedView(n, fmt.Sprint(i))))
	}
	fails(t, w.PutView(t.Context(), savedView(n, "more")), tenants.ErrFull)
	must(t, w.PutView(t.Context(), b))
	same(t, len(of(n)), tenants.MaxViews)
}

// viewDeeds: what becomes of a view is recorded.
func viewDeeds(t *testing.T, a Audited) {
	w := &town{Registry: a.Registry, namespaces: a.Store, t: t}
	s := &scribe{t, a.Journal, map[tenants.TenantID]int64{}}
	acme := w.tenant("acme")
	n := w.namespace(acme, "n")
	s.seen[acme.ID] = int64(len(records(t, a.Journal, acme.ID, audit.Filter{}, 100)))
	v := savedView(n, "v")
	must(t, w.PutView(t.Context(), v))
	v.Sort = ""
	must(t, w.PutView(t.Context(), v))
	for range 2 {
		must(t, w.DeleteView(t.Context(), acme.ID, n.ID, "v"))
	}
	what := " view:" + n.ID.String() + "/v"
	s.wrote(acme.ID,
		"view.set"+what+`; columns:  -> id attribute.Customer Name; query:  -> WorkflowType = "<é>"; sort:  -> CloseTime DESC`,
		"view.set"+what+"; sort: CloseTime DESC -> ",
		"view.remove"+what+`; columns: id attribute.Customer Name -> ; query: WorkflowType = "<é>" -> `)
}
