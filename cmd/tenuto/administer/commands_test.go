package administer_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/tenuto-io/tenuto/cmd/tenuto/administer"
	"github.com/tenuto-io/tenuto/platform/importrules"
	"github.com/tenuto-io/tenuto/tenants"
)

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"github.com/tenuto-io/tenuto/tenants/admin/...":       "a command asks a server, and needs none of its rooms, but tenants/audit: it computes hashes itself",
		"github.com/tenuto-io/tenuto/tenants/sqlstore/...":    "likewise",
		"github.com/tenuto-io/tenuto/tenants/signin/...":      "likewise",
		"github.com/tenuto-io/tenuto/tenants/quota/...":       "likewise",
		"github.com/tenuto-io/tenuto/orchestration/store/...": "likewise",
		"go.temporal.io/sdk/...":                              "this is no worker",
	})
}

func TestTenantCommands(t *testing.T) {
	w := newTown(t)
	w.do("tenant", "create", "acme", "--title", "Acme Corporation")
	w.shows("tenant list", "TENANT", "acme", "Acme Corporation", "default")
	w.shows("tenant update acme --title Acme --protect", "yes")
	w.fails("tenant delete acme --yes", 1, "protected")
	w.shows("tenant update acme --unprotect", "Acme")
	w.shows("tenant suspend acme", "suspended")
	w.shows("tenant resume acme", "active")
	w.fails("tenant delete acme", 1, "--yes")
	if out := w.do("tenant", "delete", "acme", "--yes"); out != "" {
		t.Errorf("a deletion prints %q", out)
	}
	w.fails("tenant describe acme", administer.ExitNotFound, "acme")
	w.fails("tenant create Acme", 1, "lower-case")
	w.fails("tenant update acme", 1, "title")
	w.do("tenant", "create", "globex")
	w.do("tenant", "update", "globex", "--audit-days", "400")
	w.shows("tenant describe globex -o json", `"auditDays": 400`)
	w.do("tenant", "update", "globex", "--audit-days", "0")
	w.shows("tenant describe globex -o json", `"auditDays": 0`)
	w.fails("tenant update globex --audit-days 36501", 1, "36500")
	w.fails("tenant update globex --audit-days -1", 1, "-1")
	w.fails("tenant describe", 1, "arg")
	w.fails("tenant list -o xml", 1, "table or json")
}

func TestNamespaceCommands(t *testing.T) {
	w := newTown(t)
	w.do("tenant", "create", "acme")
	w.do("namespace", "create", "bank", "-t", "acme", "--retention", "72h", "--description", "moves\x1b[31mmoney", "--data", "team=a", "--owner-email", "ops@acme.example")
	out := w.do("namespace", "list", "-t", "acme")
	if !strings.Contains(out, "bank.acme") || !strings.Contains(out, "3d") || strings.Contains(out, "\x1b") {
		t.Errorf("got %q", out)
	}
	w.shows("namespace describe bank.acme -o json", `"team": "a"`, `"ops@acme.example"`)
	w.shows("namespace update bank.acme --description new --protect", "new", "yes")
	w.fails("namespace delete bank.acme --yes", 1, "protected")
	w.shows("namespace update bank.acme --unprotect", "new")
	w.shows("namespace update bank.acme --audit writes", "writes")
	w.shows("namespace update bank.acme --description other", "writes", "other")
	w.fails("namespace update bank.acme --audit much", 1, "much", "interventions")
	w.fails("namespace update bank.acme --codec-credentials", 1, "set its endpoint")
	w.shows("namespace update bank.acme --codec-endpoint https://codec.example --codec-credentials -o json", `"codecEndpoint": "https://codec.example"`, `"codecCredentials": true`)
	w.shows("namespace update bank.acme --description other -o json", `"codecEndpoint": "https://codec.example"`)
	w.fails("namespace update bank.acme --codec-endpoint http://codec.example", 1, "neither https:// nor http:// on the reader's own machine")
	if out := w.do("namespace", "update", "bank.acme", "--codec-endpoint", "", "-o", "json"); strings.Contains(out, "codec.example") || strings.Contains(out, `"codecCredentials": true`) {
		t.Errorf("without a codec: %s", out)
	}
	w.do("namespace", "create", "silent", "-t", "acme", "--audit", "none")
	w.shows("namespace describe silent.acme -o json", `"auditLevel": "none"`)
	w.shows("namespace suspend bank.acme", "suspended")
	w.shows("namespace resume bank.acme", "registered")
	w.fails("namespace deprecate bank.acme", 1, "--yes")
	w.shows("namespace deprecate bank.acme --yes", "deprecated")
	w.left = 3
	w.shows("namespace delete bank.acme --yes --wait", "bank.acme-deleted-", "deleted", "0")
	w.fails("namespace describe bank.acme", administer.ExitNotFound, "bank.acme")
}

