package admin_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

var minute, negative = durationpb.New(time.Minute), durationpb.New(-time.Minute)

func TestMembers(t *testing.T) {
	w := newTown(t)
	ada := w.person("ada", "developer")
	again := w.person("ada", "")
	if again.GetId() != ada.GetId() {
		t.Error("who is invited twice is two")
	}
	w.do(w.CreateGroup(w.as("admin"), &adminv1.CreateGroupRequest{Tenant: "acme", Name: "on call"}))
	w.namespace("bank")
	w.do(w.CreateGrant(w.as("admin"), &adminv1.CreateGrantRequest{Tenant: "acme", Holder: "group:on call", Namespace: "bank.acme", Permissions: []string{"read", "payload:read"}}))
	for range 2 {
		w.do(w.AddGroupMember(w.as("admin"), &adminv1.AddGroupMemberRequest{Tenant: "acme", Group: "on call", Member: ada.GetId()}))
	}
	list, err := w.ListMembers(w.as("auditor"), &adminv1.ListMembersRequest{Tenant: "acme"})
	w.must(err)
	if len(list.GetMembers()) != 1 || len(list.GetMembers()[0].GetRights()) != 2 {
		t.Fatalf("got %v", list)
	}
	for _, r := range list.GetMembers()[0].GetRights() {
		own, group := r.GetRole() == "developer" && r.GetVia() == "", r.GetVia() == "on call" && r.GetNamespace() == "bank.acme" && strings.Join(r.GetPermissions(), " ") == "read payload:read"
		if !own && !group {
			t.Errorf("a right %v", r)
		}
	}
	g, err := w.GetGroup(w.as("auditor"), &adminv1.GetGroupRequest{Tenant: "acme", Group: "on call"})
	w.must(err)
	if len(g.GetMembers()) != 1 || g.GetMembers()[0] != ada.GetId() {
		t.Errorf("in the group: %v", g)
	}
	w.do(w.RemoveGroupMember(w.as("admin"), &adminv1.RemoveGroupMemberRequest{Tenant: "acme", Group: "on call", Member: ada.GetId()}))
	w.do(w.RemoveMember(w.as("admin"), &adminv1.RemoveMemberRequest{Tenant: "acme", Member: ada.GetId()}))
	_, err = w.GetMember(w.as("admin"), &adminv1.GetMemberRequest{Tenant: "acme", Member: ada.GetId()})
	refused(t, "who has left", err, orchestration.NotFound, ada.GetId())
	_, err = w.AddGroupMember(w.as("admin"), &adminv1.AddGroupMemberRequest{Tenant: "acme", Group: "on call", Member: ada.GetId()})
	refused(t, "a stranger in a group", err, orchestration.NotFound, ada.GetId())

	disabled, err := w.UpdatePerson(w.operator(), &adminv1.UpdatePersonRequest{Person: ada.GetId(), Disabled: proto.Bool(true)})
	w.must(err)
	if !disabled.GetDisabled() {
		t.Errorf("got %v", disabled)
	}
}

func TestHoldersThatCannotBe(t *testing.T) {
	w := newTown(t)
	ctx, unknown := w.operator(), uuid.NewString()
	long := strings.Repeat("x", 2000)
	for name, c := range map[string]struct {
		call func() error
		code orchestration.Code
		word string
	}{
		"no subject":   {func() error { return w.invite(ctx, "https://id", "") }, orchestration.InvalidArgument, "subject"},
		"long subject": {func() error { return w.invite(ctx, "https://id", long) }, orchestration.InvalidArgument, "255"},
		"long issuer":  {func() error { return w.invite(ctx, long, "x") }, orchestration.InvalidArgument, "1024"},
		"no UUID": {func() error {
			_, err := w.GetMember(ctx, &adminv1.GetMemberRequest{Tenant: "acme", Member: "ada"})
			return err
		}, orchestration.InvalidArgument, "ada"},
		"unknown person": {func() error { _, err := w.UpdatePerson(ctx, &adminv1.UpdatePersonRequest{Person: unknown}); return err }, orchestration.NotFound, unknown},
		"group title":    {func() error { return w.group(ctx, "", "", "") }, orchestration.InvalidArgument, "name of the group"},
		"half a mapping": {func() error { return w.group(ctx, "g", "https://id", "") }, orchestration.InvalidArgument, "only one"},
		"long mapping":   {func() error { return w.group(ctx, "g", "https://id", long) }, orchestration.InvalidArgument, "1024"},
		"account title": {func() error {
			_, err := w.CreateAccount(ctx, &adminv1.CreateAccountRequest{Tenant: "acme"})
			return err
		}, orchestration.InvalidArgument, "service account"},
		"account twice": {func() error {
			_, err := w.CreateAccount(ctx, &adminv1.CreateAccountRequest{Tenant: "acme", Name: "owner"})
			return err
		},
			orchestration.FailedPrecondition, "already"},
		"no such account": {func() error {
			_, err := w.GetAccount(ctx, &adminv1.GetAccountRequest{Tenant: "acme", Account: "x"})
			return err
		}, orchestration.NotFound, "x"},
		"no such group": {func() error {
			_, err := w.GetGroup(ctx, &adminv1.GetGroupRequest{Tenant: "acme", Group: "x"})
			return err
		}, orchestration.NotFound, "x"},
	} {
		refused(t, name, c.call(), c.code, c.word)
	}
}

