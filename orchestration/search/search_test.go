package search_test

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
)

func json(data string) *commonpb.Payload {
	return &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(data)}
}

var defined = search.Attributes{
	"K": search.Keyword, "L": search.KeywordList, "X": search.Text, "I": search.Int, "D": search.Double, "B": search.Bool, "T": search.Datetime,
}

func TestCheck(t *testing.T) {
	long := strings.Repeat("x", orchestration.MaxSearchAttributeValue)
	for _, c := range []struct {
		name, data, says string // says "": it is good
	}{
		{"K", `"a"`, ""}, {"K", `["a"]`, ""}, {"K", `null`, ""}, {"K", `[]`, ""}, {"K", ` `, ""}, {"K", `1`, "K is no Keyword"}, {"K", `["a","b"]`, "K is no Keyword"},
		{"K", `"` + long + `"`, "K size exceeds limit"}, {"K", `[null]`, "null stands"},
		{"L", `["a","b"]`, ""}, {"L", `"a"`, ""}, {"L", `[1]`, "L is no KeywordList"}, {"L", `{}`, "L is no KeywordList"},
		{"X", `"two words"`, ""}, {"X", `true`, "X is no Text"},
		{"I", `-5`, ""}, {"I", `[7]`, ""}, {"I", `1.5`, "I is no Int"}, {"I", `"5"`, "I is no Int"}, {"I", `9223372036854775808`, "I is no Int"},
		{"D", `1.5`, ""}, {"D", `-2`, ""}, {"D", `1e999`, "D is no Double"}, {"D", `NaN`, "D is no Double"},
		{"B", `true`, ""}, {"B", `"true"`, "B is no Bool"},
		{"T", `"2024-02-29T12:00:00.123456789+01:00"`, ""}, {"T", `"2024-02-30T12:00:00Z"`, "T is no Datetime"}, {"T", `5`, "T is no Datetime"}, {"T", `"0000-01-01T00:00:00Z"`, "year"},
		{"TemporalChangeVersion", `["change-1"]`, ""}, {"TemporalScheduledById", `"a"`, ""}, {"BuildIds", `7`, "BuildIds is no KeywordList"},
		{"Missing", `"a"`, "Missing is not defined"}, {"WorkflowId", `"a"`, "WorkflowId is an attribute of the system"}, {"ExecutionStatus", `null`, "of the system"},
	} {
		err := defined.Check(map[string]*commonpb.Payload{c.name: json(c.data)})
		if c.says == "" && err != nil || c.says != "" && (orchestration.CodeOf(err) != orchestration.InvalidArgument || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s = %.40s: got %v, want %q", c.name, c.data, err, c.says)
		}
	}
	binary := &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("binary/plain")}, Data: []byte("a")}
	if err := defined.Check(map[string]*commonpb.Payload{"K": binary, "Z": json("1")}); err == nil || !strings.Contains(err.Error(), "K is no Keyword: its encoding") {
		t.Errorf("the first in the order of names: %v", err)
	}
}

// The type is written where SDKs look for it, and neither the caller's message nor what is unknown changes.
func TestTyped(t *testing.T) {
	in := &commonpb.SearchAttributes{IndexedFields: map[string]*commonpb.Payload{"K": json(`"a"`), "Missing": json("1"), "I": {Metadata: map[string][]byte{"encoding": []byte("json/plain"), "type": []byte("Keyword")}, Data: []byte("1")}}}
	out := defined.Typed(in)
	for name, want := range map[string]string{"K": "Keyword", "I": "Int", "Missing": ""} {
		if got := string(out.IndexedFields[name].Metadata["type"]); got != want {
			t.Errorf("%s: type %q, want %q", name, got, want)
		}
	}
	if _, changed := in.IndexedFields["K"].Metadata["type"]; changed || defined.Typed(out) != out || defined.Typed(nil) != nil {
		t.Error("the caller's message has changed, or one that is typed already was copied")
	}
}

func terms(t *testing.T, fields map[string]string) (out []string) {
	t.Helper()
	a := &commonpb.SearchAttributes{IndexedFields: map[string]*commonpb.Payload{}}
	for name, data := range fields {
		a.IndexedFields[name] = json(data)
	}
	for _, term := range search.Terms(defined.Typed(a)) {
		out = append(out, fmt.Sprintf("%q", term))
	}
	return out
}

