package sdk_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// rules are prefixes of import paths that the SDK must not use, each with its reason. The SDK is compiled into the
// programs of others, so what it links they link.
var rules = []struct {
	prefix, reason string
	// in tests the official SDK and other helpers are welcome.
	alsoInTests bool
}{
	{"go.temporal.io/sdk", "this is a runtime of its own: it neither wraps nor imports the official one", false},
	{"go.temporal.io/server", "the protocol is all that clients and servers share", true},
	{"github.com/tenuto-io/tenuto/platform", "a worker must not link a server", true},
	{"github.com/tenuto-io/tenuto/tenants", "tenants are the server's business", true},
	{"github.com/tenuto-io/tenuto/orchestration", "the wire is the contract, not the engine's types", true},
	{"github.com/tenuto-io/tenuto/console", "a worker has no pages", true},
	{"github.com/tenuto-io/tenuto/telemetry", "the server's instruments are not those of a worker", true},
	{"github.com/tenuto-io/tenuto/cmd", "a command is the top of the import graph", true},
	{"github.com/labstack/echo", "a worker serves no web pages", true},
	{"github.com/jackc/pgx", "a worker must not link a database", true},
	{"github.com/redis", "a worker must not link a queue", true},
	{"modernc.org/sqlite", "a worker must not link a database", true},
	{"github.com/google/cel-go", "filters are evaluated by the server", true},
}

// mayUseADatabase is application code that keeps books of its own.
const mayUseADatabase = "examples"

func TestImports(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		files++
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			checkImport(t, path, imported)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 20 {
		t.Fatalf("only %d files were looked at", files)
	}
}

func checkImport(t *testing.T, path, imported string) {
	isTest := strings.HasSuffix(path, "_test.go")
	example := strings.HasPrefix(path, mayUseADatabase)
	for _, rule := range rules {
		if imported != rule.prefix && !strings.HasPrefix(imported, rule.prefix+"/") {
			continue
		}
		if isTest && !rule.alsoInTests || example && rule.prefix == "modernc.org/sqlite" {
			continue
		}
		t.Errorf("%s imports %s: %s", path, imported, rule.reason)
	}
}
