package administer_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/cmd/tenuto/administer"
)

// base is a file that has one of everything.
const base = `
tenants:
  - name: acme
    title: Acme Corporation
    protected: true
    namespaces:
      - {name: payments, description: moves money, owner_email: ops@acme.example, retention: 30d, protected: true, data: {team: payments}}
      - {name: lab, suspended: true}
      - {name: spare}
    groups:
      - {name: developers, issuer: https://id.example, claim: cn=dev, role: developer}
      - name: on call
        permissions: {payments: [read, "payload:read"]}
    accounts:
      - name: worker
        permissions: {payments: [worker, write], lab: [worker]}
      - {name: deploy, role: admin, disabled: true}
    members:
      - {issuer: https://id.example, subject: "7", name: Ada, role: owner, groups: [on call]}
      - {issuer: https://id.example, subject: "8", name: Grace, permissions: {lab: [read]}}
`

// file writes a file and returns its path.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tenants.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// plan is what a dry run says that it would do, a change on a line.
func (w *town) plan(text string, flags ...string) []string {
	w.t.Helper()
	out, _, err := w.run(append([]string{"apply", "-f", file(w.t, text), "--dry-run"}, flags...)...)
	if out == "" {
		w.t.Fatalf("no plan: %v", err)
	}
	var changes []string
	for line := range strings.Lines(out) {
		if change, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "  "); ok {
			changes = append(changes, change)
		}
	}
	f, pending := err.(*administer.Failure)
	if (len(changes) > 0) != (pending && f.ExitCode() == administer.ExitPending) {
		w.t.Errorf("%d changes, and %v", len(changes), err)
	}
	return changes
}

func (w *town) applies(text string, flags ...string) {
	w.t.Helper()
	w.do(append([]string{"apply", "-f", file(w.t, text), "--yes"}, flags...)...)
	if again := w.plan(text, flags...); len(again) > 0 {
		w.t.Errorf("applied again, it would do\n%s", strings.Join(again, "\n"))
	}
}

func TestApplyTwiceChangesNothing(t *testing.T) {
	w := newTown(t)
	if first := w.plan(base); len(first) != 21 || first[0] != "+ tenant acme" {
		t.Errorf("%d changes:\n%s", len(first), strings.Join(first, "\n"))
	}
	w.fails("tenant describe acme", administer.ExitNotFound) // a dry run does nothing
	w.applies(base)
	w.applies(base, "--prune", "--prune-namespaces")
	w.shows("namespace list -t acme", "payments.acme", "30d", "lab.acme", "suspended")
	w.shows("member list -t acme", "owner", "payments.acme:read+payload:read (on call)", "lab.acme:read")
	w.shows("account list -t acme", "payments.acme:write+worker", "deploy", "disabled")
	out := w.do("apply", "-f", file(t, base))
	if !strings.HasPrefix(out, "Nothing to do") {
		t.Errorf("got %q", out)
	}
}

