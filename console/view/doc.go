// Package view renders the console's pages: templ components over plain models. It reads no state and asks nobody.
//
// Text from users (ids, types, messages, payloads) is hostile until shown: templ escapes it, <bdi> keeps its direction to itself, and Visible
// spells out control characters. Files named *_templ.go are generated from the *.templ beside them by `make generate`.
package view
