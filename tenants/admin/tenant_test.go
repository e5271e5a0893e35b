package admin_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

func TestTenantsChange(t *testing.T) {
	w := newTown(t)
	got, err := w.UpdateTenant(w.as("admin"), &adminv1.UpdateTenantRequest{Tenant: "acme", Title: proto.String("Acme Corporation")})
	w.must(err)
	if got.GetTitle() != "Acme Corporation" || got.GetSuspended() || got.GetCreateTime() == nil {
		t.Errorf("got %v", got)
	}
	again, err := w.UpdateTenant(w.as("admin"), &adminv1.UpdateTenantRequest{Tenant: "acme", Title: proto.String("Acme Corporation")})
	w.must(err)
	if !proto.Equal(got, again) {
		t.Errorf("the same again: %v, then %v", got, again)
	}
	_, err = w.UpdateTenant(w.as("owner"), &adminv1.UpdateTenantRequest{Tenant: "acme", Suspended: proto.Bool(true)})
	refused(t, "an owner suspends", err, orchestration.PermissionDenied, "operators")
	_, err = w.UpdateTenant(w.as("owner"), &adminv1.UpdateTenantRequest{Tenant: "acme", AuditDays: proto.Int32(1)})
	refused(t, "an owner shortens the memory of their deeds", err, orchestration.PermissionDenied, "operators", "audit")
	_, err = w.UpdateTenant(w.as("admin"), &adminv1.UpdateTenantRequest{Tenant: "acme", Protected: proto.Bool(true)})
	refused(t, "an admin protects", err, orchestration.PermissionDenied, "owners")
	_, err = w.UpdateTenant(w.as("admin"), &adminv1.UpdateTenantRequest{Tenant: "acme", Title: proto.String(" ")})
	refused(t, "no title", err, orchestration.InvalidArgument, "name of the tenant")

	w.do(w.UpdateTenant(w.as("owner"), &adminv1.UpdateTenantRequest{Tenant: "acme", Protected: proto.Bool(true)}))
	_, err = w.DeleteTenant(w.as("owner"), &adminv1.DeleteTenantRequest{Tenant: "acme"})
	refused(t, "a protected tenant", err, orchestration.FailedPrecondition, "acme", "protected")
	w.do(w.UpdateTenant(w.as("owner"), &adminv1.UpdateTenantRequest{Tenant: "acme", Protected: proto.Bool(false)}))
	w.do(w.DeleteTenant(w.as("owner"), &adminv1.DeleteTenantRequest{Tenant: "acme"}))
	_, err = w.GetTenant(w.operator(), &adminv1.GetTenantRequest{Tenant: "acme"})
	refused(t, "a deleted tenant", err, orchestration.NotFound, "acme")
}

// Another tenant, and one that does not exist, are the same to who is in neither.
func TestTenantsOfOthersAreNotFound(t *testing.T) {
	w := newTown(t)
	for _, name := range []string{"globex", "nowhere", "default"} {
		_, err := w.GetTenant(w.as("owner"), &adminv1.GetTenantRequest{Tenant: name})
		refused(t, name, err, orchestration.NotFound, "Tenant "+name+" is not found.")
	}
	_, err := w.GetTenant(t.Context(), &adminv1.GetTenantRequest{Tenant: "acme"})
	refused(t, "a call without principal", err, orchestration.PermissionDenied)
	_, err = w.ListTenants(t.Context(), &adminv1.ListTenantsRequest{})
	refused(t, "a call without principal", err, orchestration.PermissionDenied)
	_, err = w.GetTenant(w.operator(), &adminv1.GetTenantRequest{})
	refused(t, "no name", err, orchestration.InvalidArgument, "tenant is not set")
}

func TestTenantsAreListed(t *testing.T) {
	w := newTown(t)
	for n := range 5 {
		w.do(w.CreateTenant(w.operator(), &adminv1.CreateTenantRequest{Name: fmt.Sprintf("t-%d", n), Title: "T"}))
	}
	var names []string
	pages, token := 0, ""
	for {
		page, err := w.ListTenants(w.operator(), &adminv1.ListTenantsRequest{PageSize: 3, PageToken: token})
		w.must(err)
		for _, v := range page.GetTenants() {
			names = append(names, v.GetName())
		}
		if pages++; page.GetNextPageToken() == "" {
			break
		}
		token = page.GetNextPageToken()
	}
	if got := strings.Join(names, " "); got != "acme default globex t-0 t-1 t-2 t-3 t-4" || pages != 3 {
		t.Errorf("%d pages: %s", pages, got)
	}
	mine, err := w.ListTenants(w.as("member"), &adminv1.ListTenantsRequest{})
	w.must(err)
	if len(mine.GetTenants()) != 1 || mine.GetTenants()[0].GetName() != "acme" {
		t.Errorf("a member sees %v", mine)
	}
	for _, bad := range []*adminv1.ListTenantsRequest{{PageSize: -1}, {PageSize: 1001}, {PageToken: "!"}} {
		_, err := w.ListTenants(w.operator(), bad)
		refused(t, bad.String(), err, orchestration.InvalidArgument, "page")
	}
}

