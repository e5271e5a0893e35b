package view

import (
	"strings"
	"testing"
	"time"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

var hostileBar = Bar{Name: script + rtl, Stream: StreamURL(Place{attr, script})}

func TestGoldenWelcome(t *testing.T) {
	ways := []Provider{{Name: "corp", Title: "Corporate login"}, {Name: "../" + script, Title: script + rtl}}
	golden(t, "welcome", WelcomeIn(WelcomePage{Providers: ways, Return: "/t/default?query=" + attr}))
	golden(t, "welcome_setup", WelcomeIn(WelcomePage{Reason: SetUp, Providers: ways[:1], Return: "/", Link: "token"}))
	golden(t, "welcome_out", WelcomeIn(WelcomePage{Reason: SignedOut, Providers: ways[:1], Return: "/"}))
	golden(t, "going", Going("https://id.example/auth?state=a&nonce=%22%3E"+attr, script))
	golden(t, "signin_failed", SignInFailed("It says "+script))
	golden(t, "nothing_mapped", NothingMapped(hostileBar, script, "https://id.example/"+attr, rtl))
}

func TestGoldenTenants(t *testing.T) {
	golden(t, "tenants", Tenants(hostileBar, []TenantRow{{Name: "acme", Title: script, Role: "admin"}, {Name: "globex", Title: rtl, Role: "member"}}, "/tenants?after=globex", true))
	golden(t, "tenant", Tenant(TenantPage{TenantFrame: TenantFrame{Bar: hostileBar, Tenant: "acme", Title: rtl + script, Role: "auditor", May: Audits, Section: InNamespaces}, More: TenantURL("acme") + "?after=z", Latest: []*adminv1.AuditRecord{{Sequence: 1, Action: script, Principal: attr, Code: "OK"}}, Namespaces: []NamespaceRow{
		{Name: "bank.acme", Description: script, Permissions: "read", Readable: true, Retention: 36 * time.Hour, MostOpen: 40, Report: &adminv1.GetUsageResponse{
			Held: &adminv1.Held{OpenRuns: 10}, Total: &adminv1.UsageHour{Actions: 12345},
		}}, {Name: attr, Permissions: "write", Suspended: true}, {Name: script, Deleted: true},
	}}))
	golden(t, "tenant_empty", Tenant(TenantPage{TenantFrame: TenantFrame{Tenant: "acme", Title: "Acme", Role: "member", May: Belongs}}))
}

func TestGoldenProfile(t *testing.T) {
	s := SessionRow{Ref: attr, Agent: script, Address: "2001:db8::1", Provider: rtl, Created: noon.Add(-time.Hour), Seen: noon, Expires: noon.Add(time.Hour)}
	current := s
	current.Current = true
	golden(t, "profile", Profile(ProfilePage{
		Bar: hostileBar, Name: script, Email: rtl, Issuer: "https://id.example", Subject: attr, Now: noon, Sessions: []SessionRow{current, s},
		Rights: []RightRow{{Tenant: "acme", What: "developer", Source: "group " + script}, {Tenant: "acme", Namespace: attr, What: "read,payload:read", Source: rtl}},
	}))
	golden(t, "profile_bare", Profile(ProfilePage{Name: "Ada", Now: noon, Sessions: []SessionRow{current}}))
}

func TestHiddenPayloads(t *testing.T) {
	page := RunPage{RunFrame: RunFrame{Frame: hostile, Info: hostileRuns()[0], Hidden: true}}
	page.Timeline = NewTimeline(page.RunFrame, page.History, Zoom{})
	var b strings.Builder
	if err := Run(page).Render(t.Context(), &b); err != nil || !strings.Contains(b.String(), "Payloads hidden") {
		t.Fatalf("%v\n%s", err, b.String())
	}
}
