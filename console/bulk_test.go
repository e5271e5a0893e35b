package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

const bulk = "/t/default/ns/default/bulk"

// The page tells whom the job would concern: the ticked rows, or what the filter counts now. Nothing ticked is not everything.
func TestBulkTellsWhomItConcerns(t *testing.T) {
	b := newBench(t).signIn()
	b.engine.groups = engine.RunCount{Groups: []engine.RunGroup{{Value: "Running", Count: 1200}, {Value: "Failed", Count: 34}}}
	answered(t, b.get(bulk+"?query="+url.QueryEscape(`WorkflowType = "A"`)), http.StatusOK, "All 1\u202f234 runs that match now, 1\u202f200 of them running", "WorkflowType = &#34;A&#34;")
	if got := b.engine.listed.Query; !strings.HasPrefix(got, `(WorkflowType = "A") AND StartTime <= "20`) || !strings.HasSuffix(got, ` GROUP BY ExecutionStatus`) {
		t.Errorf("counted %s", got)
	}
	answered(t, b.get(bulk+"?ticked=1&run="+someRun+":a%3A%3Cb%3E&run="+someRun+":c"), http.StatusOK, "2 runs that are ticked", "a:&lt;b&gt;")
	answered(t, b.get(bulk+"?ticked=1&query=x"), http.StatusBadRequest, "No row is ticked.")
	for _, odd := range []string{"x", someRun, someRun + ":", ":a"} {
		answered(t, b.get(bulk+"?run="+url.QueryEscape(odd)), http.StatusBadRequest, "names a run that cannot be read")
	}
	b.engine.err = orchestration.Errorf(orchestration.InvalidArgument, "there is no attribute Colour")
	answered(t, b.get(bulk+"?query=Colour"), http.StatusBadRequest, "there is no attribute Colour")
}

// A page's worth of runs with the longest ids goes into one form.
func TestBulkOfLongIDs(t *testing.T) {
	b := newBench(t).signIn()
	form := url.Values{"do": {"cancel"}, "reason": {"r"}}
	for range listPageSize {
		form.Add("run", someRun+":"+url.PathEscape(strings.Repeat("\u202e<", 250)))
	}
	if w := b.post(bulk, form); w.Code != http.StatusSeeOther || len(b.runs.did) != 1 {
		t.Errorf("%d, did %v", w.Code, len(b.runs.did))
	}
}

func TestBulkStartsAJob(t *testing.T) {
	b := newBench(t).signIn()
	const until = "2026-01-02T03:04:05.000006Z"
	all, two := url.Values{"query": {""}, "until": {until}}, url.Values{"run": {someRun + ":a:b", someRun + ":c"}}
	with := func(v url.Values, more ...string) url.Values {
		out := url.Values{"reason": {"a bad release"}}
		for k := range v {
			out[k] = v[k]
		}
		for i := 0; i < len(more); i += 2 {
			out.Set(more[i], more[i+1])
		}
		return out
	}
	for _, c := range []struct {
		form url.Values
		want []string
	}{
		{with(two, "do", "terminate", "confirm", "default"), []string{`workflow_id:"a:b"`, `workflow_id:"c"`, `termination_operation:{identity:"console@`}},
		{with(url.Values{"query": {`WorkflowType = "A"`}, "until": {until}}, "do", "cancel"), []string{`visibility_query:"(WorkflowType = \"A\") AND StartTime <= \"` + until + `\""`, "cancellation_operation:{"}},
		{with(all, "do", "signal", "signal", "stop", "input", "7"), []string{`visibility_query:"StartTime <= `, `signal:"stop"`, `data:"7"`}},
		{with(two, "do", "reset-first", "confirm", "default"), []string{"RESET_TYPE_FIRST_WORKFLOW_TASK"}},
		{with(two, "do", "reset-last", "confirm", "default", "reapply", "none"), []string{"RESET_TYPE_LAST_WORKFLOW_TASK", "RESET_REAPPLY_TYPE_NONE"}},
	} {
		b.runs.did = nil
		w := b.post(bulk, c.form)
		if w.Code != http.StatusSeeOther || !strings.Contains(w.Header().Get("Location"), "/batches/") || len(b.runs.did) != 1 {
			t.Fatalf("%v: %d to %q, did %v", c.form, w.Code, w.Header().Get("Location"), b.runs.did)
		}
		got := strings.ReplaceAll(b.runs.did[0].(interface{ String() string }).String(), "  ", " ")
		for _, want := range append(c.want, `reason:"a bad release"`, `namespace:"default"`) {
			if !strings.Contains(got, want) {
				t.Errorf("asked %s, without %s", got, want)
			}
		}
	}
	b.runs.did = nil
	for want, form := range map[string]url.Values{
		"Choose what to do.":                 with(two),
		"No row is ticked.":                  with(nil, "do", "cancel"),
		"Type the name default to confirm.":  with(two, "do", "terminate", "confirm", "a"),
		"Input is no JSON":                   with(two, "do", "signal", "signal", "s", "input", "x"),
		"Type the name default to confirm.<": with(all, "do", "reset-last"),
		"does not say from when it is":       with(url.Values{"query": {""}}, "do", "cancel"),
	} {
		answered(t, b.post(bulk, form), http.StatusBadRequest, strings.TrimSuffix(want, "<"))
	}
	if len(b.runs.did) > 0 {
		t.Errorf("did %v", b.runs.did)
	}
	b.runs.refusal = orchestration.Errorf(orchestration.InvalidArgument, "the reason is missing")
	answered(t, b.post(bulk, with(two, "do", "cancel")), http.StatusBadRequest, "the reason is missing", "2 runs that are ticked")
}
