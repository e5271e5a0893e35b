package edge

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// reasons are the packages of this repository that the edge may import, with why. Everything else is refused: a database or a console, because
// the edge only translates, and the insides of orchestration, because the engine is its only door.
var reasons = map[string]string{
	"github.com/tenuto-io/tenuto/orchestration":         "ids, tokens, limits and errors",
	"github.com/tenuto-io/tenuto/orchestration/batch":   "operations on many runs",
	"github.com/tenuto-io/tenuto/orchestration/engine":  "the values that verbs take and give",
	"github.com/tenuto-io/tenuto/orchestration/history": "the inputs of a run that those values carry",
	"github.com/tenuto-io/tenuto/orchestration/search":  "what is set and defined of search attributes",
	"github.com/tenuto-io/tenuto/platform/transcode":    "calls that come as HTTP",
	"github.com/tenuto-io/tenuto/proto/tenuto/admin/v1": "the contract of administration",
	"github.com/tenuto-io/tenuto/tenants":               "namespaces, principals and permissions",
	"github.com/tenuto-io/tenuto/tenants/audit":         "what is recorded of calls",
	"github.com/tenuto-io/tenuto/tenants/redact":        "payloads that a caller may not see",
	"github.com/tenuto-io/tenuto/tenants/quota":         "how calls count for quotas",
}

// outside are the modules that the edge may import, with why.
var outside = map[string]string{
	"go.temporal.io/api/":         "the protocol",
	"google.golang.org/grpc":      "its transport",
	"google.golang.org/protobuf/": "its encoding",
	"github.com/google/uuid":      "request ids for callers that give none",
}

func TestImports(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range f.Imports {
			if path := strings.Trim(spec.Path.Value, `"`); !allowed(path) {
				t.Errorf("%s imports %s", file, path)
			}
		}
	}
}

func allowed(path string) bool {
	if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") {
		return true // the standard library
	}
	if reasons[path] != "" {
		return true
	}
	for prefix := range outside {
		if path == prefix || strings.HasPrefix(path, strings.TrimSuffix(prefix, "/")+"/") {
			return true
		}
	}
	return false
}
