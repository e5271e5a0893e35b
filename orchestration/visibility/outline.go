package visibility

import "unicode/utf8"

// Comparison is a condition that compares one attribute with one value.
type Comparison struct {
	Attribute string
	Operator  string // a symbol, or STARTS_WITH
	Value     string // of a text what is between its quotes, else as it is written
}

// Outline takes a filter apart that is nothing but comparisons joined by AND, which is what a form can show. ok is false for every other filter. Whether the
// attributes exist and the values are any, Compile tells.
func Outline(query string) (all []Comparison, ok bool) {
	if len(query) > maxLength || !utf8.ValidString(query) {
		return nil, false
	}
	l := lexer{rest: query, at: 1}
	t, err := l.next()
	for err == nil && t.shape != end {
		var c Comparison
		if c, ok = l.comparison(t); !ok {
			return nil, false
		}
		all = append(all, c)
		if t, err = l.next(); err != nil || t.shape == end {
			break
		}
		if !t.is("AND") {
			return nil, false
		}
		if t, err = l.next(); err == nil && t.shape == end {
			return nil, false
		}
	}
	return all, err == nil
}

// comparison reads the rest of a comparison that begins with the token.
func (l *lexer) comparison(t token) (c Comparison, ok bool) {
	if t.shape != word && t.shape != name {
		return c, false
	}
	by, err := l.next()
	if err != nil {
		return c, false
	}
	value, err := l.next()
	if err != nil || value.shape != text && value.shape != number && value.shape != word {
		return c, false
	}
	c = Comparison{Attribute: t.text, Operator: by.text, Value: value.text}
	if by.is("STARTS_WITH") {
		c.Operator = "STARTS_WITH"
		return c, true
	}
	_, symbolic := operators[by.text]
	return c, by.shape == symbol && symbolic
}
