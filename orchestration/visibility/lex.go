package visibility

import (
	"strings"
	"unicode/utf8"
)

// shape is what a token looks like.
type shape int

const (
	end    shape = iota // of the text
	word                // a name, or a word of the language
	name                // a name in back quotes, never a word of the language
	text                // in quotes
	number              // with its sign
	symbol              // an operator, a comma or a parenthesis
)

// token is a piece of a filter.
type token struct {
	shape  shape
	text   string // of a quoted one what is between the quotes, escapes resolved
	source string // as the user wrote it
	at     int    // position in runes, from 1
}

// is tells whether the token is that word of the language, in any case, or that symbol.
func (t token) is(s string) bool {
	return t.shape == word && strings.EqualFold(t.text, s) || t.shape == symbol && t.text == s
}

// lexer reads tokens from a filter of valid UTF-8.
type lexer struct {
	rest string
	at   int // of rest, in runes, from 1
}

// symbols are tried in order: longer ones stand first.
var symbols = []string{"<=", ">=", "<>", "!=", "=", "<", ">", "(", ")", ","}

// next reads one token. Errors: InvalidArgument for a text without its end, and for a character that begins nothing.
func (l *lexer) next() (token, error) {
	l.take(len(l.rest) - len(strings.TrimLeft(l.rest, " \t\r\n\v\f")))
	if l.rest == "" {
		return token{shape: end, source: "the end", at: l.at}, nil
	}
	switch c := l.rest[0]; {
	case c == '\'' || c == '"':
		return l.quoted(text, c)
	case c == '`':
		return l.quoted(name, c)
	case letter(c):
		return l.run(word, func(c byte) bool { return letter(c) || digit(c) || c == '.' || c == '-' }), nil
	case digit(c) || (c == '-' || c == '+' || c == '.') && len(l.rest) > 1 && (digit(l.rest[1]) || l.rest[1] == '.'):
		return l.number(), nil
	}
	for _, s := range symbols {
		if strings.HasPrefix(l.rest, s) {
			t := token{shape: symbol, text: s, source: s, at: l.at}
			if s == "<>" {
				t.text = "!="
			}
			l.take(len(s))
			return t, nil
		}
	}
	_, size := utf8.DecodeRuneInString(l.rest)
	return token{}, invalidAt(token{source: l.rest[:size], at: l.at}, "it begins neither a name nor a value nor an operator")
}

// take moves past n bytes.
func (l *lexer) take(n int) string {
	taken := l.rest[:n]
	l.rest = l.rest[n:]
	l.at += utf8.RuneCountInString(taken)
	return taken
}

// run reads as many bytes as fit.
func (l *lexer) run(s shape, fits func(byte) bool) token {
	n := 1
	for n < len(l.rest) && fits(l.rest[n]) {
		n++
	}
	t := token{shape: s, at: l.at}
	t.text = l.take(n)
	t.source = t.text
	return t
}

// number reads what may be a number: values.go decides. A sign after an exponent belongs to it.
func (l *lexer) number() token {
	var last byte
	return l.run(number, func(c byte) bool {
		sign := (c == '-' || c == '+') && (last == 'e' || last == 'E')
		last = c
		return sign || digit(c) || letter(c) || c == '.'
	})
}

// escapes are what a backslash makes of the letters after it; any other character stays as it is.
var escapes = map[byte]string{'0': "\x00", 'b': "\b", 'n': "\n", 'r': "\r", 't': "\t", 'Z': "\x1a"}

// quoted reads a text up to its closing quote, which is written twice, or after a backslash, where it is part of the text.
func (l *lexer) quoted(s shape, quote byte) (token, error) {
	var b strings.Builder
	for i := 1; i < len(l.rest); i++ {
		switch c := l.rest[i]; {
		case c == '\\' && quote != '`' && i+1 < len(l.rest):
			i++
			if meant, ok := escapes[l.rest[i]]; ok {
				b.WriteString(meant)
			} else {
				b.WriteByte(l.rest[i])
			}
		case c != quote:
			b.WriteByte(c)
		case i+1 < len(l.rest) && l.rest[i+1] == quote:
			i++
			b.WriteByte(c)
		default:
			at := l.at
			return token{shape: s, text: b.String(), source: l.take(i + 1), at: at}, nil
		}
	}
	return token{}, invalidAt(token{source: l.rest, at: l.at}, "its closing quote is missing")
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }
