package administer_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tenuto-io/tenuto/cmd/tenuto/administer"
	"github.com/tenuto-io/tenuto/tenants/tenantstest"
)

func TestAuthorityCommands(t *testing.T) {
	w := newTown(t)
	w.do("tenant", "create", "acme")
	w.do("namespace", "create", "bank", "-t", "acme")
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, tenantstest.NewCA(t, "workers of acme", time.Now()).PEM, 0o600); err != nil {
		t.Fatal(err)
	}
	set := []string{"authority", "set", "-t", "acme", "bank.acme", "workers", path, "worker,write"}
	w.do(append(set, "--filter", "cn=worker-*,ou=payments", "--filter", "san=*.acme.example")...)
	w.shows("authority list -t acme", "bank.acme", "CN=workers of acme", "cn=worker-*,ou=payments san=*.acme.example", "write,worker")
	for _, filter := range []string{"cn", "cn=", "cn=a,cn=b", "serial=7", ""} {
		if _, _, err := w.run(append(set, "--filter", filter)...); err == nil || !strings.Contains(err.Error(), "--filter") {
			t.Errorf("--filter %q: %v", filter, err)
		}
	}
	if _, _, err := w.run("authority", "set", "-t", "acme", "bank.acme", "workers", path+"x", "read"); err == nil {
		t.Error("a file that is not there is read")
	}
	id := strings.Fields(strings.Split(w.do("authority", "list", "-t", "acme"), "\n")[1])[0]
	w.do("authority", "remove", "-t", "acme", id)
	w.fails("authority remove -t acme "+id, administer.ExitNotFound, id)
}

// TestPlansOfAuthorities: a file's authorities are so afterwards, others stay without --prune, and the same certificate written otherwise is the same.
func TestPlansOfAuthorities(t *testing.T) {
	w := newTown(t)
	indented := func(ca *tenantstest.CA) string {
		return strings.ReplaceAll("\n"+string(ca.PEM), "\n", "\n              ")
	}
	ca, next := tenantstest.NewCA(t, "ca", time.Now()), tenantstest.NewCA(t, "ca", time.Now())
	text := `
tenants:
  - name: acme
    namespaces:
      - name: bank
        authorities:
          - name: workers
            permissions: [worker, write]
            filters: [{common_name: "worker-*"}]
            certificate: |` + indented(ca) + `
          - name: readers
            permissions: [read]
            certificate: |` + indented(ca) + `
`
	first := w.plan(text)
	if want := []string{"+ tenant acme", "+ namespace bank.acme", "+ authority workers of namespace bank.acme: worker,write", "+ authority readers of namespace bank.acme: read"}; !slices.Equal(first, want) {
		t.Errorf("got %q, want %q", first, want)
	}
	w.applies(text)
	readers := text[strings.Index(text, "          - name: readers"):]
	for name, c := range map[string]struct {
		text  string
		flags []string
		want  []string
	}{
		"permissions":  {strings.Replace(text, "[worker, write]", "[worker]", 1), nil, []string{`~ authority workers of namespace bank.acme: permissions "worker,write" → "worker"`}},
		"filters":      {strings.Replace(text, "worker-*", "w-*", 1), nil, []string{"~ authority workers of namespace bank.acme: other filters"}},
		"gone":         {strings.Replace(text, readers, "", 1), nil, nil},
		"gone, pruned": {strings.Replace(text, readers, "", 1), []string{"--prune"}, []string{"- authority readers of namespace bank.acme"}},
	} {
		if got := w.plan(c.text, c.flags...); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	renewed := strings.ReplaceAll(text, indented(ca), indented(next))
	if got := w.plan(renewed); len(got) != 2 || !strings.Contains(got[0], "certificate") {
		t.Errorf("another certificate: %q", got)
	}
	w.applies(renewed)
	w.applies(strings.Replace(renewed, strings.Replace(readers, indented(ca), indented(next), 1), "", 1), "--prune")
	for name, change := range map[string][2]string{
		"is one of": {"[read]", "[reed]"}, "no permissions": {"[read]", "[]"}, "no certificate": {"BEGIN CERT", "BEGIN BERT"}, "twice": {"name: readers", "name: workers"},
	} {
		if _, _, err := w.run("apply", "-f", file(t, strings.Replace(text, change[0], change[1], 1))); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
