// Package assets holds the console's stylesheet, icon and script, embedded in the binary.
package assets

import (
	"crypto/sha256"
	_ "embed" // for the files
	"encoding/hex"
)

//go:embed console.css
var css []byte

//go:embed icon.svg
var icon []byte

//go:embed live.js
var live []byte

// Version changes with the content of any asset.
var Version = func() string {
	h := sha256.New()
	h.Write(css)
	h.Write(icon)
	h.Write(live)
	return hex.EncodeToString(h.Sum(nil))[:12]
}()

// Open finds an asset of this version by the name that Name gave it. ok is false for any other name.
func Open(name string) (content []byte, mediaType string, ok bool) {
	switch name {
	case Name("console.css"):
		return css, "text/css; charset=utf-8", true
	case Name("icon.svg"):
		return icon, "image/svg+xml", true
	case Name("live.js"):
		return live, "text/javascript; charset=utf-8", true
	}
	return nil, "", false
}

// Name is the name that a file is served under: its version and its name.
func Name(file string) string { return Version + "-" + file }
