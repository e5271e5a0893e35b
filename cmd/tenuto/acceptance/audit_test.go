package acceptance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/grpc/codes"
)

// TestServerIsAudited: what a tenant's people and programs do is told to its auditors, by command and by HTTP, and to nobody of another; what somebody
// changes in the database by hand is found.
func TestServerIsAudited(t *testing.T) {
	t.Parallel()
	s := describeGuarded(t)
	s.start(t)
	operator := terminal{TB: t, server: s}
	operator.key = operator.secret("key", "create", "--break-glass")
	file := filepath.Join(t.TempDir(), "tenants.yaml")
	text := strings.Replace(acmeFile, "retention: 2d", "retention: 2d, audit: writes", 1) + "      - {name: auditor, role: auditor}\n  - name: globex\n    accounts: [{name: owner, role: owner}]\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	operator.says("apply", "-f", file, "--yes")
	as := func(tenant, account string) terminal {
		return terminal{t, s, operator.secret("key", "create", "-t", tenant, "--holder", "account:"+account, "--name", account)}
	}
	worker, starter, auditor, stranger := as("acme", "worker"), as("acme", "starter"), as("acme", "auditor"), as("globex", "owner")

	employ(t, bearer(t, s.grpc, "bank.acme", worker.key), "bank", code{"flow": func(workflow.Context) (string, error) { return "moved", nil }})
	run, err := begin(t.Context(), bearer(t, s.grpc, "bank.acme", starter.key), "w", "bank", "flow")
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Get(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	_, err = begin(t.Context(), bearer(t, s.grpc, "bank.acme", worker.key), "no", "bank", "flow")
	equal(t, "a worker starts", codeOf(err), codes.PermissionDenied)

	type record struct {
		Action, Resource, RunID, PrincipalName, CredentialID, Address, Code string
	}
	var list struct{ Records []record }
	eventually(t, func() error { // calls are written within a second
		if err := json.Unmarshal([]byte(auditor.says("audit", "list", "-t", "acme", "--action", "StartWorkflowExecution", "-o", "json")), &list); err != nil {
			return err
		}
		if len(list.Records) != 2 {
			return fmt.Errorf("%d starts are recorded", len(list.Records))
		}
		return nil
	})
	equal(t, "who was refused", list.Records[0], record{"StartWorkflowExecution", "workflow:no", "", "worker", worker.key[4:20], "127.0.0.1", "PermissionDenied"})
	equal(t, "who started", list.Records[1], record{"StartWorkflowExecution", "workflow:w", run.GetRunID(), "starter", starter.key[4:20], "127.0.0.1", "OK"})
	if out := auditor.says("audit", "list", "-t", "acme", "--action", "namespace.create"); !strings.Contains(out, "audit: – → writes") || !strings.Contains(out, "break-glass (account:") || !strings.Contains(out, "127.0.0.1") {
		t.Errorf("the namespace was founded by\n%s", out)
	}
	export := auditor.says("audit", "export", "-t", "acme")
	if n := bytes.Count([]byte(export), []byte(`{"sequence":`)); n < 10 || keyPattern.MatchString(export) || strings.Contains(export, "moved") {
		t.Errorf("%d lines, or what is nobody's business, in\n%s", n, export)
	}
	for who, want := range map[*terminal]int{&auditor: http.StatusOK, &worker: http.StatusForbidden, &stranger: http.StatusNotFound} {
		code, text := who.get("tenants/acme/audit?filter.action=key.create")
		equal(t, "by HTTP", code, want)
		if (want == http.StatusOK) != strings.Contains(text, worker.key[4:20]) {
			t.Errorf("by HTTP: %s", text)
		}
	}
	if code, text := auditor.get("installation/audit"); code != http.StatusForbidden {
		t.Errorf("the installation's records for a tenant's auditor: %d %s", code, text)
	}

	kept := strings.Fields(auditor.says("audit", "verify", "-t", "acme"))[1]
	auditor.says("audit", "verify", "-t", "acme", "--kept", kept)
	operator.says("audit", "verify", "--installation")
	tamper(t, s.postgres, `UPDATE audit SET code = 'OK' WHERE code = 'PermissionDenied'`)
	out, err := auditor.run("audit", "verify", "-t", "acme")
	if exit := new(exec.ExitError); !errors.As(err, &exit) || exit.ExitCode() != 6 || !strings.Contains(out, "broken at record") {
		t.Errorf("after somebody changed a record: %v\n%s", err, out)
	}
}

// tamper changes rows past the server.
func tamper(t *testing.T, url, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if tag, err := conn.Exec(t.Context(), statement); err != nil || tag.RowsAffected() == 0 {
		t.Fatalf("%s changes %v, %v", statement, tag, err)
	}
}