func TestNamespaces(t *testing.T) {
	w := newTown(t)
	n, err := w.CreateNamespace(w.as("admin"), &adminv1.CreateNamespaceRequest{Tenant: "acme", Name: "payments", Description: "moves money", Protected: true})
	w.must(err)
	if n.GetName() != "payments.acme" || n.GetTenant() != "acme" || n.GetRetention().AsDuration().Hours() != 7*24 || n.GetState() != adminv1.NamespaceState_NAMESPACE_STATE_REGISTERED {
		t.Errorf("got %v", n)
	}
	plain, err := w.CreateNamespace(w.operator(), &adminv1.CreateNamespaceRequest{Tenant: "default", Name: "payments"})
	w.must(err)
	if plain.GetName() != "payments" {
		t.Errorf("in the default tenant it is %s", plain.GetName())
	}
	for name, r := range map[string]*adminv1.CreateNamespaceRequest{
		"no name":            {Tenant: "acme"},
		"no dots":            {Tenant: "acme", Name: "a.b"},
		"letters":            {Tenant: "acme", Name: "no spaces"},
		"too short":          {Tenant: "acme", Name: "a", Retention: minute},
		"positive":           {Tenant: "acme", Name: "a", Retention: negative},
		"interventions":      {Tenant: "acme", Name: "a", AuditLevel: "much"},
		"255":                {Tenant: "acme", Name: strings.Repeat("a", 251)},
		"Tenant is not set.": {Name: "a"},
	} {
		_, err := w.CreateNamespace(w.operator(), r)
		if code := orchestration.CodeOf(err); code != orchestration.InvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = w.CreateNamespace(w.as("admin"), &adminv1.CreateNamespaceRequest{Tenant: "acme", Name: "payments"})
	refused(t, "the name is taken", err, orchestration.NamespaceExists, "payments.acme")

	_, err = w.DeleteNamespace(w.operator(), &adminv1.DeleteNamespaceRequest{Namespace: "payments.acme"})
	refused(t, "a protected one", err, orchestration.FailedPrecondition, "protected")
	n, err = w.UpdateNamespace(w.operator(), &adminv1.UpdateNamespaceRequest{
		Namespace: "payments.acme", Protected: proto.Bool(false), Suspended: proto.Bool(true), Data: map[string]string{"team": "a"}, Deprecated: true,
	})
	w.must(err)
	if n.GetAuditLevel() != "default" {
		t.Errorf("its audit level is %s", n.GetAuditLevel())
	}
	if n.GetProtected() || !n.GetSuspended() || n.GetDescription() != "moves money" || n.GetData()["team"] != "a" || n.GetState() != adminv1.NamespaceState_NAMESPACE_STATE_DEPRECATED {
		t.Errorf("got %v", n)
	}
	n, err = w.UpdateNamespace(w.operator(), &adminv1.UpdateNamespaceRequest{Namespace: "payments.acme", Description: proto.String(""), OwnerEmail: proto.String("")})
	w.must(err)
	if n.GetDescription() != "" || n.GetOwnerEmail() != "" || n.GetData()["team"] != "a" {
		t.Errorf("with its description and owner taken away: %v", n)
	}
}

// The removal of a namespace can be followed to its end, by a name that says what it was.
func TestNamespaceDeletionIsFollowed(t *testing.T) {
	w := newTown(t)
	w.namespace("old")
	gone, err := w.DeleteNamespace(w.operator(), &adminv1.DeleteNamespaceRequest{Namespace: "old.acme"})
	w.must(err)
	if !strings.HasPrefix(gone.GetName(), "old.acme-deleted-") || gone.GetState() != adminv1.NamespaceState_NAMESPACE_STATE_DELETED {
		t.Fatalf("got %v", gone)
	}
	id, err := orchestration.ParseNamespaceID(gone.GetId())
	w.must(err)
	w.left[id] = 17
	now, err := w.GetNamespace(w.operator(), &adminv1.GetNamespaceRequest{Namespace: gone.GetName()})
	w.must(err)
	if now.GetRemaining() != 17 {
		t.Errorf("got %v", now)
	}
	w.must(w.directory.Remove(t.Context(), id))
	_, err = w.GetNamespace(w.operator(), &adminv1.GetNamespaceRequest{Namespace: gone.GetName()})
	refused(t, "when nothing is left", err, orchestration.NamespaceNotFound)
}

func TestNamespacesAreListedToWhoMaySeeThem(t *testing.T) {
	w := newTown(t)
	for _, name := range []string{"a", "b", "c"} {
		w.namespace(name)
	}
	w.do(w.CreateGrant(w.as("admin"), &adminv1.CreateGrantRequest{Tenant: "acme", Holder: "account:member", Namespace: "b.acme", Permissions: []string{"read"}}))
	w.do(w.UpdateTenant(w.operator(), &adminv1.UpdateTenantRequest{Tenant: "acme", Suspended: proto.Bool(true)}))
	for account, want := range map[string][]string{"auditor": {"a.acme", "b.acme", "c.acme"}, "member": {"b.acme"}} {
		list, err := w.ListNamespaces(w.as(account), &adminv1.ListNamespacesRequest{Tenant: "acme"})
		w.must(err)
		var names []string
		for _, n := range list.GetNamespaces() {
			names = append(names, n.GetName())
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s sees %v", account, names)
		}
	}
	_, err := w.CreateNamespace(w.as("admin"), &adminv1.CreateNamespaceRequest{Tenant: "acme", Name: "d"})
	refused(t, "in a suspended tenant", err, orchestration.FailedPrecondition, "acme", "suspended")
	n, err := w.directory.ByName(t.Context(), "a.acme")
	w.must(err)
	if !n.TenantSuspended {
		t.Error("this node has not noticed that the tenant is suspended")
	}
	one, err := w.directory.ByName(t.Context(), "b.acme")
	w.must(err)
	limited := w.as("owner", tenants.Scope{Namespace: one.ID, Permissions: tenants.Read})
	list, err := w.ListNamespaces(limited, &adminv1.ListNamespacesRequest{Tenant: "acme"})
	w.must(err)
	if len(list.GetNamespaces()) != 1 {
		t.Errorf("a key with a scope sees %v", list)
	}
}
