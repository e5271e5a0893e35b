package admin_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

func TestKeysLiveAndEnd(t *testing.T) {
	w := newTown(t)
	w.namespace("bank")
	ctx := w.as("admin")
	made, err := w.CreateKey(ctx, &adminv1.CreateKeyRequest{
		Tenant: "acme", Holder: "account:developer", Name: "worker of the bank", ExpireTime: timestamppb.New(time.Now().Add(time.Hour)),
		Scopes: []*adminv1.Scope{{Namespace: "bank.acme", Permissions: []string{"worker"}}},
	})
	w.must(err)
	k := made.GetKey()
	if !strings.Contains(made.GetSecret(), k.GetId()) || k.GetHolder() != "account:developer" || k.GetScopes()[0].GetNamespace() != "bank.acme" || k.GetExpireTime() == nil {
		t.Errorf("got %v", made)
	}
	lets := func(secret string) bool {
		_, err := w.access.ByKey(t.Context(), secret, nil)
		return err == nil
	}
	update := func(disabled bool) {
		got, err := w.UpdateKey(ctx, &adminv1.UpdateKeyRequest{Tenant: "acme", Key: k.GetId(), Disabled: &disabled})
		w.must(err)
		if got.GetDisabled() != disabled || lets(made.GetSecret()) == disabled {
			t.Errorf("disabled %v: got %v", disabled, got)
		}
	}
	update(true)
	update(false)

	next, err := w.RotateKey(ctx, &adminv1.RotateKeyRequest{Tenant: "acme", Key: k.GetId(), Overlap: durationpb.New(time.Minute)})
	w.must(err)
	if next.GetKey().GetReplaces() != k.GetId() || next.GetSecret() == made.GetSecret() || !lets(made.GetSecret()) || !lets(next.GetSecret()) {
		t.Errorf("after the rotation: %v", next.GetKey())
	}
	gone, err := w.RevokeKey(ctx, &adminv1.RevokeKeyRequest{Tenant: "acme", Key: k.GetId()})
	w.must(err)
	if gone.GetRevokeTime() == nil || lets(made.GetSecret()) || !lets(next.GetSecret()) {
		t.Errorf("after the revocation: %v", gone)
	}
	_, err = w.RotateKey(ctx, &adminv1.RotateKeyRequest{Tenant: "acme", Key: k.GetId()})
	refused(t, "rotating a revoked key", err, orchestration.FailedPrecondition)
	list, err := w.ListKeys(ctx, &adminv1.ListKeysRequest{Tenant: "acme"})
	w.must(err)
	for _, k := range list.GetKeys() {
		if strings.Contains(k.String(), strings.SplitN(next.GetSecret(), "_", 3)[2]) {
			t.Error("a list shows a secret")
		}
	}
}

func TestKeysThatCannotBe(t *testing.T) {
	w := newTown(t)
	w.do(w.CreateNamespace(w.operator(), &adminv1.CreateNamespaceRequest{Tenant: "globex", Name: "bank"}))
	w.must(w.group(w.operator(), "g", "", ""))
	for name, c := range map[string]struct {
		r    *adminv1.CreateKeyRequest
		code orchestration.Code
		word string
	}{
		"no name":         {&adminv1.CreateKeyRequest{}, orchestration.InvalidArgument, "name of the key"},
		"a group's":       {&adminv1.CreateKeyRequest{Holder: "group:g", Name: "k"}, orchestration.InvalidArgument, "group"},
		"in the past":     {&adminv1.CreateKeyRequest{Name: "k", ExpireTime: timestamppb.New(time.Now().Add(-time.Hour))}, orchestration.InvalidArgument, "expired"},
		"no time":         {&adminv1.CreateKeyRequest{Name: "k", ExpireTime: &timestamppb.Timestamp{Nanos: -1}}, orchestration.InvalidArgument, "expire_time"},
		"an empty scope":  {&adminv1.CreateKeyRequest{Name: "k", Scopes: []*adminv1.Scope{{}}}, orchestration.InvalidArgument, "at least one"},
		"a bad scope":     {&adminv1.CreateKeyRequest{Name: "k", Scopes: []*adminv1.Scope{{Permissions: []string{"x"}}}}, orchestration.InvalidArgument, "x"},
		"a foreign scope": {&adminv1.CreateKeyRequest{Name: "k", Scopes: []*adminv1.Scope{{Namespace: "bank.globex", Permissions: []string{"read"}}}}, orchestration.NamespaceNotFound, "bank.globex"},
	} {
		c.r.Tenant = "acme"
		_, err := w.CreateKey(w.as("owner"), c.r)
		refused(t, name, err, c.code, c.word)
	}
	_, err := w.CreateKey(w.operator(), &adminv1.CreateKeyRequest{Tenant: "acme", Name: "k"})
	refused(t, "of nobody", err, orchestration.InvalidArgument, "holder")
	for _, overlap := range []time.Duration{-time.Second, 31 * 24 * time.Hour} {
		k, err := w.CreateKey(w.as("owner"), &adminv1.CreateKeyRequest{Tenant: "acme", Name: "k"})
		w.must(err)
		_, err = w.RotateKey(w.as("owner"), &adminv1.RotateKeyRequest{Tenant: "acme", Key: k.GetKey().GetId(), Overlap: durationpb.New(overlap)})
		refused(t, overlap.String(), err, orchestration.InvalidArgument, "overlap")
	}
}