// A plan for each kind of change: what is replaced in the file, and what that comes to.
func TestPlans(t *testing.T) {
	for name, c := range map[string]struct {
		from, to string
		flags    []string
		want     []string
	}{
		"title":              {"title: Acme Corporation", `title: "Acme\nInc"`, nil, []string{`~ tenant acme: title "Acme Corporation" → "Acme\nInc"`}},
		"audit days":         {"title: Acme Corporation", "title: Acme Corporation\n    audit_days: 400", nil, []string{"~ tenant acme: audit_days 0 → 400"}},
		"tenant suspended":   {"protected: true\n    namespaces", "protected: false\n    suspended: true\n    namespaces", nil, []string{"~ tenant acme: protected true → false, suspended false → true"}},
		"description":        {"description: moves money", "description: more", nil, []string{`~ namespace payments.acme: description "moves money" → "more"`}},
		"owner":              {"ops@acme.example", "dev@acme.example", nil, []string{`~ namespace payments.acme: owner_email "ops@acme.example" → "dev@acme.example"`}},
		"no description":     {"description: moves money", `description: ""`, nil, []string{`~ namespace payments.acme: description "moves money" → ""`}},
		"quota":              {"- {name: spare}", "- {name: spare, quota: {requests: 200, open_runs: -1}}", nil, []string{"~ quota of namespace spare.acme: requests 0 → 200, open_runs 0 → -1"}},
		"quota of a new one": {"- {name: spare}", "- {name: spare}\n      - {name: new, quota: {starts: 5}}", nil, []string{"+ namespace new.acme", "~ quota of namespace new.acme: starts 0 → 5"}},
		"data":               {"{team: payments}", "{team: bank, stage: prod}", nil, []string{`~ namespace payments.acme: data stage "" → "prod", data team "payments" → "bank"`}},
		"retention":          {"retention: 30d", "retention: 48h", nil, []string{"~ namespace payments.acme: retention 720h0m0s → 48h0m0s"}},
		"audit":              {"- {name: spare}", "- {name: spare, audit: all}", nil, []string{`~ namespace spare.acme: audit "default" → "all"`}},
		"codec":              {"- {name: spare}", "- {name: spare, codec_endpoint: https://codec.example, codec_credentials: true}", nil, []string{`~ namespace spare.acme: codec_endpoint "" → "https://codec.example", codec_credentials false → true`}},
		"audit of a new one": {"- {name: spare}", "- {name: spare}\n      - {name: new, audit: writes}", nil, []string{"+ namespace new.acme"}},
		"resume":             {"suspended: true", "suspended: false", nil, []string{"~ namespace lab.acme: suspended true → false"}},
		"a namespace":        {"      - {name: lab, suspended: true}", "      - {name: lab}\n      - {name: new}", nil, []string{"+ namespace new.acme"}},
		"no namespace":       {"      - {name: spare}\n", "", []string{"--prune-namespaces"}, []string{"- namespace spare.acme, with all its workflows"}},
		"unmentioned":        {"      - {name: lab, suspended: true}\n", "", []string{"--prune"}, nil},
		"enabled":            {"disabled: true", "disabled: false", nil, []string{"~ service account deploy of acme: disabled true → false"}},
		"role":               {"role: admin", "role: auditor", nil, []string{"+ role auditor in acme for service account deploy", "- role admin in acme from service account deploy"}},
		"no role":            {"{name: deploy, role: admin, disabled: true}", "{name: deploy}", nil, nil},
		"no role, pruned":    {"{name: deploy, role: admin, disabled: true}", "{name: deploy}", []string{"--prune"}, []string{"- role admin in acme from service account deploy"}},
		"permissions":        {"payments: [worker, write]", "payments: [worker]", nil, []string{"+ permissions worker in payments.acme for service account worker", "- permissions write,worker in payments.acme from service account worker"}},
		"none there":         {"payments: [worker, write]", "payments: []", nil, []string{"- permissions write,worker in payments.acme from service account worker"}},
		"elsewhere":          {", lab: [worker]", "", nil, nil},
		"elsewhere, pruned":  {", lab: [worker]", "", []string{"--prune"}, []string{"- permissions worker in lab.acme from service account worker"}},
		"an account":         {"- name: worker", "- name: other\n      - name: worker", nil, []string{"+ service account other of acme"}},
		"no account":         {"      - {name: deploy, role: admin, disabled: true}\n", "", []string{"--prune"}, []string{"- service account deploy of acme, with its keys"}},
		"a group":            {"- name: on call", "- {name: more, role: auditor}\n      - name: on call", nil, []string{"+ group more of acme", "+ role auditor in acme for group more"}},
		"no group":           {"      - {name: developers, issuer: https://id.example, claim: cn=dev, role: developer}\n", "", []string{"--prune"}, []string{"- group developers of acme"}},
		"a member":           {`      - {issuer: https://id.example, subject: "8"`, "      - {issuer: https://id.example, subject: nine, role: member, groups: [on call]}\n" + `      - {issuer: https://id.example, subject: "8"`, nil, []string{"+ member https://id.example#nine of acme", "+ role member in acme for member https://id.example#nine", "+ member https://id.example#nine in group on call of acme"}},
		"no member":          {`      - {issuer: https://id.example, subject: "8", name: Grace, permissions: {lab: [read]}}`, "", []string{"--prune"}, []string{"- member https://id.example#8 of acme, with their keys"}},
		"out of a group":     {"groups: [on call]", "groups: []", []string{"--prune"}, []string{"- member https://id.example#7 in group on call of acme"}},
		"no list of members": {base[strings.Index(base, "    members:"):], "", []string{"--prune"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t)
			w.applies(base)
			if strings.Count(base, c.from) != 1 {
				t.Fatalf("the file has %q %d times", c.from, strings.Count(base, c.from))
			}
			changed := strings.Replace(base, c.from, c.to, 1)
			if got := w.plan(changed, c.flags...); !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			w.applies(changed, c.flags...)
		})
	}
}

