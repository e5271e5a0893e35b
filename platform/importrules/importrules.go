// Package importrules lets each room's tests hold what the room must not link, and say why. It is for tests only.
package importrules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// Deny fails the test if a package that matches the pattern (as `go list` reads it, from the test's directory) links, directly or through
// others, a denied package. rules maps import paths to the reason; a path that ends in /... stands for everything below it too, as in
// the go command. Test files do not count.
func Deny(t testing.TB, pattern string, rules map[string]string) {
	t.Helper()
	g, err := load(pattern)
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range g.broken(rules) {
		t.Error(broken)
	}
}

// graph is what some packages link: import path -> direct imports.
type graph struct {
	roots   []string
	imports map[string][]string
}

func load(pattern string) (graph, error) {
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports,DepOnly", pattern)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return graph{}, fmt.Errorf("go list %s: %w: %s", pattern, err, stderr.String())
	}
	return decode(bytes.NewReader(out))
}

func decode(r io.Reader) (graph, error) {
	g := graph{imports: map[string][]string{}}
	for d := json.NewDecoder(r); ; {
		var p struct {
			ImportPath string
			Imports    []string
			DepOnly    bool
		}
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return g, nil
		case err != nil:
			return graph{}, fmt.Errorf("go list: %w", err)
		}
		g.imports[p.ImportPath] = p.Imports
		if !p.DepOnly {
			g.roots = append(g.roots, p.ImportPath)
		}
	}
}

// broken says, per root and rule, by which chain of imports the rule is broken.
func (g graph) broken(rules map[string]string) []string {
	var out []string
	for _, root := range g.roots {
		for denied, reason := range rules {
			if chain := g.chain(root, denied); chain != nil {
				out = append(out, fmt.Sprintf("%s must not link %s: %s\n\t%s", root, denied, reason, strings.Join(chain, "\n\timports ")))
			}
		}
	}
	return out
}

// chain is a shortest way from a package to one that the denied pattern means; nil if there is none.
func (g graph) chain(root, denied string) []string {
	from := map[string]string{root: ""}
	for queue := []string{root}; len(queue) > 0; queue = queue[1:] {
		p := queue[0]
		if p != root && matches(p, denied) {
			var chain []string
			for ; p != ""; p = from[p] {
				chain = append([]string{p}, chain...)
			}
			return chain
		}
		for _, next := range g.imports[p] {
			if _, seen := from[next]; !seen {
				from[next] = p
				queue = append(queue, next)
			}
		}
	}
	return nil
}

func matches(path, pattern string) bool {
	base, below := strings.CutSuffix(pattern, "/...")
	return path == base || below && strings.HasPrefix(path, base+"/")
}
