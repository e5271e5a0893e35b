package history

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestImports holds the room's import rules: the state machine is pure, so that a test or a replay of it needs nothing but arguments.
func TestImports(t *testing.T) {
	allowed := map[string]string{
		"cmp": "", "container/heap": "", "fmt": "", "hash/fnv": "", "maps": "", "math": "", "slices": "", "strconv": "", "strings": "",
		"time":                                             "durations and moments, never the clock",
		"github.com/robfig/cron/v3":                        "the meaning of a cron schedule",
		"github.com/fxamacker/cbor/v2":                     "the form of stored state",
		"google.golang.org/protobuf/":                      "events are messages of the protocol",
		"go.temporal.io/api/":                              "the domain's messages",
		"github.com/tenuto-io/tenuto/orchestration":        "the engine's vocabulary; no room beside or above this one",
		"github.com/tenuto-io/tenuto/orchestration/search": "types and values of search attributes, as pure as this room",
	}
	refused := map[string]string{
		"go.temporal.io/api/workflowservice/": "requests and responses stop at the edge",
		"go.temporal.io/api/serviceerror":     "the edge maps errors",
		"go.temporal.io/api/operatorservice/": "requests and responses stop at the edge",
	}
	eachFile(t, func(file string, f *ast.File) {
		for _, imp := range f.Imports {
			path, _ := strconv.Unquote(imp.Path.Value)
			if reason := matching(refused, path); reason != nil {
				t.Errorf("%s imports %s: %s", file, path, *reason)
			}
			if matching(allowed, path) == nil {
				t.Errorf("%s imports %s: not a package that a pure state machine needs", file, path)
			}
		}
	})
}

// matching finds the rule for a path: an equal one, or a prefix that ends with a slash.
func matching(rules map[string]string, path string) *string {
	for rule, reason := range rules {
		if path == rule || strings.HasSuffix(rule, "/") && strings.HasPrefix(path, rule) {
			return &reason
		}
	}
	return nil
}

// TestPure: no goroutine, no channel, no clock.
func TestPure(t *testing.T) {
	clock := map[string]bool{"Now": true, "Since": true, "Until": true, "After": true, "AfterFunc": true, "Tick": true, "NewTimer": true, "NewTicker": true, "Sleep": true}
	eachFile(t, func(file string, f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt, *ast.ChanType, *ast.SelectStmt, *ast.SendStmt:
				t.Errorf("%s: %T", file, n)
			case *ast.SelectorExpr:
				if pkg, ok := n.X.(*ast.Ident); ok && pkg.Name == "time" && clock[n.Sel.Name] {
					t.Errorf("%s: time.%s", file, n.Sel.Name)
				}
			}
			return true
		})
	})
}

func eachFile(t *testing.T, visit func(file string, f *ast.File)) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		visit(file, f)
	}
}