// Who is no admin has keys of their own, and knows of no others.
func TestKeysOfOthers(t *testing.T) {
	w := newTown(t)
	ada := w.person("ada", "developer")
	owners, err := w.CreateKey(w.as("owner"), &adminv1.CreateKeyRequest{Tenant: "acme", Name: "mine"})
	w.must(err)
	id := owners.GetKey().GetId()
	own, err := w.CreateKey(w.as("member"), &adminv1.CreateKeyRequest{Tenant: "acme", Name: "mine"})
	w.must(err)
	if own.GetKey().GetHolder() != "account:member" {
		t.Errorf("got %v", own.GetKey())
	}
	list, err := w.ListKeys(w.as("member"), &adminv1.ListKeysRequest{Tenant: "acme"})
	w.must(err)
	for _, k := range list.GetKeys() {
		if k.GetHolder() != "account:member" {
			t.Errorf("a member sees %v", k)
		}
	}
	get := func(ctx context.Context) error {
		_, err := w.GetKey(ctx, &adminv1.GetKeyRequest{Tenant: "acme", Key: id})
		return err
	}
	revoke := func(ctx context.Context) error {
		_, err := w.RevokeKey(ctx, &adminv1.RevokeKeyRequest{Tenant: "acme", Key: id})
		return err
	}
	enable := func(ctx context.Context, disabled bool) error {
		_, err := w.UpdateKey(ctx, &adminv1.UpdateKeyRequest{Tenant: "acme", Key: id, Disabled: proto.Bool(disabled)})
		return err
	}
	rotate := func(ctx context.Context) error {
		_, err := w.RotateKey(ctx, &adminv1.RotateKeyRequest{Tenant: "acme", Key: id})
		return err
	}
	for _, account := range []string{"member", "developer"} {
		refused(t, "looking", get(w.as(account)), orchestration.NotFound, id)
		refused(t, "revoking", revoke(w.as(account)), orchestration.NotFound, id)
		refused(t, "rotating", rotate(w.as(account)), orchestration.NotFound, id)
	}
	w.must(get(w.as("auditor")))
	refused(t, "an auditor revokes", revoke(w.as("auditor")), orchestration.PermissionDenied)
	refused(t, "an auditor rotates", rotate(w.as("auditor")), orchestration.PermissionDenied)
	refused(t, "an admin gets an owner's secret", rotate(w.as("admin")), orchestration.PermissionDenied, "owner")
	w.must(enable(w.as("admin"), true))
	refused(t, "an admin enables an owner's key", enable(w.as("admin"), false), orchestration.PermissionDenied, "owner")
	w.must(revoke(w.as("admin")))

	for _, account := range []string{"owner", "admin"} {
		_, err := w.CreateKey(w.as(account), &adminv1.CreateKeyRequest{Tenant: "acme", Holder: "person:" + ada.GetId(), Name: "k"})
		refused(t, account+" in a person's name", err, orchestration.PermissionDenied, "that person")
	}
	_, err = w.CreateKey(w.as("developer"), &adminv1.CreateKeyRequest{Tenant: "acme", Holder: "account:member", Name: "k"})
	refused(t, "a developer for others", err, orchestration.PermissionDenied)
	_, err = w.CreateKey(w.as("owner", tenants.Scope{Permissions: tenants.AllPermissions}), &adminv1.CreateKeyRequest{Tenant: "acme", Name: "k"})
	refused(t, "a key with scopes", err, orchestration.PermissionDenied, "scopes")
}

// A service account that operates the installation has no keys from who only manages its tenant.
func TestAdminsAreNoOperators(t *testing.T) {
	w := newTown(t)
	a, _, err := w.access.AccountByName(t.Context(), w.acme.ID, "developer")
	w.must(err)
	w.do(w.access.GiveRole(t.Context(), tenants.InstallationTenant, tenants.Holder{Kind: tenants.HolderAccount, ID: a.ID}, tenants.Operator, "test"))
	_, err = w.CreateKey(w.as("owner"), &adminv1.CreateKeyRequest{Tenant: "acme", Holder: "account:developer", Name: "k"})
	refused(t, "an owner for an operator", err, orchestration.PermissionDenied, "operator")
	w.do(w.CreateKey(w.operator(), &adminv1.CreateKeyRequest{Tenant: "acme", Holder: "account:developer", Name: "k"}))
}
