package view

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

var hostileNamespace = &adminv1.Namespace{
	Name: script, Id: "0199a0a0-0000-7000-8000-00000000abcd", State: adminv1.NamespaceState_NAMESPACE_STATE_REGISTERED, Description: attr, OwnerEmail: script,
	Retention: durationpb.New(36 * time.Hour), AuditLevel: "writes", CodecEndpoint: "https://codec.example/" + attr, CodecCredentials: true, CreateTime: timestamppb.New(noon.Add(-time.Hour)), UpdateTime: timestamppb.New(noon),
}

func TestGoldenSettings(t *testing.T) {
	p := SettingsPage{Frame: hostile, Namespace: hostileNamespace, Quota: &adminv1.Quota{Requests: 1200, OpenRuns: -1}, Attributes: []Attribute{{script, "Keyword"}}, Changes: true}
	golden(t, "settings", Settings(p))
	p.Operates, p.Filled = true, Filled{Form: "quota", Values: map[string][]string{"requests": {attr}}, Why: script}
	golden(t, "settings_of_operator", Settings(p))
	golden(t, "settings_read_only", Settings(SettingsPage{Frame: hostile, Quota: &adminv1.Quota{}, Namespace: &adminv1.Namespace{Name: script, Suspended: true, Protected: true}}))
	golden(t, "removal", Removal(RemovalPage{TenantFrame: hostileTenant(Manages, InNamespaces), Name: script + rtl, Namespace: &adminv1.Namespace{Remaining: 12345678}}))
	golden(t, "removal_over", Removal(RemovalPage{TenantFrame: hostileTenant(Manages, InNamespaces), Name: script}))
	golden(t, "tenant_settings", TenantSettings(TenantSettingsPage{TenantFrame: hostileTenant(Operates, InTenant), Of: &adminv1.Tenant{Name: "acme", Title: attr, Protected: true, AuditDays: 40}}))
	golden(t, "tenant_settings_read_only", TenantSettings(TenantSettingsPage{TenantFrame: hostileTenant(Belongs, InTenant), Of: &adminv1.Tenant{Name: "acme", Title: script}}))
}

func TestGoldenUsage(t *testing.T) {
	hour := &adminv1.UsageHour{
		StartTime: timestamppb.New(noon), Actions: 1234567, ActiveGbHours: 0.00001, RetainedGbHours: 1.5,
		Kinds: []*adminv1.ActionCount{{Kind: "start", Count: 1234567}, {Kind: "signal"}},
	}
	golden(t, "usage", Usage(UsagePage{Frame: hostile, Days: 7, Quota: &adminv1.Quota{OpenRuns: 100}, Report: &adminv1.GetUsageResponse{
		Total: hour, Hours: []*adminv1.UsageHour{hour}, Held: &adminv1.Held{OpenRuns: 50, ActiveBytes: 999, RetainedBytes: 1_500_000},
	}}))
}

func TestGoldenAudit(t *testing.T) {
	records := []*adminv1.AuditRecord{
		{Sequence: 2, Time: timestamppb.New(noon), Plane: "control", Action: "grant.give", Resource: script, RunId: rtl, Principal: attr, PrincipalName: rtl + script, Code: "OK",
			Changes: []*adminv1.AuditChange{{Field: script, After: rtl}}},
		{Sequence: 1, Time: timestamppb.New(noon), Namespace: attr, Action: "Terminate", Principal: script, Address: "192.0.2.7", Code: "PermissionDenied"},
	}
	p := AuditPage{TenantFrame: hostileTenant(Audits, InAudit), Log: AuditURL("acme"), Records: records, Query: map[string][]string{"action": {attr}, "refused": {"yes"}, "evil": {script}}, Next: "dG9r"}
	golden(t, "audit", Audit(p))
	p.Records, p.Refused = nil, script
	golden(t, "audit_refused", Audit(p))
	golden(t, "audit_empty", Audit(AuditPage{TenantFrame: hostileTenant(Audits, InAudit), Log: AuditURL("acme")}))
}

func TestNumbersAreReadable(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1\u202f000", -1234567: "-1\u202f234\u202f567"} {
		if got := grouped(n); got != want {
			t.Errorf("%d is %q", n, got)
		}
	}
	for n, want := range map[int64]string{0: "0 bytes", 999: "999 bytes", 1500: "1.5 kB", 2_000_000_000_000_000: "2000.0 TB"} {
		if got := sized(n); got != want {
			t.Errorf("%d bytes are %q", n, got)
		}
	}
	if got := share(1, 0) + share(1, -1) + share(50, 200); got != "25 % of its quota" {
		t.Errorf("shares %q", got)
	}
}

// No cell of an export is a formula, whatever somebody is called.
func TestExportedCellsAreInert(t *testing.T) {
	for _, bad := range []string{"=1+1", "+1", "-1", "@x", "\tx", "\rx"} {
		if got := inert(bad); !strings.HasPrefix(got, "'") {
			t.Errorf("%q stays %q", bad, got)
		}
	}
	if got := AuditLine(&adminv1.AuditRecord{Principal: "=x"}); len(got) != len(AuditColumns) || got[7] != "'=x" {
		t.Errorf("%q", got)
	}
}
