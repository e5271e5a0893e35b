package search

import (
	"bytes"
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"unicode"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
)

// Term stands for one attribute with one value.
type Term []byte

// typeKey is the metadata of a payload that names the type of its attribute.
const typeKey = "type"

// TermsOf are the terms of one attribute's value, in no order.
func TermsOf(name string, t Type, v Value) []Term {
	p := Prefix(name, t)
	switch t {
	case KeywordList:
		return each(p, v.List)
	case Text:
		return append(each(p, Words(v.Text)), p)
	}
	return []Term{p.With(t, v)}
}

// Prefix begins all terms of an attribute.
func Prefix(name string, t Type) Term {
	return append(append(Term(name), 0), byte(t))
}

// With is the term of the attribute that the prefix is of, with one value. The value of a KeywordList or Text is one element or word, Value.Text.
func (p Term) With(t Type, v Value) Term {
	p = slices.Clip(p)
	switch t {
	case Int:
		return binary.BigEndian.AppendUint64(p, uint64(v.Number)^1<<63)
	case Datetime:
		return binary.BigEndian.AppendUint64(p, uint64(v.Time.UnixMicro())^1<<63)
	case Double:
		return binary.BigEndian.AppendUint64(p, ordered(v.Double))
	case Bool:
		if v.Bool {
			return append(p, 1)
		}
		return append(p, 0)
	}
	return append(p, v.Text...)
}

// After is the least term that is greater than every term with the prefix. A prefix has a byte below 255: its type.
func (p Term) After() Term {
	for i := len(p) - 1; i >= 0; i-- {
		if p[i] < 255 {
			end := bytes.Clone(p[:i+1])
			end[i]++
			return end
		}
	}
	return nil
}

// Next is the least term that is greater than p.
func (p Term) Next() Term { return append(slices.Clip(p), 0) }

func each(p Term, texts []string) []Term {
	terms := make([]Term, 0, len(texts)+1)
	for _, s := range texts {
		terms = append(terms, p.With(Keyword, Value{Text: s}))
	}
	return terms
}

// maxWord is where a word is cut, in bytes: nobody looks for more of one, and a term has to fit an entry of an index.
const maxWord = 255

// Words are the words of a text by which it is found: runs of letters, marks and digits, in lower case.
func Words(text string) []string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	for i, w := range words {
		if len(w) > maxWord {
			words[i] = strings.ToValidUTF8(w[:maxWord], "")
		}
	}
	return words
}

// Terms are the terms of all attributes of a run, sorted, each once, never nil. Payloads name their types, as Typed leaves them; one that does not, or has
// no value of it, has no term.
func Terms(a *commonpb.SearchAttributes) []Term {
	terms := []Term{}
	for _, name := range slices.Sorted(maps.Keys(a.GetIndexedFields())) {
		p := a.IndexedFields[name]
		t, err := enumspb.IndexedValueTypeFromString(string(p.GetMetadata()[typeKey]))
		if err != nil {
			continue
		}
		if v, set, err := Decode(p, t); err == nil && set {
			terms = append(terms, TermsOf(name, t, v)...)
		}
	}
	slices.SortFunc(terms, func(a, b Term) int { return bytes.Compare(a, b) })
	return slices.CompactFunc(terms, func(a, b Term) bool { return bytes.Equal(a, b) })
}
