package view

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// hostileTenant is the frame of a tenant's page, for somebody who may do that.
func hostileTenant(may Standing, in TenantSection) TenantFrame {
	return TenantFrame{Bar: hostileBar, Tenant: "acme", Title: script + rtl, Role: "owner", May: may, Section: in, Now: noon}
}

var (
	hostileRights = []*adminv1.Right{
		{Id: "g-1", Role: "developer"}, {Id: "g-2", Namespace: attr, Permissions: []string{"read", "payload:read"}}, {Id: "g-3", Role: "auditor", Via: script + rtl},
	}
	hostileMembers = []*adminv1.Member{
		{Id: "0199a0a0-0000-7000-8000-000000000001", Issuer: "https://id.example/" + attr, Subject: rtl, Name: script, Email: attr, Rights: hostileRights, LastSeenTime: timestamppb.New(noon)},
		{Id: "0199a0a0-0000-7000-8000-000000000002", Subject: emoji, Disabled: true},
	}
	refusedForm = map[string][]string{"name": {attr}, "subject": {script}, "permissions": {"write"}, "confirm": {script}}
)

func TestGoldenMembers(t *testing.T) {
	p := MembersPage{TenantFrame: hostileTenant(Owns, InMembers), Members: hostileMembers, Issuers: []string{attr}, Next: "dG9rZW4"}
	p.Filled = Filled{Form: "invite", Values: refusedForm, Why: "It is " + script}
	golden(t, "members", Members(p))
	golden(t, "members_empty", Members(MembersPage{TenantFrame: hostileTenant(Audits, InMembers)}))
	golden(t, "member", Member(MemberPage{TenantFrame: hostileTenant(Owns, InMembers), Member: hostileMembers[0], Namespaces: []string{attr, "bank.acme"}}))
	signedIn := []*adminv1.Session{{Id: "AAAAAAAAAAAA", Agent: script, Address: attr, Provider: rtl, CreateTime: timestamppb.New(noon), LastSeenTime: timestamppb.New(noon)}, {Id: "BBBBBBBBBBBB"}}
	golden(t, "member_seen_by_operator", Member(MemberPage{TenantFrame: hostileTenant(Operates, InMembers), Member: hostileMembers[0], Sessions: signedIn}))
	golden(t, "member_seen_by_auditor", Member(MemberPage{TenantFrame: hostileTenant(Audits, InMembers), Member: hostileMembers[1]}))
}

func TestGoldenGroups(t *testing.T) {
	all := []*adminv1.Group{{Name: script + "/..", Claim: rtl, Issuer: attr, Rights: hostileRights}, {Name: "by hand"}}
	golden(t, "groups", Groups(GroupsPage{TenantFrame: hostileTenant(Manages, InGroups), Groups: all}))
	golden(t, "groups_empty", Groups(GroupsPage{TenantFrame: hostileTenant(Audits, InGroups)}))
	golden(t, "group_mapped", Group(GroupPage{TenantFrame: hostileTenant(Manages, InGroups), Group: all[0], Members: hostileMembers, Namespaces: []string{attr}}))
	golden(t, "group_filled", Group(GroupPage{TenantFrame: hostileTenant(Manages, InGroups), Group: all[1], Members: hostileMembers[:1], Others: hostileMembers[1:]}))
	golden(t, "group_of_many", Group(GroupPage{TenantFrame: hostileTenant(Manages, InGroups), Group: all[1], Members: hostileMembers, More: 1234, Many: true}))
}

func TestGoldenAccounts(t *testing.T) {
	all := []*adminv1.Account{{Name: attr, Rights: hostileRights}, {Name: emoji, Disabled: true, CreateTime: timestamppb.New(noon.Add(-time.Hour))}}
	golden(t, "accounts", Accounts(AccountsPage{TenantFrame: hostileTenant(Manages, InAccounts), Accounts: all}))
	golden(t, "accounts_empty", Accounts(AccountsPage{TenantFrame: hostileTenant(Audits, InAccounts)}))
	golden(t, "account", Account(AccountPage{TenantFrame: hostileTenant(Manages, InAccounts), Account: all[0], Namespaces: []string{script}}))
	p := AccountPage{TenantFrame: hostileTenant(Manages, InAccounts), Account: all[1]}
	p.Filled = Filled{Form: "delete", Values: refusedForm, Why: rtl}
	golden(t, "account_disabled", Account(p))
}

