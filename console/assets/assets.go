// Package assets holds the console's style sheets, scripts and icon, embedded in the binary.
//
// The sheets of css/ are served as one, base.css first, then by name; the scripts of js/ as one, by name. A page area has a file of its own in each, and a page
// costs the same requests however many there are. vendor/ is not ours: its README says what it is.
package assets

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
)

//go:embed css/*.css js/*.js vendor/htmx.min.js icon.svg
var files embed.FS

type asset struct {
	content   []byte
	mediaType string
}

// served are the assets by the names that pages use.
var served = map[string]asset{
	"console.css": {joined("css/base.css", "css/*.css"), "text/css; charset=utf-8"},
	"console.js":  {joined("", "js/*.js"), "text/javascript; charset=utf-8"},
	"htmx.js":     {joined("vendor/htmx.min.js", ""), "text/javascript; charset=utf-8"},
	"icon.svg":    {joined("icon.svg", ""), "image/svg+xml"},
}

// joined is a file, and after it all that match a pattern, by name. What is not there shows in the first test: a served file is never empty.
func joined(first, pattern string) []byte {
	var b bytes.Buffer
	rest, _ := fs.Glob(files, pattern) // the pattern is a constant
	for _, name := range append([]string{first}, rest...) {
		if name == first && b.Len() > 0 || name == "" {
			continue
		}
		content, _ := files.ReadFile(name)
		b.Write(content)
	}
	return b.Bytes()
}

// Version changes with the content of any asset.
var Version = func() string {
	h := sha256.New()
	for _, name := range []string{"console.css", "console.js", "htmx.js", "icon.svg"} {
		h.Write(served[name].content)
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}()

// Open finds an asset of this version by the name that Name gave it. ok is false for any other name.
func Open(name string) (content []byte, mediaType string, ok bool) {
	for file, a := range served {
		if name == Name(file) {
			return a.content, a.mediaType, true
		}
	}
	return nil, "", false
}

// Name is the name that a file is served under: its version and its name.
func Name(file string) string { return Version + "-" + file }
