package signin

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// provider is an OpenID provider in a process of its own.
type provider struct {
	t      *testing.T
	issuer string
}

func startProvider(t *testing.T, name, home string) *provider {
	t.Helper()
	node, modules, ok := strings.Cut(printed(t, "npm.sh", "provider"), " ")
	if !ok {
		t.Fatal("npm.sh has printed no program and directory")
	}
	dir := t.TempDir()
	program, err := os.ReadFile(filepath.Join("provider", "provider.mjs"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "provider.mjs"), program, 0o600))
	must(t, os.Symlink(filepath.Join(modules, "node_modules"), filepath.Join(dir, "node_modules")))
	cmd := exec.CommandContext(t.Context(), node, "provider.mjs")
	cmd.Dir, cmd.Stderr, cmd.WaitDelay = dir, os.Stderr, 5*time.Second
	cmd.Env = append(os.Environ(), "CONSOLE="+home, "NAME="+name, "NODE_TLS_REJECT_UNAUTHORIZED=0", "NODE_NO_WARNINGS=1") // the console's certificate is one of tests
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed
	})
	p := &provider{t: t}
	for lines := bufio.NewScanner(out); p.issuer == "" && lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "http://") {
			p.issuer = lines.Text()
		}
	}
	if p.issuer == "" {
		t.Fatal("the provider has not started")
	}
	return p
}

// says changes what the provider says.
func (p *provider) says(what map[string]any) {
	p.t.Helper()
	body, err := json.Marshal(what)
	must(p.t, err)
	resp, err := http.Post(p.issuer+"/control", "application/json", bytes.NewReader(body))
	must(p.t, err)
	must(p.t, resp.Body.Close())
}

// groups has the provider say that a person is in those groups, and nobody else in any.
func (p *provider) groups(person string, names ...string) {
	p.t.Helper()
	p.says(map[string]any{"groups": map[string][]string{person: names}})
}

// printed is what a script of deploy/ci prints.
func printed(t *testing.T, script string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join("../../../../deploy/ci", script), args...)
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, log.String())
	}
	return strings.TrimSpace(string(out))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
