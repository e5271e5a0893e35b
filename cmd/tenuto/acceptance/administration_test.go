package acceptance

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/workflow"
	"google.golang.org/grpc/codes"

	tenutoclient "github.com/tenuto-io/tenuto/sdk/client"
)

var keyPattern = regexp.MustCompile(`tnt_[a-z2-7]{16}_[a-z2-7]{52}`)

// terminal runs commands of the binary at a guarded server.
type terminal struct {
	testing.TB
	server *server
	key    string // that it shows
}

// says runs a command that must succeed, and returns what it printed.
func (m terminal) says(args ...string) string {
	m.Helper()
	out, err := m.run(args...)
	if err != nil {
		m.Fatalf("tenuto %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func (m terminal) run(args ...string) (string, error) {
	m.Helper()
	return tenuto(m, append(postgresEnv(m.server.postgres), "TENUTO_ADDRESS="+m.server.grpc, "TENUTO_TLS=off", "TENUTO_API_KEY="+m.key), args...)
}

// secret is the key that a command prints.
func (m terminal) secret(args ...string) string {
	m.Helper()
	return keyPattern.FindString(m.says(args...))
}

// get reads a page of the administration, as a key's bearer.
func (m terminal) get(path string) (int, string) {
	m.Helper()
	r, err := http.NewRequestWithContext(m.Context(), http.MethodGet, "http://"+m.server.console+"/api/admin/v1/"+path, nil)
	if err != nil {
		m.Fatal(err)
	}
	if m.key != "" {
		r.Header.Set("Authorization", "Bearer "+m.key)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		m.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		m.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

const acmeFile = `
tenants:
  - name: acme
    namespaces: [{name: bank, retention: 2d}]
    accounts:
      - {name: worker, permissions: {bank: [worker]}}
      - {name: starter, permissions: {bank: [write, read, "payload:read"]}}
      - {name: developer, role: developer}
`

// TestServerIsAdministered is the way of an operator: from a new installation to a tenant whose workflow runs by keys of its own, and to the end of a key.
func TestServerIsAdministered(t *testing.T) {
	t.Parallel()
	s := describeGuarded(t)
	s.start(t)
	operator := terminal{TB: t, server: s}
	if out, err := operator.run("tenant", "list"); err == nil || !strings.Contains(out, "needs a credential") {
		t.Errorf("without a key: %v\n%s", err, out)
	}
	operator.key = operator.secret("key", "create", "--break-glass")

	file := filepath.Join(t.TempDir(), "tenants.yaml")
	if err := os.WriteFile(file, []byte(acmeFile), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := operator.says("apply", "-f", file, "--yes"); !strings.Contains(out, "+ namespace bank.acme") {
		t.Errorf("the plan:\n%s", out)
	}
	if out := operator.says("apply", "-f", file, "--dry-run"); !strings.Contains(out, "Nothing to do") {
		t.Errorf("applied again:\n%s", out)
	}
	keys := map[string]string{}
	for _, account := range []string{"worker", "starter", "developer"} {
		keys[account] = operator.secret("key", "create", "-t", "acme", "--holder", "account:"+account, "--name", account)
	}

	employ(t, bearer(t, s.grpc, "bank.acme", keys["worker"]), "bank", code{"flow": func(workflow.Context) (string, error) { return "moved", nil }})
	own, err := tenutoclient.Dial(t.Context(), tenutoclient.Options{Address: s.grpc, Namespace: "bank.acme", APIKey: keys["starter"], Plaintext: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = own.Close() })
	run, err := tenutoclient.ExecuteWorkflowByName[string](t.Context(), own, tenutoclient.StartOptions{ID: "w", TaskQueue: "bank"}, "flow")
	if err != nil {
		t.Fatal(err)
	}
	out, err := run.Get(t.Context())
	if err != nil || out != "moved" {
		t.Errorf("result %q, %v", out, err)
	}
	_, err = begin(t.Context(), bearer(t, s.grpc, "bank.acme", keys["worker"]), "no", "bank", "flow")
	equal(t, "a worker starts", codeOf(err), codes.PermissionDenied)

	// The same by HTTP.
	for who, want := range map[string]int{"developer": http.StatusOK, "worker": http.StatusForbidden, "": http.StatusUnauthorized} {
		code, text := terminal{t, s, keys[who]}.get("tenants/acme/accounts")
		equal(t, "HTTP as "+who, code, want)
		var list struct{ Accounts []struct{ Name string } }
		if err := json.Unmarshal([]byte(text), &list); err != nil || want == http.StatusOK && len(list.Accounts) != 3 {
			t.Errorf("HTTP as %s: %s, %v", who, text, err)
		}
	}
	if code, text := (terminal{t, s, keys["developer"]}).get("tenants/default"); code != http.StatusNotFound {
		t.Errorf("another tenant by HTTP: %d %s", code, text)
	}

	// A revoked key lets nobody in, from then on.
	developer := terminal{t, s, keys["developer"]}
	operator.says("key", "revoke", "-t", "acme", keys["developer"][4:20])
	if out, err := developer.run("namespace", "list", "-t", "acme"); err == nil || !strings.Contains(out, "revoked") {
		t.Errorf("after the revocation: %v\n%s", err, out)
	}

	operator.says("namespace", "delete", "bank.acme", "--yes")
	deadline := time.Now().Add(time.Minute)
	for strings.Contains(operator.says("namespace", "list", "-t", "acme", "-o", "json"), "STATE_REGISTERED") {
		if time.Now().After(deadline) {
			t.Fatal("the namespace is still listed as in use")
		}
	}
	if log := s.output(); keyPattern.MatchString(log) {
		t.Error("a key is in the server's log")
	}
}