func (w *town) invite(ctx context.Context, issuer, subject string) error {
	_, err := w.InviteMember(ctx, &adminv1.InviteMemberRequest{Tenant: "acme", Issuer: issuer, Subject: subject})
	return err
}

func (w *town) group(ctx context.Context, name, issuer, claim string) error {
	_, err := w.CreateGroup(ctx, &adminv1.CreateGroupRequest{Tenant: "acme", Name: name, Issuer: issuer, Claim: claim})
	return err
}

// A group that a provider fills is not filled here.
func TestMappedGroups(t *testing.T) {
	w := newTown(t)
	ada := w.person("ada", "")
	w.must(w.group(w.as("admin"), "ops", "https://id.example", "cn=ops"))
	_, err := w.AddGroupMember(w.as("admin"), &adminv1.AddGroupMemberRequest{Tenant: "acme", Group: "ops", Member: ada.GetId()})
	refused(t, "adding", err, orchestration.FailedPrecondition, "https://id.example")
	_, err = w.RemoveGroupMember(w.as("admin"), &adminv1.RemoveGroupMemberRequest{Tenant: "acme", Group: "ops", Member: ada.GetId()})
	refused(t, "removing", err, orchestration.FailedPrecondition, "https://id.example")
	list, err := w.ListGroups(w.as("auditor"), &adminv1.ListGroupsRequest{Tenant: "acme"})
	w.must(err)
	if len(list.GetGroups()) != 1 || list.GetGroups()[0].GetClaim() != "cn=ops" {
		t.Errorf("got %v", list)
	}
	w.do(w.DeleteGroup(w.as("admin"), &adminv1.DeleteGroupRequest{Tenant: "acme", Group: "ops"}))
}

// What concerns an owner is for owners, whichever way it is done.
func TestAdminsAreNoOwners(t *testing.T) {
	w := newTown(t)
	ctx := w.as("admin")
	boss, ada := w.person("boss", "owner"), w.person("ada", "")
	w.must(w.group(ctx, "board", "", ""))
	w.do(w.CreateGrant(w.as("owner"), &adminv1.CreateGrantRequest{Tenant: "acme", Holder: "group:board", Role: "owner"}))
	owners := w.grantOf("account:owner")
	for name, call := range map[string]func(context.Context) error{
		"making an owner": func(ctx context.Context) error {
			_, err := w.CreateGrant(ctx, &adminv1.CreateGrantRequest{Tenant: "acme", Holder: "account:admin", Role: "owner"})
			return err
		},
		"unmaking one": func(ctx context.Context) error {
			_, err := w.DeleteGrant(ctx, &adminv1.DeleteGrantRequest{Tenant: "acme", Grant: owners})
			return err
		},
		"removing one": func(ctx context.Context) error {
			_, err := w.RemoveMember(ctx, &adminv1.RemoveMemberRequest{Tenant: "acme", Member: boss.GetId()})
			return err
		},
		"joining the board": func(ctx context.Context) error {
			_, err := w.AddGroupMember(ctx, &adminv1.AddGroupMemberRequest{Tenant: "acme", Group: "board", Member: ada.GetId()})
			return err
		},
		"dissolving it": func(ctx context.Context) error {
			_, err := w.DeleteGroup(ctx, &adminv1.DeleteGroupRequest{Tenant: "acme", Group: "board"})
			return err
		},
		"a key of the owner's": func(ctx context.Context) error {
			_, err := w.CreateKey(ctx, &adminv1.CreateKeyRequest{Tenant: "acme", Holder: "account:owner", Name: "k"})
			return err
		},
		"disabling": func(ctx context.Context) error {
			_, err := w.UpdateAccount(ctx, &adminv1.UpdateAccountRequest{Tenant: "acme", Account: "owner", Disabled: proto.Bool(true)})
			return err
		},
		"deleting": func(ctx context.Context) error {
			_, err := w.DeleteAccount(ctx, &adminv1.DeleteAccountRequest{Tenant: "acme", Account: "owner"})
			return err
		},
	} {
		refused(t, name, call(ctx), orchestration.PermissionDenied, "owner")
	}
	// The board keeps the tenant owned, so that an owner may go.
	w.do(w.AddGroupMember(w.as("owner"), &adminv1.AddGroupMemberRequest{Tenant: "acme", Group: "board", Member: ada.GetId()}))
	w.do(w.DeleteAccount(w.operator(), &adminv1.DeleteAccountRequest{Tenant: "acme", Account: "owner"}))
}

