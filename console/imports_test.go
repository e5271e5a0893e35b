package console

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/platform/importrules"
)

func TestImports(t *testing.T) {
	importrules.Deny(t, ".", map[string]string{
		"modernc.org/sqlite": "pages read through the engine and the directory, never from the database",
		"database/sql":       "pages read through the engine and the directory, never from the database",
		"github.com/tenuto-io/tenuto/tenants/admin": "pages ask through an interface",
		"go.temporal.io/sdk/...":                    "the console is not a client of its own server",
		"go.temporal.io/server/...":                 "the code is ours",
		"github.com/tenuto-io/tenuto/sdk/...":       "the console is not a client of its own server",
		"github.com/tenuto-io/tenuto/platform/...":  "edge and console are siblings, and neither knows the process",
	})
	importrules.Deny(t, "./view", map[string]string{
		"github.com/labstack/echo/v4":                   "a view renders what it is given, whoever asks for it",
		"github.com/tenuto-io/tenuto/orchestration/...": "a view asks nobody; what it shows comes as the protocol's own data",
	})
}

// Messages of tenuto.admin.v1 come in one package with their stubs, which link gRPC. Nothing here calls by it.
func TestNothingCallsByGRPC(t *testing.T) {
	for _, pattern := range []string{"*.go", "view/*.go"} {
		files, err := filepath.Glob(pattern)
		must(t, err)
		for _, name := range files {
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
			must(t, err)
			for _, i := range f.Imports {
				if strings.HasPrefix(i.Path.Value, `"google.golang.org/grpc`) {
					t.Errorf("%s imports %s: the console is not a client of its own server", name, i.Path.Value)
				}
			}
		}
	}
}
