package admin_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// calls has n calls recorded in a tenant, each of a workflow of its own.
func (w *town) calls(of tenants.TenantID, n int) {
	w.t.Helper()
	var all []audit.Event
	for i := range n {
		all = append(all, audit.Event{
			At: noon.Add(time.Duration(i) * time.Second), Plane: audit.Data, Tenant: of, Namespace: "bank.acme", Action: "TerminateWorkflowExecution",
			Resource: fmt.Sprintf("workflow:%d", i), Run: "r", Principal: "account:x", PrincipalName: "x", Credential: "key", CredentialID: "k", Address: "192.0.2.1",
			Request: "q", Code: "OK",
		})
	}
	w.must(w.journal.Append(w.t.Context(), all))
}

func TestAuditRecordsAreTold(t *testing.T) {
	w := newTown(t)
	auditor := w.as("auditor")
	w.calls(w.acme.ID, 1)
	got, err := w.ListAuditRecords(auditor, &adminv1.ListAuditRecordsRequest{Tenant: "acme", PageSize: 1})
	w.must(err)
	r := got.GetRecords()[0]
	want := []string{
		"data", "bank.acme", "TerminateWorkflowExecution", "workflow:0", "r", "account:x", "x", "key", "k", "192.0.2.1", "q", "OK", noon.String(),
	}
	is := []string{
		r.GetPlane(), r.GetNamespace(), r.GetAction(), r.GetResource(), r.GetRunId(), r.GetPrincipal(), r.GetPrincipalName(), r.GetCredential(), r.GetCredentialId(),
		r.GetAddress(), r.GetRequestId(), r.GetCode(), r.GetTime().AsTime().String(),
	}
	if strings.Join(is, "|") != strings.Join(want, "|") {
		t.Errorf("got\n%q, want\n%q", is, want)
	}

	_, err = w.UpdateTenant(w.as("owner"), &adminv1.UpdateTenantRequest{Tenant: "acme", Title: new("Acme")})
	w.must(err)
	got, err = w.ListAuditRecords(auditor, &adminv1.ListAuditRecordsRequest{Tenant: "acme", Filter: &adminv1.AuditFilter{Plane: "control", Action: "tenant.update"}})
	w.must(err)
	if len(got.GetRecords()) != 1 || got.GetNextPageToken() != "" {
		t.Fatalf("got %v", got)
	}
	r = got.GetRecords()[0]
	if c := r.GetChanges(); len(c) != 1 || c[0].GetField() != "title" || c[0].GetBefore() != "acme" || c[0].GetAfter() != "Acme" || !strings.HasPrefix(r.GetPrincipal(), "account:") || r.GetCredential() != "key" {
		t.Errorf("got %v", r)
	}
}

// Pages have every record once, in either direction, and an end.
func TestAuditRecordsByPages(t *testing.T) {
	w := newTown(t)
	auditor := w.as("auditor")
	before, _, err := w.journal.Chain(t.Context(), w.acme.ID)
	w.must(err)
	w.calls(w.acme.ID, 25)
	for _, oldest := range []bool{false, true} {
		var seen []int64
		r := &adminv1.ListAuditRecordsRequest{Tenant: "acme", PageSize: 10, Filter: &adminv1.AuditFilter{OldestFirst: oldest, Plane: "data"}}
		for {
			got, err := w.ListAuditRecords(auditor, r)
			w.must(err)
			for _, record := range got.GetRecords() {
				seen = append(seen, record.GetSequence()-before.Head.Sequence)
			}
			if r.PageToken = got.GetNextPageToken(); r.GetPageToken() == "" {
				break
			}
		}
		if len(seen) != 25 || seen[0] != map[bool]int64{true: 1, false: 25}[oldest] || seen[24] != map[bool]int64{true: 25, false: 1}[oldest] {
			t.Errorf("oldest first %v: %v", oldest, seen)
		}
	}
	head := before.Head.Sequence
	got, err := w.ListAuditRecords(w.operator(), &adminv1.ListAuditRecordsRequest{Tenant: "acme", Filter: &adminv1.AuditFilter{OldestFirst: true, FromSequence: head + 20}})
	w.must(err)
	if len(got.GetRecords()) != 5 || got.GetRecords()[0].GetSequence() != head+21 || got.GetSequence() != head+25 {
		t.Errorf("from a record on: %v", got)
	}
	got, err = w.ListAuditRecords(w.operator(), &adminv1.ListAuditRecordsRequest{Tenant: "acme", Filter: &adminv1.AuditFilter{
		Plane: "data", StartTime: timestamppb.New(noon.Add(3 * time.Second)), EndTime: timestamppb.New(noon.Add(5 * time.Second)),
	}})
	w.must(err)
	if len(got.GetRecords()) != 2 {
		t.Errorf("of two seconds: %v", got)
	}
}