func TestPeopleCommands(t *testing.T) {
	w := newTown(t)
	w.do("tenant", "create", "acme")
	w.do("namespace", "create", "bank", "-t", "acme")
	member := strings.Fields(strings.Split(w.do("member", "invite", "-t", "acme", "--issuer", "https://id.example", "--subject", "7", "--name", "Ada"), "\n")[1])[0]
	w.shows("group create ops -t acme", "ops")
	w.shows("group create mapped -t acme --issuer https://id.example --claim cn=ops", "cn=ops of https://id.example")
	w.do("group", "add", "ops", member, "-t", "acme")
	w.shows("group describe ops -t acme", member)
	w.shows("role permit group:ops bank.acme read,payload:read -t acme", "bank.acme:read+payload:read", "group:ops")
	w.shows("role give person:"+member+" developer -t acme", "developer")
	w.shows("member list -t acme", "Ada", "https://id.example#7", "bank.acme:read+payload:read (ops)", "developer")
	w.shows("member describe "+member+" -t acme", "Ada")
	w.shows("member disable "+member, "disabled")
	w.shows("member enable "+member, "active")
	w.signIn(member)
	listed := w.do("member", "sessions", member)
	if strings.Count(listed, "corp") != 2 || !strings.Contains(listed, "192.0.2.7") || strings.Contains(listed, "\x1b") {
		t.Errorf("got %q", listed)
	}
	w.do("member", "sign-out", member, "--session", strings.Fields(strings.Split(listed, "\n")[1])[0])
	w.shows("member sessions "+member, "corp")
	w.fails("member sign-out "+member+" --session=", 1, "session")
	w.do("member", "sign-out", member)
	if listed := w.do("member", "sessions", member); strings.Contains(listed, "corp") {
		t.Errorf("got %q", listed)
	}
	w.fails("member sessions "+nobody, administer.ExitNotFound, nobody)
	w.do("group", "remove", "ops", member, "-t", "acme")
	w.do("group", "delete", "ops", "-t", "acme")
	w.shows("group list -t acme", "mapped")
	w.do("member", "remove", member, "-t", "acme")
	w.fails("member describe "+member+" -t acme", administer.ExitNotFound, member)
	w.fails("member invite -t acme", 1, "issuer")

	w.shows("account create worker -t acme", "worker")
	grant := strings.Fields(strings.Split(w.do("role", "give", "account:worker", "auditor", "-t", "acme"), "\n")[1])[0]
	w.shows("role list -t acme", grant, "account:worker", "auditor")
	w.do("role", "take", grant, "-t", "acme")
	w.shows("account disable worker -t acme", "disabled")
	w.shows("account enable worker -t acme", "active")
	w.shows("account describe worker -t acme", "worker")
	w.do("account", "delete", "worker", "-t", "acme")
	w.shows("account list -t acme", "ACCOUNT")
}

var secretPattern = regexp.MustCompile(`^tnt_[a-z2-7]{16}_[a-z2-7]{52}\n$`)

func TestKeyCommands(t *testing.T) {
	w := newTown(t)
	w.do("tenant", "create", "acme")
	w.do("namespace", "create", "bank", "-t", "acme")
	w.do("account", "create", "worker", "-t", "acme")
	args := []string{"key", "create", "-t", "acme", "--holder", "account:worker", "--name", "k", "--scope", "bank.acme:worker,read", "--expires", "1h"}
	secret, notes, err := w.run(args...)
	if err != nil || !secretPattern.MatchString(secret) || !strings.Contains(notes, "shown once") || strings.Contains(notes, secret[21:]) {
		t.Fatalf("printed %q and %q, %v", secret, notes, err)
	}
	id := secret[4:20]
	w.shows("key list -t acme", id, "bank.acme:worker+read", "active")
	next := w.do("key", "rotate", id, "-t", "acme", "--overlap", "10m")
	if !secretPattern.MatchString(next) || next == secret {
		t.Errorf("rotated to %q", next)
	}
	w.shows("key describe "+next[4:20]+" -t acme -o json", `"replaces": "`+id+`"`)
	w.shows("key disable "+id+" -t acme", "disabled")
	w.shows("key enable "+id+" -t acme", "active")
	w.shows("key revoke "+id+" -t acme", "revoked")
	w.fails("key create -t acme --holder account:worker --name k --scope bank", 1, "--scope bank")
	w.fails("key create -t acme --holder account:worker --name k --scope *:fly", 1, "fly")
	var made struct{ Secret string }
	if err := json.Unmarshal([]byte(w.do("key", "create", "-t", "acme", "--holder", "account:worker", "--name", "all", "--scope", "*:read", "-o", "json")), &made); err != nil || !strings.HasPrefix(made.Secret, "tnt_") {
		t.Errorf("as JSON: %v, %v", made, err)
	}
	if _, notes, err := w.run("key", "create", "--break-glass"); err != nil || notes != "broke the glass  0s\n" {
		t.Errorf("breaking the glass: %q, %v", notes, err)
	}
}

