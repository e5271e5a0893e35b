package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

func payload(data string) *commonpb.Payload {
	return &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(data)}
}

// began is how a run was started, with something in each place that another one takes over.
func began() *historypb.HistoryEvent {
	e := startedEvent("Transfer")
	a := e.GetWorkflowExecutionStartedEventAttributes()
	a.Input, a.WorkflowRunTimeout, a.CronSchedule = &commonpb.Payloads{Payloads: []*commonpb.Payload{payload(`{"amount":4711}`)}}, durationpb.New(time.Hour), "@daily"
	a.Memo = &commonpb.Memo{Fields: map[string]*commonpb.Payload{"note": payload(`"rent"`)}}
	return e
}

func asTyped(more url.Values) url.Values {
	form := url.Values{"id": {"b"}, "type": {"Transfer"}, "queue": {"bank"}, "conflict": {"fail"}, "like": {"same"}}
	for k, v := range more {
		form[k] = v
	}
	return form
}

// Another run is like the first one but for what was typed.
func TestAnotherRun(t *testing.T) {
	b := newBench(t).signIn()
	b.runs.history = []*historypb.HistoryEvent{began()}
	answered(t, b.get(aRun("/again")), http.StatusOK, `{&#34;amount&#34;:4711}`, `value="bank"`)
	w := b.post(aRun("/again"), asTyped(url.Values{"like": nil, "input": {`{"amount": 4711}`}}))
	got, ok := b.runs.did[len(b.runs.did)-1].(*workflowservice.StartWorkflowExecutionRequest)
	if w.Code != http.StatusSeeOther || !ok || !strings.Contains(w.Header().Get("Location"), "/workflows/b/"+someRun+"?done=started") {
		t.Fatalf("%d to %s", w.Code, w.Header().Get("Location"))
	}
	if string(got.GetInput().GetPayloads()[0].GetData()) != `{"amount":4711}` || got.GetWorkflowRunTimeout().AsDuration() != time.Hour || got.GetCronSchedule() != "@daily" ||
		string(got.GetMemo().GetFields()["note"].GetData()) != `"rent"` || got.GetWorkflowId() != "b" || got.GetWorkflowIdConflictPolicy() != enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL {
		t.Errorf("started %v", got)
	}
	b.post(aRun("/again"), asTyped(nil)) // as of an input that cannot be shown
	got = b.runs.did[len(b.runs.did)-1].(*workflowservice.StartWorkflowExecutionRequest)
	if string(got.GetInput().GetPayloads()[0].GetData()) != `{"amount":4711}` {
		t.Errorf("started %v", got)
	}
	b.post(aRun("/again"), asTyped(url.Values{"like": {"typed"}, "input": {"1 2"}}))
	got = b.runs.did[len(b.runs.did)-1].(*workflowservice.StartWorkflowExecutionRequest)
	if len(got.GetInput().GetPayloads()) != 2 {
		t.Errorf("started %v", got)
	}
	b.runs.refusal = orchestration.Errorf(orchestration.AlreadyStarted, "Workflow execution is already running.")
	answered(t, b.post(aRun("/again"), asTyped(nil)), http.StatusConflict, "already running", `value="b"`)
}

// What somebody may not see, that one's runs do not take over: neither shown nor as what hides it.
func TestAnotherRunByWhoMayNotSeePayloads(t *testing.T) {
	l := newLobby(t)
	must(t, permission(tenants.Read|tenants.Write)(l, l.person("clerk")))
	l.runs.history = []*historypb.HistoryEvent{began()}
	g := l.guest().enter("clerk")
	path := "/t/acme/ns/bank.acme/workflows/a/" + someRun + "/again"
	w := g.get(path)
	answered(t, w, http.StatusOK, "cannot be shown here")
	if strings.Contains(w.Body.String(), "4711") || strings.Contains(w.Body.String(), "The same as of this run") {
		t.Error("the form has the input, or offers to take it over")
	}
	answered(t, g.send(http.MethodPost, path, asTyped(nil)), http.StatusBadRequest, "The input is hidden from you")
	w = g.send(http.MethodPost, path, asTyped(url.Values{"like": {"typed"}, "input": {"1"}}))
	got, ok := l.runs.did[len(l.runs.did)-1].(*workflowservice.StartWorkflowExecutionRequest)
	if w.Code != http.StatusSeeOther || !ok || got.GetMemo() != nil || string(got.GetInput().GetPayloads()[0].GetData()) != "1" {
		t.Errorf("%d, started %v", w.Code, got)
	}
}

// A reset names the event, and is confirmed by the workflow's name.
func TestResetOfARun(t *testing.T) {
	b := newBench(t).signIn()
	b.runs.history = []*historypb.HistoryEvent{startedEvent("Transfer"), {EventId: 4, EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED}, {EventId: 10, EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED}}
	answered(t, b.get(aRun("/reset")), http.StatusOK, `value="10"`, "To the first workflow task (event 4)", "To the last one (event 10)")
	answered(t, b.get(aRun("/reset?event=4")), http.StatusOK, `value="4"`)
	answered(t, b.post(aRun("/reset"), url.Values{"event": {"4"}, "reapply": {"none"}}), http.StatusBadRequest, "Type the name a to confirm.")
	w := b.post(aRun("/reset"), url.Values{"event": {"4"}, "reapply": {"signals"}, "reason": {"a bug"}, "confirm": {"a"}})
	got, ok := b.runs.did[len(b.runs.did)-1].(*workflowservice.ResetWorkflowExecutionRequest)
	if w.Code != http.StatusSeeOther || !ok || got.GetWorkflowTaskFinishEventId() != 4 || got.GetResetReapplyType() != enumspb.RESET_REAPPLY_TYPE_SIGNAL || got.GetReason() != "a bug" {
		t.Errorf("%d, did %v", w.Code, got)
	}
	b.runs.refusal = orchestration.Errorf(orchestration.InvalidArgument, "no such event")
	answered(t, b.post(aRun("/reset"), url.Values{"event": {"5"}, "confirm": {"a"}}), http.StatusBadRequest, "no such event", `value="5"`)
}
