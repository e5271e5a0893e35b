package workers

import (
	"strings"
	"unicode/utf8"
)

// token is a piece of a query.
type token struct {
	kind tokenKind
	text string // a word, a symbol, or what is in quotes
	at   int    // position of its first character, from 1
}

type tokenKind int

const (
	end    tokenKind = iota
	word             // a name or a keyword
	symbol           // = != > >= < <= ( ) ,
	quoted           // a value
)

// is tells whether the token is a symbol, or a keyword in any case.
func (t token) is(text string) bool {
	return t.kind == symbol && t.text == text || t.kind == word && strings.EqualFold(t.text, text)
}

// tokens cuts a query into pieces, the last of which is the end.
func tokens(query string) ([]token, error) {
	var out []token
	for i := 0; i < len(query); {
		rest, at := query[i:], utf8.RuneCountInString(query[:i])+1
		t := token{at: at}
		size := 0
		switch c := rest[0]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
			continue
		case c == '\'' || c == '"':
			if t.kind, t.text, size = quoted, "", quotedLength(rest); size == 0 {
				return nil, invalid("the quote at position %d is not closed", at)
			}
			t.text = strings.ReplaceAll(rest[1:size-1], rest[:1]+rest[:1], rest[:1])
		case strings.ContainsRune("=!<>(),", rune(c)):
			t.kind, t.text = symbol, symbolAt(rest)
			size = len(t.text)
		default:
			size = strings.IndexAny(rest+" ", " \t\r\n=!<>(),'\"")
			t.kind, t.text = word, rest[:size]
		}
		out, i = append(out, t), i+size
	}
	return append(out, token{at: utf8.RuneCountInString(query) + 1}), nil
}

// quotedLength is the length of the quoted text that s begins with, in which a doubled quote stands for one; 0: it is not closed.
func quotedLength(s string) int {
	for i := 1; i < len(s); i++ {
		if s[i] != s[0] {
			continue
		}
		if i+1 == len(s) || s[i+1] != s[0] {
			return i + 1
		}
		i++
	}
	return 0
}

func symbolAt(s string) string {
	for _, long := range []string{"!=", ">=", "<=", "<>"} {
		if strings.HasPrefix(s, long) {
			return long
		}
	}
	return s[:1]
}