func TestFilesThatCannotBe(t *testing.T) {
	w := newTown(t)
	w.applies(base)
	for name, c := range map[string]struct{ from, to, word string }{
		"unknown field":  {"title:", "titel:", "titel"},
		"secret":         {"- name: worker", "- name: worker\n        key: tnt_x", "key"},
		"role":           {"role: admin", "role: king", "king"},
		"audit level":    {"{name: spare}", "{name: spare, audit: much}", "much"},
		"permission":     {"[worker, write]", "[fly]", "fly"},
		"retention":      {"30d", "soon", "soon"},
		"twice":          {"{name: lab, suspended: true}", "{name: payments}", "twice"},
		"no name":        {"- name: worker", "- name:", "no name"},
		"no subject":     {`subject: "7", `, "", "subject"},
		"half mapped":    {", claim: cn=dev", "", "claim"},
		"mapped anew":    {"cn=dev", "cn=ops", "cannot change"},
		"filled by hand": {"groups: [on call]", "groups: [developers]", "identity provider"},
		"nowhere":        {"payments: [worker, write]", "cellar: [worker]", "cellar"},
		"two files":      {"tenants:\n", "tenants: []\n---\ntenants:\n", "more than one"},
		"no YAML":        {"tenants:", "tenants: [", "line"},
	} {
		_, _, err := w.run("apply", "-f", file(t, strings.Replace(base, c.from, c.to, 1)), "--yes")
		if err == nil || !strings.Contains(err.Error(), c.word) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.fails("apply -f /no/such/file", 1, "/no/such/file")
}

// Nothing is done that nobody has confirmed, and a plan that breaks off is finished by the next.
func TestApplyAsksAndGoesOn(t *testing.T) {
	w := newTown(t)
	path := file(t, base)
	w.says = "y\n"
	w.fails("apply -f "+path, 1, "nothing was done")
	w.says = base
	w.fails("apply -f -", 1, "--yes")
	w.fails("tenant describe acme", administer.ExitNotFound)
	w.says = "yes\n"
	w.do("apply", "-f", path)

	// An admin may do all of this but make an owner.
	secret := strings.TrimSpace(w.do("key", "create", "-t", "acme", "--holder", "account:deploy", "--name", "k"))
	w.do("account", "enable", "deploy", "-t", "acme")
	t.Setenv("TENUTO_API_KEY", secret)
	t.Setenv("TENUTO_TLS", "off")
	changed := strings.NewReplacer("disabled: true", "disabled: false", "name: Grace, ", "name: Grace, role: owner, ", "{name: lab", "{name: lab2}\n      - {name: lab").Replace(base)
	out, _, err := w.run("apply", "-f", file(t, changed), "--yes")
	f, ok := err.(*administer.Failure)
	if !ok || f.ExitCode() != administer.ExitDenied || !strings.Contains(err.Error(), "role owner in acme for member https://id.example#8") || !strings.Contains(out, "1 of 2 changes made") {
		t.Errorf("an admin: %v\n%s", err, out)
	}
	t.Setenv("TENUTO_API_KEY", "")
	if rest := w.plan(changed); len(rest) != 1 {
		t.Errorf("left to do:\n%s", strings.Join(rest, "\n"))
	}
	w.applies(changed)
}

// Pruning does not take away the way back in.
func TestPruningLeavesTheWayIn(t *testing.T) {
	w := newTown(t)
	w.do("account", "create", "break-glass")
	w.do("account", "create", "other")
	got := w.plan("tenants: [{name: default, accounts: []}]", "--prune")
	if !slices.Equal(got, []string{"- service account other of default, with its keys"}) {
		t.Errorf("got %q", got)
	}
}

// TestQuotasOfAFile: the bounds of a file hold once it is applied; those that it does not say stay.
func TestQuotasOfAFile(t *testing.T) {
	w := newTown(t)
	w.applies("tenants: [{name: acme, namespaces: [{name: bank, quota: {requests: 200, starts: 50}}]}]")
	w.applies("tenants: [{name: acme, namespaces: [{name: bank, quota: {requests: 300, retained_bytes: -1}}]}]")
	out := strings.Fields(strings.Split(w.do("quota", "describe", "bank.acme"), "\n")[1])
	if want := []string{"300", "50", "default", "default", "none"}; !slices.Equal(out, want) {
		t.Errorf("the bounds are %q, want %q", out, want)
	}
}
