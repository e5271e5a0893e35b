package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	updatepb "go.temporal.io/api/update/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/tenants"
)

// aRun is the address of a run in the default namespace, and of a part of it.
func aRun(part string) string { return view.RunURL(in("default"), "a", someRun) + part }

func ofLength(d *workflowservice.DescribeWorkflowExecutionResponse, length int64) *workflowservice.DescribeWorkflowExecutionResponse {
	d.WorkflowExecutionInfo.HistoryLength = length
	return d
}

func running() *workflowservice.DescribeWorkflowExecutionResponse {
	return &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: runInfo("a", enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)}
}

// A page of a history is read from its first event on, whichever way round it is shown.
func TestHistoryOrderAndPages(t *testing.T) {
	b := newBench(t).signIn()
	b.runs.describe = ofLength(running(), 450)
	b.runs.history = []*historypb.HistoryEvent{startedEvent("Transfer")}
	run, err := orchestration.ParseRunID(someRun)
	must(t, err)
	for _, c := range []struct {
		order string
		page  int64
		from  int64
		most  int32
	}{
		{"", 1, 1, 200}, {"", 2, 201, 200}, {"", 3, 401, 250}, {view.NewestFirst, 1, 251, 250}, {view.NewestFirst, 2, 51, 200}, {view.NewestFirst, 3, 1, 50},
	} {
		w := b.get(view.HistoryURL(in("default"), "a", someRun, view.AllEvents, c.order, c.page))
		answered(t, w, http.StatusOK, "of 3")
		if got := b.runs.read; string(got.GetNextPageToken()) != string(engine.PageFrom(run, c.from)) || got.GetMaximumPageSize() != c.most || got.GetWaitNewEvent() {
			t.Errorf("page %d %s asked %v", c.page, c.order, got)
		}
	}
	b.runs.read = nil
	if w := b.get(view.HistoryURL(in("default"), "a", someRun, view.AllEvents, "", 4)); w.Code != http.StatusOK || b.runs.read != nil {
		t.Errorf("a page behind the last: %d, asked %v", w.Code, b.runs.read)
	}
}

// What a form of the run's header says is asked of the run in the address, by who is signed in.
func TestFormsOfARun(t *testing.T) {
	b := newBench(t).signIn()
	for _, c := range []struct {
		part string
		form url.Values
		want string
	}{
		{"/signal", url.Values{"name": {"approve"}, "input": {"{\"by\": \"ada\"}\n2"}}, `signal_name:"approve" input:{payloads:{metadata:{key:"encoding" value:"json/plain"} data:"{\"by\":\"ada\"}"} payloads:{metadata:{key:"encoding" value:"json/plain"} data:"2"}}`},
		{"/update", url.Values{"name": {"limit"}, "input": {"7"}}, `input:{name:"limit" args:{payloads:`},
		{"/cancel", url.Values{"reason": {"not needed"}}, `reason:"not needed"`},
		{"/terminate", url.Values{"reason": {"stuck"}, "confirm": {"a"}}, `reason:"stuck"`},
		{"/activities/7/pause", nil, `id:"7"`},
		{"/activities/7/unpause", nil, `id:"7"`},
		{"/activities/%2F7/reset", nil, `id:"/7"`},
	} {
		b.runs.did = nil
		w := b.post(aRun(c.part), c.form)
		if w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), aRun("?done=")) || len(b.runs.did) != 1 {
			t.Fatalf("%s: %d to %q, did %v", c.part, w.Code, w.Header().Get("Location"), b.runs.did)
		}
		got := strings.ReplaceAll(b.runs.did[0].(interface{ String() string }).String(), "  ", " ")
		for _, want := range []string{c.want, `workflow_id:"a"`, `run_id:"` + someRun + `"`, `namespace:"default"`, `identity:"console@`} {
			if !strings.Contains(got, want) {
				t.Errorf("%s asked %s, without %s", c.part, got, want)
			}
		}
		if w := b.get(w.Header().Get("Location")); !strings.Contains(w.Body.String(), `class="done"`) {
			t.Errorf("%s: nothing says that it is done", c.part)
		}
	}
}