// grantOf is the id of the only grant of a holder.
func (w *town) grantOf(holder string) string {
	w.t.Helper()
	list, err := w.ListGrants(w.as("auditor"), &adminv1.ListGrantsRequest{Tenant: "acme"})
	w.must(err)
	for _, g := range list.GetGrants() {
		if g.GetHolder() == holder {
			return g.GetId()
		}
	}
	w.t.Fatalf("%s has no grant", holder)
	return ""
}

func TestGrants(t *testing.T) {
	w := newTown(t)
	w.namespace("bank")
	ctx := w.as("admin")
	for name, c := range map[string]struct {
		r    *adminv1.CreateGrantRequest
		code orchestration.Code
		word string
	}{
		"nothing":            {&adminv1.CreateGrantRequest{Holder: "account:member"}, orchestration.InvalidArgument, "exactly one"},
		"both":               {&adminv1.CreateGrantRequest{Holder: "account:member", Role: "admin", Namespace: "bank.acme"}, orchestration.InvalidArgument, "exactly one"},
		"a bad role":         {&adminv1.CreateGrantRequest{Holder: "account:member", Role: "king"}, orchestration.InvalidArgument, "king"},
		"operator":           {&adminv1.CreateGrantRequest{Holder: "account:member", Role: "operator"}, orchestration.InvalidArgument, "operator"},
		"a bad permission":   {&adminv1.CreateGrantRequest{Holder: "account:member", Namespace: "bank.acme", Permissions: []string{"fly"}}, orchestration.InvalidArgument, "fly"},
		"no permission":      {&adminv1.CreateGrantRequest{Holder: "account:member", Namespace: "bank.acme"}, orchestration.InvalidArgument, "at least one"},
		"a bad holder":       {&adminv1.CreateGrantRequest{Holder: "member", Role: "admin"}, orchestration.InvalidArgument, "person:<id>"},
		"a bad kind":         {&adminv1.CreateGrantRequest{Holder: "robot:x", Role: "admin"}, orchestration.InvalidArgument, "person:<id>"},
		"a stranger":         {&adminv1.CreateGrantRequest{Holder: "person:" + uuid.NewString(), Role: "admin"}, orchestration.NotFound, "not found"},
		"a foreign place":    {&adminv1.CreateGrantRequest{Holder: "account:member", Namespace: "default", Permissions: []string{"read"}}, orchestration.NamespaceNotFound, "default"},
		"the same once more": {&adminv1.CreateGrantRequest{Holder: "account:member", Role: "member"}, orchestration.FailedPrecondition, "already"},
	} {
		c.r.Tenant = "acme"
		_, err := w.CreateGrant(ctx, c.r)
		refused(t, name, err, c.code, c.word)
	}
	g, err := w.CreateGrant(ctx, &adminv1.CreateGrantRequest{Tenant: "acme", Holder: "account:member", Namespace: "bank.acme", Permissions: []string{"worker", "write"}})
	w.must(err)
	if g.GetHolder() != "account:member" || g.GetNamespace() != "bank.acme" || len(g.GetPermissions()) != 2 || !strings.HasPrefix(g.GetGrantedBy(), "account:") {
		t.Errorf("got %v", g)
	}
	w.do(w.DeleteGrant(ctx, &adminv1.DeleteGrantRequest{Tenant: "acme", Grant: g.GetId()}))
	_, err = w.DeleteGrant(ctx, &adminv1.DeleteGrantRequest{Tenant: "acme", Grant: g.GetId()})
	refused(t, "a grant that is gone", err, orchestration.NotFound, g.GetId())
	_, err = w.DeleteGrant(ctx, &adminv1.DeleteGrantRequest{Tenant: "acme", Grant: "7"})
	refused(t, "no UUID", err, orchestration.InvalidArgument, "7")
	_, err = w.DeleteGrant(w.operator(), &adminv1.DeleteGrantRequest{Tenant: "globex", Grant: w.grantOf("account:admin")})
	refused(t, "another tenant's grant", err, orchestration.NotFound)
	_, err = w.DeleteGrant(w.as("owner"), &adminv1.DeleteGrantRequest{Tenant: "acme", Grant: w.grantOf("account:owner")})
	refused(t, "the last owner", err, orchestration.FailedPrecondition, "owner")
}
