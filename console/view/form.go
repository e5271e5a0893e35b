package view

import "net/url"

// Filled is a form that was filled in and refused: shown again with what was typed. The zero Filled is of no form.
type Filled struct {
	Form   string // which of those of its page
	Values url.Values
	Why    string // one sentence
}

// of is the form as it was filled in if it is that one; else an empty one.
func (f Filled) of(form string) Filled {
	if f.Form != form {
		return Filled{Form: form}
	}
	return f
}

// value is what was typed into a field; otherwise where the form was not sent.
func (f Filled) value(name, otherwise string) string {
	if f.Values == nil {
		return otherwise
	}
	return f.Values.Get(name)
}

// has tells whether a choice was made among several; otherwise where the form was not sent.
func (f Filled) has(name, value string, otherwise bool) bool {
	if f.Values == nil {
		return otherwise
	}
	for _, v := range f.Values[name] {
		if v == value {
			return true
		}
	}
	return false
}

// id is the id of a field, of one form among several on a page.
func (f Filled) id(name string) string { return f.Form + "-" + name }

// Choice is a value to choose, and the words for it.
type Choice struct{ Value, Title string }

// choices are values whose words are themselves.
func choices(values ...string) []Choice {
	all := make([]Choice, len(values))
	for i, v := range values {
		all[i] = Choice{v, v}
	}
	return all
}

// Hidden is what a form says of itself.
type Hidden struct{ Name, Value string }

// Field is a field of a form.
type Field struct {
	Name, Title string
	Value       string // as long as the form was not sent
	Hint        string // unit, limits, default
	Type        string // of the input; "": text
	Disabled    string // why it cannot be changed; "": it can
}

func (f Field) kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// beside is what stands beside the field.
func (f Field) beside() string {
	if f.Disabled != "" {
		return f.Disabled
	}
	return f.Hint
}

// describedBy is the id of what explains the field; "": nothing does.
func (f Field) describedBy(of Filled) string {
	switch {
	case of.Why != "":
		return of.id("why")
	case f.beside() != "":
		return of.id(f.Name + "-hint")
	}
	return ""
}