// A tenant's log is nobody else's, and neither is that of the installation.
func TestAuditOfOthers(t *testing.T) {
	w := newTown(t)
	w.calls(w.acme.ID, 3)
	w.calls(tenants.InstallationTenant, 2)
	for _, role := range []string{"owner", "auditor"} {
		_, err := w.ListAuditRecords(w.as(role), &adminv1.ListAuditRecordsRequest{Tenant: "globex"})
		refused(t, role+" lists another's", err, orchestration.NotFound, "globex")
		_, err = w.GetAuditChain(w.as(role), &adminv1.GetAuditChainRequest{Tenant: "globex"})
		refused(t, role+" reads another's chain", err, orchestration.NotFound, "globex")
	}
	own, err := w.ListAuditRecords(w.as("auditor"), &adminv1.ListAuditRecordsRequest{Tenant: "acme", PageSize: 2})
	w.must(err)
	other, err := w.ListAuditRecords(w.operator(), &adminv1.ListAuditRecordsRequest{Tenant: "globex", PageToken: own.GetNextPageToken()})
	w.must(err)
	for _, r := range other.GetRecords() {
		if r.GetPlane() == "data" {
			t.Errorf("acme's token shows in globex %v", r)
		}
	}
	got, err := w.ListInstallationAuditRecords(w.operator(), &adminv1.ListInstallationAuditRecordsRequest{Filter: &adminv1.AuditFilter{Plane: "data"}})
	w.must(err)
	if len(got.GetRecords()) != 2 {
		t.Errorf("the installation's: %v", got)
	}
}

func TestAuditChainIsTold(t *testing.T) {
	w := newTown(t)
	w.calls(w.acme.ID, 3)
	c, err := w.GetAuditChain(w.as("auditor"), &adminv1.GetAuditChainRequest{Tenant: "acme"})
	w.must(err)
	is, _, err := w.journal.Chain(t.Context(), w.acme.ID)
	w.must(err)
	if c.GetTenantId() != w.acme.ID.String() || c.GetAnchor().GetSequence() != 0 || c.GetHead().GetSequence() != is.Head.Sequence || c.GetHead().GetHash() != is.Head.Hash.String() {
		t.Errorf("got %v, want %+v", c, is)
	}
	c, err = w.GetInstallationAuditChain(w.operator(), &adminv1.GetInstallationAuditChainRequest{})
	w.must(err)
	if id := tenants.InstallationTenant.String(); c.GetTenantId() != id {
		t.Errorf("got %v", c)
	}
	s, err := w.GetAuditStatus(w.operator(), &adminv1.GetAuditStatusRequest{})
	w.must(err)
	if s.GetWaiting() != 2 || s.GetDropped() != 7 {
		t.Errorf("got %v", s)
	}
}

// What somebody wrote into the database by hand is told as far as a message can, and does not end a list.
func TestDamagedRecordsAreTold(t *testing.T) {
	w := newTown(t)
	w.calls(w.acme.ID, 3)
	w.tamper(`UPDATE audit SET principal = CAST(x'61ff62' AS TEXT), changes = '?' WHERE tenant = $1 AND resource = 'workflow:1'`, w.acme.ID[:])
	got, err := w.ListAuditRecords(w.as("auditor"), &adminv1.ListAuditRecordsRequest{Tenant: "acme", Filter: &adminv1.AuditFilter{Plane: "data"}})
	w.must(err)
	if len(got.GetRecords()) != 3 || got.GetRecords()[1].GetPrincipal() != "a\uFFFDb" || got.GetRecords()[1].GetChanges()[0].GetField() != "(unreadable)" {
		t.Errorf("got %v", got)
	}
}

func TestBadAuditRequests(t *testing.T) {
	w := newTown(t)
	for what, r := range map[string]*adminv1.ListAuditRecordsRequest{
		"Plane":         {Filter: &adminv1.AuditFilter{Plane: "both"}},
		"no record":     {Filter: &adminv1.AuditFilter{Action: "a\x00b"}},
		"no record can": {Filter: &adminv1.AuditFilter{Resource: "a\xffb"}},
		"no time":       {Filter: &adminv1.AuditFilter{StartTime: &timestamppb.Timestamp{Nanos: -1}}},
		"end_time":      {Filter: &adminv1.AuditFilter{EndTime: &timestamppb.Timestamp{Nanos: -1}}},
		"page_size":     {PageSize: 1001},
		"page_token":    {PageToken: "LTE"}, // -1
		"page_token is": {PageToken: "eA"},  // x
		"from_sequence": {Filter: &adminv1.AuditFilter{FromSequence: -1}},
	} {
		r.Tenant = "acme"
		_, err := w.ListAuditRecords(w.operator(), r)
		refused(t, what, err, orchestration.InvalidArgument, strings.Fields(what)[0])
	}
	_, err := w.ListAuditRecords(w.operator(), &adminv1.ListAuditRecordsRequest{})
	refused(t, "no tenant", err, orchestration.InvalidArgument, "tenant")
}
