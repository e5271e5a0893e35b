package view

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible spells out what would not be seen or would deceive: control characters, line and paragraph separators, and the marks that turn
// the direction of text. Everything else, emoji and joiners included, stays as it is.
func Visible(s string) string {
	if strings.IndexFunc(s, deceptive) < 0 && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02X`, s[i])
		case deceptive(r):
			fmt.Fprintf(&b, `\u{%04X}`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func deceptive(r rune) bool {
	return r < utf8.RuneSelf && unicode.IsControl(r) || r > utf8.RuneSelf && (unicode.IsControl(r) || unicode.Is(directionMarks, r))
}

// directionMarks: ALM, LRM and RLM, line and paragraph separators, embeddings and overrides, isolates.
var directionMarks = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x061C, Hi: 0x061C, Stride: 1},
	{Lo: 0x200E, Hi: 0x200F, Stride: 1},
	{Lo: 0x2028, Hi: 0x202E, Stride: 1},
	{Lo: 0x2066, Hi: 0x2069, Stride: 1},
}}
