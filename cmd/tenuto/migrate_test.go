package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"
)

// run runs a command to its end and returns what it printed on standard output.
func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	out := newBuffer()
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(io.Discard)
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

func TestMigrateSaysWhatItDid(t *testing.T) {
	path := fileWith(t, emptyDatabase(t))
	first, err := run(t, "migrate", "--config", path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := run(t, "migrate", "--config", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, room := range []string{"engine", "tenants"} {
		if !strings.Contains(first, room+" tables: created at version ") || !strings.Contains(again, room+" tables: up to date\n") {
			t.Errorf("%s: first it printed\n%sand then\n%s", room, first, again)
		}
	}
	if !strings.Contains(first, "namespace default: founded\n") || !strings.Contains(again, "namespace default: is there\n") {
		t.Errorf("first it printed\n%sand then\n%s", first, again)
	}
}

func TestOutdated(t *testing.T) {
	for want, o := range map[string]outdated{"up to date": {"a", 0, 0}, "created at version 3": {"a", 0, 3}, "brought from version 2 to 3": {"a", 2, 3}} {
		if o.String() != want {
			t.Errorf("%+v: %q, want %q", o, o, want)
		}
	}
}

func TestManyMigrateAtOnce(t *testing.T) {
	url := emptyDatabase(t)
	var nodes errgroup.Group
	for range 8 {
		nodes.Go(func() error { return runMigrate(t.Context(), url, io.Discard) })
	}
	if err := nodes.Wait(); err != nil {
		t.Fatal(err)
	}
	beginServer(t, url)
}

func TestMigrateRefusals(t *testing.T) {
	t.Setenv("TENUTO_POSTGRES_URL", "")
	newer := migratedDatabase(t)
	execute(t, newer, `INSERT INTO schema_tenants (version_id, is_applied) VALUES (9999, true)`)
	empty := emptyDatabase(t)
	execute(t, empty, `CREATE ROLE powerless LOGIN`)
	defer execute(t, empty, `DROP ROLE powerless`)
	powerless := strings.Replace(empty, "user=tenuto", "user=powerless", 1)
	if powerless == empty {
		t.Fatal(empty)
	}
	for _, c := range []struct{ args, want []string }{
		{[]string{"--config", fileWith(t, powerless)}, []string{"permission denied"}},
		{nil, []string{"postgres.url is not set", "TENUTO_POSTGRES_URL"}},
		{[]string{"--config", fileWith(t, newer)}, []string{"tenants", "newer version"}},
		{[]string{"--config", fileWith(t, "postgres://tenuto:hunter2@127.0.0.1:1/tenuto")}, []string{"cannot be reached"}},
		{[]string{"down"}, []string{"down"}},
	} {
		sentence := refused(t, append([]string{"migrate"}, c.args...)...)
		for _, want := range c.want {
			if !strings.Contains(sentence, want) || strings.Contains(sentence, password) {
				t.Errorf("%v: %q, want %q and no password", c.args, sentence, want)
			}
		}
	}
}

// Migrating needs no more of the configuration than the database.
func TestMigrateNeedsNoAuth(t *testing.T) {
	t.Setenv("TENUTO_AUTH", "")
	t.Setenv("TENUTO_POSTGRES_URL", emptyDatabase(t))
	if _, err := run(t, "migrate"); err != nil {
		t.Error(err)
	}
}

func TestConfigCheck(t *testing.T) {
	url := "postgres://tenuto:" + password + "@db.example/tenuto"
	shown, err := run(t, "config", "check", "--config", fileWith(t, url))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(shown, password) || !strings.Contains(shown, "postgres://tenuto:xxxxx@db.example/tenuto") || !strings.Contains(shown, "(default)") {
		t.Errorf("it shows\n%s", shown)
	}
}

func TestConfigCheckListsEverythingThatIsWrong(t *testing.T) {
	root, errs := newRoot(), newBuffer()
	root.SetArgs([]string{"config", "check", "--config", fileWith(t, "db:5432", "grpc: nowhere", "console: 0.0.0.0:1")})
	root.SetOut(io.Discard)
	root.SetErr(errs)
	err := root.ExecuteContext(t.Context())
	if err == nil || !strings.Contains(err.Error(), "3 things are wrong") || strings.Count(errs.String(), "\n") != 3 {
		t.Errorf("%v\n%s", err, errs)
	}
	for _, want := range []string{"line 2: postgres.url", "line 4: grpc", "line 5: console"} {
		if !strings.Contains(errs.String(), want) {
			t.Errorf("%q is not in\n%s", want, errs)
		}
	}
	if sentence := refused(t, "config", "check", "--config", filepath.Join(t.TempDir(), "missing")); !strings.Contains(sentence, "missing") {
		t.Error(sentence)
	}
}

func TestConfigDocsIsTheReferencePage(t *testing.T) {
	printed, err := run(t, "config", "docs")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(repository, "docs", "configuration.md"))
	if err != nil {
		t.Fatal(err)
	}
	if printed != string(page) {
		t.Error("docs/configuration.md is not what it prints: run make generate")
	}
}
