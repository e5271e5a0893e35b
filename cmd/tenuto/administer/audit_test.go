package administer_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/cmd/tenuto/administer"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// calls has n calls recorded in a tenant, one a second, each of a workflow of its own.
func (w *town) calls(of string, n int) {
	w.t.Helper()
	id := tenants.InstallationTenant
	if of != "" {
		t, err := w.access.TenantNamed(w.t.Context(), of)
		if err != nil {
			w.t.Fatal(err)
		}
		id = t.ID
	}
	all := make([]audit.Event, n)
	for i := range all {
		all[i] = audit.Event{
			At: time.Date(2026, 1, 31, 15, 0, i, 123456000, time.UTC), Plane: audit.Data, Tenant: id, Namespace: "bank", Action: "SignalWorkflowExecution",
			Resource: fmt.Sprintf("workflow:%d", i), Principal: "account:x", PrincipalName: "x\x1b[31m", Code: "OK",
		}
	}
	if err := w.journal.Append(w.t.Context(), all); err != nil {
		w.t.Fatal(err)
	}
}

func TestAuditCommands(t *testing.T) {
	w := newTown(t)
	w.do("tenant", "create", "acme")
	w.calls("acme", 1200)
	w.shows("tenant update acme --title Acme", "Acme")
	out := w.do("audit", "list", "-t", "acme", "--limit", "3")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 4 || !strings.Contains(lines[1], "title: acme → Acme") || !strings.Contains(lines[2], "workflow:1199") || strings.Contains(out, "\x1b") {
		t.Errorf("got\n%s", out)
	}
	if out := w.do("audit", "list", "-t", "acme", "--limit", "1100"); strings.Count(out, "\n") != 1101 {
		t.Errorf("%d lines of 1100 records", strings.Count(out, "\n"))
	}
	w.shows("audit list -t acme --resource workflow:7 --plane data --namespace bank --principal account:x --code OK", "workflow:7", "2026-01-31 15:00:07")
	if out := w.do("audit", "list", "-t", "acme", "--refused"); strings.Count(out, "\n") != 1 {
		t.Errorf("refused:\n%s", out)
	}
	w.shows("audit list -t acme --from 2026-01-31T15:00:05Z --to 2026-01-31T15:00:06Z -o json", `"resource": "workflow:5"`, `"nextPageToken": ""`)
	w.calls("", 1)
	w.shows("audit list --installation", "workflow:0")
	w.shows("audit status", "DROPPED", "0")
	w.fails("audit list -t none", administer.ExitNotFound, "none")
	w.fails("audit list --plane both", 1, "control or data")
	w.fails("audit list --from soon", 1, "--from")
	w.fails("audit list --limit 0", 1, "--limit")
	w.fails("audit export --to soon", 1, "--to")
	w.fails("audit export --after -1", 1, "--after")
	w.fails("audit export -t none", administer.ExitNotFound, "none")
	w.fails("audit verify -t none", administer.ExitNotFound, "none")
}

// An export is what the journal itself would write, and goes on where the last one ended.
func TestAuditExport(t *testing.T) {
	w := newTown(t)
	w.do("tenant", "create", "acme")
	w.calls("acme", 1200)
	out, notes, err := w.run("audit", "export", "-t", "acme")
	if err != nil {
		t.Fatal(err)
	}
	acme, err := w.access.TenantNamed(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	last, err := audit.Export(t.Context(), w.journal, acme.ID, audit.Filter{}, 0, &want)
	if err != nil || out != want.String() || !strings.Contains(notes, fmt.Sprintf("--after %d", last)) {
		t.Fatalf("%d bytes, want %d; %q", len(out), want.Len(), notes)
	}
	w.calls("acme", 3)
	out = w.do("audit", "export", "-t", "acme", "--after", fmt.Sprint(last), "--resource", "workflow:2")
	var line struct{ Sequence int64 }
	if err := json.Unmarshal([]byte(out), &line); err != nil || line.Sequence != last+3 {
		t.Errorf("got %s, %v", out, err)
	}
}

// What was done to a chain is found by the command itself, whatever the server says.
func TestAuditVerify(t *testing.T) {
	w := newTown(t)
	w.do("tenant", "create", "acme")
	w.calls("acme", 700)
	acme, err := w.access.TenantNamed(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	of := acme.ID[:]
	kept := strings.Fields(w.do("audit", "verify", "-t", "acme"))[1]
	w.calls("acme", 5)
	w.shows("audit verify -t acme --kept "+kept, ":")
	w.calls("", 2)
	w.shows("audit verify --installation", ":")
	w.shows("audit verify -t acme -o json", `"hash"`)
	for _, bad := range []string{"7", "x:" + strings.Repeat("0", 64), "0:" + strings.Repeat("0", 64), "7:00"} {
		w.fails("audit verify -t acme --kept "+bad, 1, "NUMBER:HASH")
	}
	number, _, _ := strings.Cut(kept, ":")
	w.fails("audit verify -t acme --kept "+number+":"+strings.Repeat("0", 64), administer.ExitBroken, "record "+number)
	w.tamper(`UPDATE audit SET principal = 'account:y' WHERE tenant = $1 AND sequence = 600`, of)
	w.fails("audit verify -t acme", administer.ExitBroken, "record 600")
	w.tamper(`UPDATE audit SET principal = CAST(x'ff' AS TEXT) WHERE tenant = $1 AND sequence = 550`, of)
	w.fails("audit verify -t acme", administer.ExitBroken, "record 550")
	w.tamper(`DELETE FROM audit WHERE tenant = $1 AND sequence = 3`, of)
	w.fails("audit verify -t acme", administer.ExitBroken, "record 3", "missing")
}

// Who may not read the log gets nothing of it from any of its commands.
func TestAuditCommandsOfStrangers(t *testing.T) {
	w := newTown(t)
	w.do("tenant", "create", "acme")
	w.do("account", "create", "stranger")
	secret := strings.TrimSpace(w.do("key", "create", "--holder", "account:stranger", "--name", "k"))
	t.Setenv("TENUTO_API_KEY", secret)
	t.Setenv("TENUTO_TLS", "off")
	for _, verb := range []string{"list", "export", "verify"} {
		out, _, err := w.run("audit", verb, "-t", "acme")
		if f := new(administer.Failure); out != "" || !errors.As(err, &f) || f.ExitCode() != administer.ExitNotFound {
			t.Errorf("%s: %q, %v", verb, out, err)
		}
	}
}
