package importrules

import (
	"reflect"
	"strings"
	"testing"
)

var sample = graph{
	roots:   []string{"m/a", "m/b"},
	imports: map[string][]string{"m/a": {"fmt", "m/b"}, "m/b": {"m/c/deep", "fmt"}, "m/c/deep": {"m/b"}, "m/cat": nil, "fmt": nil},
}

func TestChain(t *testing.T) {
	for _, c := range []struct {
		root, denied string
		want         []string
	}{
		{"m/a", "m/c/...", []string{"m/a", "m/b", "m/c/deep"}}, // through others, and below the denied path
		{"m/a", "m/c", nil}, // only the path itself
		{"m/a", "m/b/...", []string{"m/a", "m/b"}},
		{"m/a", "fmt", []string{"m/a", "fmt"}}, // the shortest way
		{"m/a", "m/cat", nil},
		{"m/a", "m/a/...", nil}, // a package is no breach of itself
		{"m/a", "m/c/de/...", nil},
		{"m/b", "m/a", nil},
	} {
		if got := sample.chain(c.root, c.denied); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s -> %s: got %v, want %v", c.root, c.denied, got, c.want)
		}
	}
}

func TestBroken(t *testing.T) {
	got := sample.broken(map[string]string{"m/c/...": "c is for cats", "m/none": "never"})
	if len(got) != 2 || !strings.Contains(got[0], "m/a must not link m/c/...: c is for cats") || !strings.Contains(got[0], "imports m/c/deep") {
		t.Fatalf("got %q", got)
	}
}

func TestLoad(t *testing.T) {
	g, err := load(".")
	if err != nil {
		t.Fatal(err)
	}
	if len(g.roots) != 1 || g.chain(g.roots[0], "os/exec") == nil || g.chain(g.roots[0], "reflect") == nil {
		t.Fatalf("roots %v: the graph of this package lacks what it imports", g.roots)
	}
	if _, err := load("./none"); err == nil {
		t.Fatal("a pattern of nothing was loaded")
	}
	if _, err := decode(strings.NewReader("{")); err == nil {
		t.Fatal("half an object was decoded")
	}
}

func TestDeny(t *testing.T) {
	Deny(t, ".", map[string]string{
		"github.com/...": "rules are checked in every room's tests: they bring no dependency along",
	})
}