func TestGoldenAuthorities(t *testing.T) {
	all := []*adminv1.Authority{
		{Id: "0199a0a0-0000-7000-8000-000000000001", Namespace: "bank.acme", Name: script, Subject: "CN=" + attr, Permissions: []string{"read", "worker"}, Fingerprint: strings.Repeat("0f", 32),
			SetBy: rtl, ExpireTime: timestamppb.New(noon.Add(time.Hour)), Filters: []*adminv1.CertificateFilter{{CommonName: script, Organization: emoji}, {AlternativeName: rtl + "*"}}},
		{Id: "0199a0a0-0000-7000-8000-000000000002", Namespace: attr, Name: strings.Repeat("x", 255), ExpireTime: timestamppb.New(noon.Add(-time.Hour))},
	}
	p := AuthoritiesPage{TenantFrame: hostileTenant(Manages, InAuthorities), Authorities: all, Namespaces: []string{attr}, Encrypted: true}
	golden(t, "authorities", Authorities(p))
	p.Filled = Filled{Form: "authority", Values: refusedForm, Why: script}
	golden(t, "authorities_refused", Authorities(p))
	golden(t, "authorities_empty", Authorities(AuthoritiesPage{TenantFrame: hostileTenant(Audits, InAuthorities)}))
}

func TestGoldenKeys(t *testing.T) {
	all := []*adminv1.Key{
		{Id: "ab12", Name: script, Holder: "account:" + attr, Scopes: []*adminv1.Scope{{Namespace: rtl, Permissions: []string{"read"}}, {Permissions: []string{"worker"}}},
			CreateTime: timestamppb.New(noon), ExpireTime: timestamppb.New(noon.Add(time.Hour)), LastUsedTime: timestamppb.New(noon), LastUsedFrom: attr, Replaces: "zz99"},
		{Id: "ab13", Name: "of a person", Holder: "person:0199a0a0-0000-7000-8000-000000000001", Disabled: true},
		{Id: "ab14", Name: "old", Holder: "account:x", ExpireTime: timestamppb.New(noon)},
		{Id: "ab15", Name: "gone", Holder: "account:x", RevokeTime: timestamppb.New(noon)},
	}
	p := KeysPage{TenantFrame: hostileTenant(Manages, InKeys), Keys: all, Own: true, Accounts: []*adminv1.Account{{Name: attr}}, Namespaces: []string{script}}
	golden(t, "keys", Keys(p))
	p.Filled = Filled{Form: "key", Values: refusedForm, Why: script}
	golden(t, "keys_refused", Keys(p))
	golden(t, "keys_empty", Keys(KeysPage{TenantFrame: hostileTenant(Manages, InKeys)}))
	golden(t, "key", Key(KeyPage{TenantFrame: hostileTenant(Manages, InKeys), Key: all[0]}))
	golden(t, "key_of_person", Key(KeyPage{TenantFrame: hostileTenant(Manages, InKeys), Key: all[1], Person: true}))
	golden(t, "key_over", Key(KeyPage{TenantFrame: hostileTenant(Belongs, InKeys), Key: all[3], Own: true}))
	golden(t, "key_revealed", RevealedKey(RevealedKeyPage{TenantFrame: hostileTenant(Manages, InKeys), Key: all[0], Secret: "tenuto_ab12_secret", Snippets: Snippets("[::1]:7233", `a"b'c`, "tenuto_ab12_secret")}))
}

// The lines for Go are a program, also for names that want quoting.
func TestSnippetsForGoCompile(t *testing.T) {
	var b strings.Builder
	b.WriteString("package main\n\nimport \"go.temporal.io/sdk/client\"\n\nfunc main() {}\n")
	for i, s := range Snippets("[::1]:7233", `a"b\c`, "a-key") {
		if strings.HasPrefix(s.Title, "Go,") {
			fmt.Fprintf(&b, "\nfunc dial%d() (client.Client, error) {\n%s\nreturn c, err\n}\n", i, s.Text)
		}
	}
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "vet", file).CombinedOutput(); err != nil || strings.Count(b.String(), "client.Dial(") != 2 {
		t.Errorf("%v\n%s\n%s", err, out, b.String())
	}
}

// A text in a snippet cannot leave its quotes.
func TestSnippetsQuote(t *testing.T) {
	if got := shellQuote(`a'; rm -rf /; '`); got != `'a'\''; rm -rf /; '\'''` {
		t.Errorf("the shell reads %s", got)
	}
}
