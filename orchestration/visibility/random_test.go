package visibility

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/search"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// custom are the attributes of the test's namespaces.
var custom = search.Attributes{
	"K": search.Keyword, "L": search.KeywordList, "X": search.Text, "I": search.Int, "D": search.Double, "B": search.Bool, "T": search.Datetime,
}

// Few values, near each other, so that random filters hit random rows.
var (
	texts   = []string{"", "a", "ab", "aB", "abc", "b", "a'b", `a"b`, "a\\b", "é", "e\u0301", "\U0001f3b5", "\U0010ffff", "a\U0010ffff", "\ud7ff", "%", "_", "a B"}
	epoch   = time.Date(2024, 2, 29, 23, 59, 59, 0, time.UTC)
	lengths = []int64{0, 1, 2, 10}
	doubles = []float64{0, -1.5, 1.5, 1e300, -1e-300, 2}
)

func someRun(ns orchestration.NamespaceID, i int) orchestration.RunID {
	id := orchestration.RunID(ns)
	id[15] = byte(i)
	return id
}

func someTime(t *rapid.T, label string) time.Time {
	return epoch.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, label)) * time.Microsecond)
}

func randomRow(t *rapid.T, ns orchestration.NamespaceID, i int) row {
	v := &store.Visibility{
		Namespace: ns, RunID: someRun(ns, i), WorkflowID: rapid.SampledFrom(texts).Draw(t, "workflow id"),
		Type: rapid.SampledFrom(texts).Draw(t, "type"), TaskQueue: rapid.SampledFrom(texts).Draw(t, "queue"),
		Status: rapid.Int32Range(1, 7).Draw(t, "status"), StartTime: someTime(t, "start"), ExecutionTime: someTime(t, "execution"),
		HistoryLength: rapid.SampledFrom(lengths).Draw(t, "length"), HistoryBytes: rapid.SampledFrom(lengths).Draw(t, "bytes"),
		RootID: rapid.SampledFrom(texts).Draw(t, "root"), Root: someRun(ns, rapid.IntRange(0, 3).Draw(t, "root run")),
	}
	if v.Status != int32(enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING) {
		v.CloseTime, v.Transitions = someTime(t, "close"), rapid.SampledFrom(lengths[1:]).Draw(t, "transitions")
	}
	if rapid.Bool().Draw(t, "child") {
		v.ParentID, v.Parent = rapid.SampledFrom(texts).Draw(t, "parent"), someRun(ns, rapid.IntRange(0, 3).Draw(t, "parent run"))
	}
	return row{v, randomAttributes(t)}
}

func randomAttributes(t *rapid.T) map[string]any {
	out := map[string]any{}
	for _, name := range custom.Names() {
		if rapid.IntRange(0, 3).Draw(t, name) == 0 {
			continue
		}
		if custom[name] == search.KeywordList {
			out[name] = rapid.SliceOfN(rapid.SampledFrom(texts), 1, 3).Draw(t, "list")
		} else {
			out[name], _ = randomValue(t, name, kinds[custom[name]], orchestration.NamespaceID{})
		}
	}
	return out
}

// message is the attributes as the engine stores them.
func message(attributes map[string]any) *commonpb.SearchAttributes {
	m := &commonpb.SearchAttributes{IndexedFields: map[string]*commonpb.Payload{}}
	for name, v := range attributes {
		data, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		m.IndexedFields[name] = &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: data}
	}
	return custom.Typed(m)
}

// write is the run's first commit.
func (v row) write() store.Write {
	m := message(v.attributes)
	w := store.RunWrite{RunID: v.RunID, Version: 1, State: []byte{1}, Visibility: v.Visibility}
	v.Search, _ = proto.Marshal(m)
	for _, t := range search.Terms(m) {
		w.Terms = append(w.Terms, t)
	}
	return store.Write{Workflow: orchestration.WorkflowKey{Namespace: v.Namespace, WorkflowID: v.WorkflowID}, Runs: []store.RunWrite{w}}
}

// randomFilter writes a filter as a user would, and says what it means.
func randomFilter(t *rapid.T, ns orchestration.NamespaceID, depth int) (string, meaning) {
	shape := 3
	if depth > 0 {
		shape = rapid.IntRange(0, 6).Draw(t, "shape")
	}
	if shape >= 3 {
		return randomCondition(t, ns)
	}
	l, left := randomFilter(t, ns, depth-1)
	if shape == 2 {
		return "NOT (" + l + ")", opposite(left)
	}
	r, right := randomFilter(t, ns, depth-1)
	if shape == 1 {
		return "(" + l + " OR " + r + ")", oneIs(left, right)
	}
	return "(" + l + " and " + r + ")", both(left, right)
}