// A form that is refused is shown again, open, with what was typed and why.
func TestRefusedFormsOfARun(t *testing.T) {
	b := newBench(t).signIn()
	w := b.post(aRun("/signal"), url.Values{"name": {"approve"}, "input": {"ada"}})
	answered(t, w, http.StatusBadRequest, "Input is no JSON", `value="approve"`, `<details class="action" name="action" open>`)
	w = b.post(aRun("/terminate"), url.Values{"confirm": {"b"}})
	answered(t, w, http.StatusBadRequest, "Type the name a to confirm.")
	if len(b.runs.did) > 0 {
		t.Fatalf("refused, and done: %v", b.runs.did)
	}
	b.runs.refusal = orchestration.Errorf(orchestration.NotFound, "workflow execution already completed")
	answered(t, b.post(aRun("/cancel"), url.Values{}), http.StatusNotFound, "workflow execution already completed", `<details class="action" name="action" open>`)
	answered(t, b.post(aRun("/activities/7/pause"), url.Values{}), http.StatusNotFound, "workflow execution already completed")
}

// An update that the workflow refuses, or that nobody takes, is not told to be done.
func TestUpdatesThatAreNotAccepted(t *testing.T) {
	b := newBench(t).signIn()
	b.runs.outcome = &workflowservice.UpdateWorkflowExecutionResponse{Outcome: &updatepb.Outcome{Value: &updatepb.Outcome_Failure{Failure: &failurepb.Failure{Message: "too much"}}}}
	answered(t, b.post(aRun("/update"), url.Values{"name": {"limit"}}), http.StatusConflict, "The workflow refused: too much", `value="limit"`)
	b.runs.outcome = &workflowservice.UpdateWorkflowExecutionResponse{Stage: enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED}
	answered(t, b.post(aRun("/update"), url.Values{"name": {"limit"}}), http.StatusConflict, "No worker has taken the update")
}

// What cannot be done is disabled, and says why.
func TestDisabledActionsSayWhy(t *testing.T) {
	b := newBench(t).signIn()
	b.runs.describe = &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: runInfo("a", enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED)}
	answered(t, b.get(aRun("")), http.StatusOK, `<button type="button" disabled aria-describedby="cannot">Terminate</button>`, "The run is closed")
	l := newLobby(t)
	must(t, role(tenants.Auditor)(l, l.person("auditor")))
	l.runs.describe = running()
	l.runs.describe.WorkflowExecutionInfo.Execution = &commonpb.WorkflowExecution{WorkflowId: "a", RunId: someRun}
	answered(t, l.guest().enter("auditor").get("/t/acme/ns/bank.acme/workflows/a/"+someRun), http.StatusOK, "takes the permission write")
}

// longRun is the history of a run of so many events.
func longRun(b *bench, length int64) {
	b.runs.describe = ofLength(running(), length)
	b.runs.length = length
}

// A history is a file that SDKs read, with every event in order, whatever its length.
func TestHistoryFile(t *testing.T) {
	b := newBench(t).signIn()
	longRun(b, 1201)
	w := b.get(aRun("/history.json"))
	var file historypb.History
	if err := protojson.Unmarshal(w.Body.Bytes(), &file); err != nil || w.Code != http.StatusOK || len(file.Events) != 1201 {
		t.Fatalf("%d, %v, %d events", w.Code, err, len(file.Events))
	}
	for i, e := range file.Events {
		if e.GetEventId() != int64(i)+1 {
			t.Fatalf("event %d is at place %d", e.GetEventId(), i+1)
		}
	}
	if d := w.Header().Get("Content-Disposition"); !strings.Contains(d, "history-"+someRun+".json") {
		t.Errorf("it is called %q", d)
	}
}

// A file that cannot be written to its end breaks off: it must not look whole.
func TestHistoryFileThatBreaksOff(t *testing.T) {
	b := newBench(t).signIn()
	longRun(b, 1201)
	b.runs.broken = 900
	defer func() {
		if p := recover(); p != http.ErrAbortHandler {
			t.Errorf("it ended with %v", p)
		}
	}()
	b.get(aRun("/history.json"))
}

// Pages of a history of 20,000 events stay small.
func TestLongHistoriesHaveSmallPages(t *testing.T) {
	b := newBench(t).signIn()
	longRun(b, 20_000)
	for _, part := range []string{"", "?page=67", "/history", "/history?page=100", "/history?form=compact", "/history?form=json", "/history?order=newest&page=3", "/history?event=19999"} {
		w := b.get(aRun(part))
		if w.Code != http.StatusOK || w.Body.Len() > 200<<10 || !strings.Contains(w.Body.String(), "</html>") {
			t.Errorf("%q: %d, %d bytes", part, w.Code, w.Body.Len())
		}
	}
}
