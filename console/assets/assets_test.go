package assets

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"
)

// Every file is served, once, and the variables that other sheets use come first.
func TestEveryFileIsServedOnce(t *testing.T) {
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := files.ReadFile(path)
		n := 0
		for _, a := range served {
			n += bytes.Count(a.content, content)
		}
		if n != 1 {
			t.Errorf("%s is served %d times", path, n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if sheet, _, ok := Open(Name("console.css")); !ok || !strings.Contains(string(sheet[:300]), ":root") {
		t.Error("the sheet does not begin with the variables")
	}
}

func TestOnlyThisVersionIsServed(t *testing.T) {
	for _, name := range []string{"console.css", "", Version + "-", Version + "-css/base.css", "000000000000-console.css"} {
		if _, _, ok := Open(name); ok {
			t.Errorf("%q is served", name)
		}
	}
}