// all attributes that filters can name.
func attributes() (all []attribute) {
	all = append(all, system...)
	for _, name := range custom.Names() {
		all = append(all, attribute{name: name, kind: kinds[custom[name]], typed: custom[name]})
	}
	return all
}

func randomCondition(t *rapid.T, ns orchestration.NamespaceID) (string, meaning) {
	a := rapid.SampledFrom(attributes()).Draw(t, "attribute")
	value := func() (any, string) { return randomValue(t, a.name, a.kind, ns) }
	forms := []string{"=", "!=", "is null", "is not null"}
	if a.kind != words {
		forms = append(forms, "in", "not in")
	}
	if a.kind.refuses(less) == "" {
		forms = append(forms, "<", "<=", ">", ">=", "between", "not between")
	}
	if a.kind == keyword {
		forms = append(forms, "starts_with", "not starts_with")
	}
	form := rapid.SampledFrom(forms).Draw(t, "operator")
	plain, not := strings.CutPrefix(form, "not ")
	text, m := a.name+" "+form, meaning(nil)
	switch plain {
	case "is null":
		return text, isUnset(a.name)
	case "is not null":
		return text, opposite(isUnset(a.name))
	case "between":
		low, l := value()
		high, h := value()
		text += " " + l + " and " + h
		m = both(compares(a.name, ">=", low), compares(a.name, "<=", high))
	case "in":
		v, l := value()
		m = compares(a.name, "=", v)
		for range rapid.IntRange(0, 3).Draw(t, "more") {
			v, literal := value()
			l, m = l+", "+literal, oneIs(m, compares(a.name, "=", v))
		}
		text += " (" + l + ")"
	default:
		v, l := value()
		text += " " + l
		m = compares(a.name, plain, v)
	}
	if not {
		m = opposite(m)
	}
	return text, m
}

// randomValue is a value and how a filter may write it.
func randomValue(t *rapid.T, name string, k kind, ns orchestration.NamespaceID) (any, string) {
	switch k {
	case keyword, list:
		s := rapid.SampledFrom(texts).Draw(t, "text")
		return s, quote(s)
	case words:
		s := rapid.SampledFrom([]string{"", "!", "red", "Red car", "blue CAR, blue", "été"}).Draw(t, "words")
		if ns.IsZero() {
			return s, quote(s)
		}
		return search.Words(s), quote(s)
	case runID:
		s := rapid.SampledFrom([]string{someRun(ns, 0).String(), someRun(ns, 1).String(), someRun(ns, 99).String(), "nonsense"}).Draw(t, "run")
		return s, quote(s)
	case status:
		s := enumspb.WorkflowExecutionStatus(rapid.Int32Range(1, 8).Draw(t, "status"))
		return int64(s), rapid.SampledFrom([]string{quote(s.String()), fmt.Sprint(int32(s))}).Draw(t, "form")
	case moment:
		at := someTime(t, "time").Add(time.Duration(rapid.IntRange(0, 999).Draw(t, "ns")))
		return micro(at), rapid.SampledFrom([]string{quote(at.Format(time.RFC3339Nano)), fmt.Sprint(at.UnixNano())}).Draw(t, "form")
	case duration:
		d := time.Duration(rapid.IntRange(-1, 7).Draw(t, "duration"))*time.Microsecond + time.Duration(rapid.IntRange(0, 1).Draw(t, "ns"))
		return d.Nanoseconds(), rapid.SampledFrom([]string{fmt.Sprint(d.Nanoseconds()), quote(d.String())}).Draw(t, "form")
	case double:
		f := rapid.SampledFrom(doubles).Draw(t, "double")
		return f, fmt.Sprint(f)
	case boolean:
		b := rapid.Bool().Draw(t, "bool")
		return b, rapid.SampledFrom([]string{fmt.Sprint(b), quote(fmt.Sprint(b))}).Draw(t, "form")
	}
	n := rapid.SampledFrom(lengths).Draw(t, "length")
	return n, fmt.Sprint(n)
}

func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}
