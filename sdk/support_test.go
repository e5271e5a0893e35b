package sdk_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// testSupport are packages for tests: a program of ours or of a user must not link them.
var testSupport = []string{
	"github.com/tenuto-io/tenuto/sdk/internal/wiretest",
	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal",
	"testing",
	"google.golang.org/grpc/test/bufconn",
}

// TestProgramsLinkNoTestSupport asks the go command what the packages of the SDK link outside of tests.
func TestProgramsLinkNoTestSupport(t *testing.T) {
	command := exec.Command("go", "list", "-json=ImportPath,Deps", "./...")
	output, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := 0
	for decoder := json.NewDecoder(strings.NewReader(string(output))); decoder.More(); {
		var listed struct {
			ImportPath string
			Deps       []string
		}
		if err := decoder.Decode(&listed); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(listed.ImportPath, "/wiretest") || strings.HasSuffix(listed.ImportPath, "/rehearsal") {
			continue
		}
		packages++
		for _, dependency := range listed.Deps {
			for _, support := range testSupport {
				if dependency == support {
					t.Errorf("%s links %s", listed.ImportPath, support)
				}
			}
		}
	}
	if packages < 10 {
		t.Errorf("only %d packages were looked at", packages)
	}
}

// TestExportsAreExplained wants a comment on every exported function, method, type, constant and variable, and on every package.
func TestExportsAreExplained(t *testing.T) {
	explained := map[string]bool{} // by directory: has a package comment
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		if strings.Contains(path, "testdata") {
			return nil
		}
		files := token.NewFileSet()
		parsed, err := parser.ParseFile(files, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		explained[filepath.Dir(path)] = explained[filepath.Dir(path)] || parsed.Doc != nil
		for _, declaration := range parsed.Decls {
			for _, name := range unexplained(declaration) {
				t.Errorf("%s: %s has no comment", files.Position(declaration.Pos()), name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for directory, yes := range explained {
		if !yes {
			t.Errorf("package in %s has no comment", directory)
		}
	}
}

// unexplained returns the exported names of a declaration without a comment of their own or of their group.
func unexplained(declaration ast.Decl) (names []string) {
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
			names = append(names, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && s.Doc == nil && d.Doc == nil {
					names = append(names, s.Name.Name)
				}
			case *ast.ValueSpec:
				if s.Names[0].IsExported() && s.Doc == nil && s.Comment == nil && d.Doc == nil {
					names = append(names, s.Names[0].Name)
				}
			}
		}
	}
	return names
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	receiver := d.Recv.List[0].Type
	for {
		switch r := receiver.(type) {
		case *ast.StarExpr:
			receiver = r.X
		case *ast.IndexExpr:
			receiver = r.X
		case *ast.IndexListExpr:
			receiver = r.X
		case *ast.Ident:
			return r.IsExported()
		default:
			return true
		}
	}
}