func TestQuotaAndUsageCommands(t *testing.T) {
	w := newTown(t)
	w.do("namespace", "create", "bank")
	w.shows("quota describe bank", "REQUESTS/S", "default")
	w.shows("quota set bank --requests 200 --open-runs -1", "200", "none", "default")
	w.shows("quota set bank --starts 50", "200", "50", "none")
	w.fails("quota set bank", 1, "requests")
	w.fails("quota set bank --pollers -2", 1, "pollers")
	w.fails("quota describe none", administer.ExitNotFound, "none")

	w.shows("usage describe bank", "ACTIONS", "total", "3")
	var report struct {
		Hours []struct{ Actions string }
		Held  struct{ OpenRuns string }
	}
	if err := json.Unmarshal([]byte(w.do("usage", "describe", "bank", "-o", "json")), &report); err != nil || len(report.Hours) < 24 || report.Held.OpenRuns != "3" {
		t.Errorf("got %v, %v", report, err)
	}
	lines := strings.Split(strings.TrimSpace(w.do("usage", "describe", "bank", "-o", "csv")), "\n")
	if lines[0] != "namespace,hour,actions,starts,resets,children,activities,timers,signals,updates,markers,upserts,active_gb_hours,retained_gb_hours,open_run_hours" ||
		len(lines) != len(report.Hours)+1 || !strings.Contains(lines[len(lines)-1], ",3,3,0,") {
		t.Errorf("got\n%s", strings.Join(lines, "\n"))
	}
	w.fails("usage describe bank --from 2026-02-01 --to 2026-01-01", 1, "2026-02-01")
	w.fails("usage describe bank --from soon", 1, "--from", "soon")
	w.fails("tenant list -o csv", 1, "usage")
}

// Lists are read to their end.
func TestListsOfManyPages(t *testing.T) {
	w := newTown(t)
	for n := range 501 {
		if _, err := w.access.CreateAccount(t.Context(), tenants.DefaultTenant, fmt.Sprintf("a-%03d", n)); err != nil {
			t.Fatal(err)
		}
	}
	var list struct {
		Accounts      []struct{ Name string }
		NextPageToken string
	}
	if err := json.Unmarshal([]byte(w.do("account", "list", "-o", "json")), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Accounts) != 501 || list.Accounts[500].Name != "a-500" || list.NextPageToken != "" {
		t.Errorf("%d accounts, then %q", len(list.Accounts), list.NextPageToken)
	}
}

func TestWhoCalls(t *testing.T) {
	w := newTown(t)
	w.do("account", "create", "nobody")
	secret := strings.TrimSpace(w.do("key", "create", "--holder", "account:nobody", "--name", "k"))
	t.Setenv("TENUTO_API_KEY", secret)
	t.Setenv("TENUTO_TLS", "off")
	w.fails("tenant update default --protect", administer.ExitDenied, "owners")
	w.fails("tenant describe acme", administer.ExitNotFound, "acme")
	t.Setenv("TENUTO_API_KEY", secret[:len(secret)-4]+"zzzz")
	w.fails("tenant list", administer.ExitDenied, "not valid", "TENUTO_API_KEY", w.address)
	t.Setenv("TENUTO_TLS", "")
	w.fails("tenant list", 1, w.address, "does not answer")
	w.fails("tenant list --plaintext", administer.ExitDenied, "not valid")
	none := filepath.Join(t.TempDir(), "ca.pem")
	w.fails("tenant list --tls-ca "+none, 1, "--tls-ca")
	w.fails("tenant list --plaintext --tls-ca "+none, 1, "contradict")
	if err := os.WriteFile(none, []byte("none"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.fails("tenant list --tls-ca "+none, 1, none, "no certificate")
	t.Setenv("TENUTO_TLS", "perhaps")
	w.fails("tenant list", 1, "TENUTO_TLS")
	t.Setenv("TENUTO_TLS", "")
	t.Setenv("TENUTO_API_KEY", "")
	w.fails("tenant list --address 127.0.0.1:1", 1, "127.0.0.1:1", "does not answer")
}

// Every command says what it does, and every group how to reach a server.
func TestHelpTeaches(t *testing.T) {
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.Short == "" || cmd.Parent() == nil && !strings.Contains(cmd.Long, "TENUTO_ADDRESS") {
			t.Errorf("%s does not teach", cmd.CommandPath())
		}
		for _, c := range cmd.Commands() {
			walk(c)
		}
	}
	for _, cmd := range administer.Commands(administer.BreakGlass{Flags: func(*cobra.Command) {}}) {
		walk(cmd)
	}
}