// The bytes of terms are stored.
func TestTermsAreStorage(t *testing.T) {
	got := terms(t, map[string]string{
		"K": `"red"`, "L": `["b","a","b"]`, "X": `"Red, RED & ÉTÉ-24!"`, "I": "-1", "D": "1.5", "B": "true", "T": `"1970-01-01T00:00:00.000001999Z"`, "Missing": "1",
	})
	want := []string{
		`"B\x00\x05\x01"`, `"D\x00\x04\xbf\xf8\x00\x00\x00\x00\x00\x00"`, `"I\x00\x03\x7f\xff\xff\xff\xff\xff\xff\xff"`, `"K\x00\x02red"`, `"L\x00\aa"`, `"L\x00\ab"`,
		`"T\x00\x06\x80\x00\x00\x00\x00\x00\x00\x01"`, `"X\x00\x01"`, `"X\x00\x0124"`, `"X\x00\x01red"`, `"X\x00\x01été"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %s\nwant %s", got, want)
	}
	for _, none := range []string{"null", "[]", "not JSON"} {
		if got := search.Terms(defined.Typed(&commonpb.SearchAttributes{IndexedFields: map[string]*commonpb.Payload{"L": json(none)}})); got == nil || len(got) > 0 {
			t.Errorf("%s: %q, want none, which is not nil", none, got)
		}
	}
}

// Terms of one attribute compare as its values do.
func TestTermsAreOrdered(t *testing.T) {
	doubles := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, math.SmallestNonzeroFloat64, -math.MaxFloat64, math.MaxFloat64, 1, -1}))
	rapid.Check(t, func(t *rapid.T) {
		a, b := search.Value{}, search.Value{}
		for _, v := range []*search.Value{&a, &b} {
			v.Number, v.Text, v.Bool = rapid.Int64().Draw(t, "int"), rapid.String().Draw(t, "text"), rapid.Bool().Draw(t, "bool")
			v.Time = time.UnixMicro(rapid.Int64Range(-1e15, 1e15).Draw(t, "time"))
			if v.Double = doubles.Draw(t, "double"); v.Double == 0 {
				v.Double = 0
			}
		}
		truth := func(b bool) int {
			if b {
				return 1
			}
			return 0
		}
		compare := func(l, r float64) int { return truth(l > r) - truth(l < r) }
		for typed, want := range map[search.Type]int{
			search.Int:      truth(a.Number > b.Number) - truth(a.Number < b.Number),
			search.Keyword:  strings.Compare(a.Text, b.Text),
			search.Bool:     truth(a.Bool) - truth(b.Bool),
			search.Datetime: a.Time.Compare(b.Time),
			search.Double:   compare(a.Double, b.Double),
		} {
			p := search.Prefix("name", typed)
			l, r := p.With(typed, a), p.With(typed, b)
			if got := bytes.Compare(l, r); got != want {
				t.Fatalf("%v: %x and %x compare %d, want %d", typed, l, r, got, want)
			}
			if bytes.Compare(l, p) < 0 || bytes.Compare(l, p.After()) >= 0 || bytes.Compare(l, l.Next()) >= 0 {
				t.Fatalf("%x is not between %x and %x", l, p, p.After())
			}
		}
	})
}

func TestWords(t *testing.T) {
	for text, want := range map[string][]string{
		"":                       {},
		"?!":                     {},
		"Hello, wörld2 foo_bar":  {"hello", "wörld2", "foo", "bar"},
		strings.Repeat("é", 200): {strings.Repeat("é", 127)},
	} {
		if got := search.Words(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestBuiltIn(t *testing.T) {
	all := search.BuiltIn()
	if all["TemporalChangeVersion"] != search.KeywordList || all["StartTime"] != search.Datetime || all["TemporalNamespaceDivision"] != search.Keyword {
		t.Errorf("%v", all)
	}
	all["K"] = search.Keyword
	if search.IsBuiltIn("K") || !search.IsBuiltIn("RunId") {
		t.Error("the caller's copy is the original")
	}
}
