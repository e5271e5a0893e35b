package admin_test

import (
	"encoding/pem"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/tenantstest"
)

func TestAuthoritiesLiveAndEnd(t *testing.T) {
	w := newTown(t)
	w.namespace("bank")
	ctx, ca := w.as("admin"), tenantstest.NewCA(t, "workers", time.Now())
	r := &adminv1.SetAuthorityRequest{
		Tenant: "acme", Namespace: "bank.acme", Name: "workers", Certificate: string(ca.PEM), Permissions: []string{"worker"},
		Filters: []*adminv1.CertificateFilter{{CommonName: "worker-*", Organization: "", AlternativeName: "*.acme.example"}},
	}
	made, err := w.SetAuthority(ctx, r)
	w.must(err)
	if made.GetSubject() != "CN=workers" || len(made.GetFingerprint()) != 64 || !made.GetExpireTime().AsTime().Equal(ca.Cert.NotAfter) || made.GetCertificate() != string(ca.PEM) || made.GetSetBy() == "" {
		t.Errorf("got %v", made)
	}
	lets := func() bool {
		_, err := w.access.ByCertificates(t.Context(), tenantstest.Presented(t, ca.Called("worker-1")))
		return err == nil
	}
	if lets() {
		t.Error("it lets in whom the filter does not accept")
	}
	r.Filters = nil
	again, err := w.SetAuthority(ctx, r)
	w.must(err)
	if again.GetId() != made.GetId() || !lets() {
		t.Errorf("set again: %v", again)
	}
	list, err := w.ListAuthorities(w.as("auditor"), &adminv1.ListAuthoritiesRequest{Tenant: "acme"})
	w.must(err)
	if len(list.GetAuthorities()) != 1 || !proto.Equal(list.GetAuthorities()[0], again) {
		t.Errorf("listed: %v", list)
	}
	w.do(w.RemoveAuthority(ctx, &adminv1.RemoveAuthorityRequest{Tenant: "acme", Authority: made.GetId()}))
	if lets() {
		t.Error("it lets in after its removal")
	}
	_, err = w.RemoveAuthority(ctx, &adminv1.RemoveAuthorityRequest{Tenant: "acme", Authority: made.GetId()})
	refused(t, "removing it again", err, orchestration.NotFound)
}

// TestAuthoritiesOfOthers: another tenant's namespaces and authorities are not there.
func TestAuthoritiesOfOthers(t *testing.T) {
	w := newTown(t)
	ca := tenantstest.NewCA(t, "workers", time.Now())
	theirs, err := w.CreateNamespace(w.operator(), &adminv1.CreateNamespaceRequest{Tenant: "globex", Name: "bank"})
	w.must(err)
	r := &adminv1.SetAuthorityRequest{Tenant: "globex", Namespace: theirs.GetName(), Name: "ca", Certificate: string(ca.PEM), Permissions: []string{"read"}}
	made, err := w.SetAuthority(w.operator(), r)
	w.must(err)
	ctx := w.as("owner")
	_, err = w.RemoveAuthority(ctx, &adminv1.RemoveAuthorityRequest{Tenant: "acme", Authority: made.GetId()})
	refused(t, "removing another tenant's", err, orchestration.NotFound)
	_, err = w.ListAuthorities(ctx, &adminv1.ListAuthoritiesRequest{Tenant: "globex"})
	refused(t, "listing another tenant's", err, orchestration.NotFound)
	r.Tenant = "acme"
	_, err = w.SetAuthority(ctx, r)
	refused(t, "another tenant's namespace", err, orchestration.NamespaceNotFound)
	if _, ok, err := w.access.AuthorityByID(t.Context(), idOf(t, made)); err != nil || !ok {
		t.Errorf("it is gone: %v", err)
	}
}

func TestAuthoritiesThatMakeNoSense(t *testing.T) {
	w := newTown(t)
	w.namespace("bank")
	ca := tenantstest.NewCA(t, "workers", time.Now())
	leaf := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Called("w").Certificate[0]})
	for name, change := range map[string]func(*adminv1.SetAuthorityRequest){
		"a client's certificate": func(r *adminv1.SetAuthorityRequest) { r.Certificate = string(leaf) },
		"no permission":          func(r *adminv1.SetAuthorityRequest) { r.Permissions = nil },
		"no such permission":     func(r *adminv1.SetAuthorityRequest) { r.Permissions = []string{"all"} },
		"no name":                func(r *adminv1.SetAuthorityRequest) { r.Name = "" },
		"an empty filter":        func(r *adminv1.SetAuthorityRequest) { r.Filters = []*adminv1.CertificateFilter{{}} },
	} {
		r := &adminv1.SetAuthorityRequest{Tenant: "acme", Namespace: "bank.acme", Name: "ca", Certificate: string(ca.PEM), Permissions: []string{"read"}}
		change(r)
		_, err := w.SetAuthority(w.as("admin"), r)
		refused(t, name, err, orchestration.InvalidArgument)
	}
	_, err := w.RemoveAuthority(w.as("admin"), &adminv1.RemoveAuthorityRequest{Tenant: "acme", Authority: "7"})
	refused(t, "no id", err, orchestration.InvalidArgument)
}

func idOf(t *testing.T, a *adminv1.Authority) tenants.AuthorityID {
	t.Helper()
	id, err := uuid.Parse(a.GetId())
	if err != nil {
		t.Fatal(err)
	}
	return tenants.AuthorityID(id)
}
