package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// A workflow is started as it was typed, under an id of its own where none was.
func TestStartByHand(t *testing.T) {
	b := newBench(t).signIn()
	const path = "/t/default/ns/default/start"
	answered(t, b.get("/t/default/ns/default/workflows"), http.StatusOK, `href="`+path+`"`)
	answered(t, b.get(path), http.StatusOK, "Empty: one is made.")
	typed := url.Values{
		"type": {"Transfer"}, "queue": {"bank"}, "conflict": {"terminate"}, "reuse": {"reject"}, "input": {`{"amount": 4711} 7`}, "execution-timeout": {"2h"}, "run-timeout": {"1h30m"},
		"delay": {"90s"}, "cron": {"@daily"}, "memo": {`{"note": "rent"}`}, "attributes": {`{"Customer": "ada"}`},
	}
	w := b.post(path, typed)
	got, ok := b.runs.did[len(b.runs.did)-1].(*workflowservice.StartWorkflowExecutionRequest)
	if w.Code != http.StatusSeeOther || !ok || len(got.GetWorkflowId()) != 36 || !strings.Contains(w.Header().Get("Location"), "/workflows/"+got.GetWorkflowId()+"/"+someRun+"?done=started") {
		t.Fatalf("%d to %s", w.Code, w.Header().Get("Location"))
	}
	if in := got.GetInput().GetPayloads(); len(in) != 2 || string(in[0].GetData()) != `{"amount":4711}` || string(in[1].GetData()) != "7" {
		t.Errorf("the input is %v", in)
	}
	if got.GetWorkflowType().GetName() != "Transfer" || got.GetTaskQueue().GetName() != "bank" || got.GetWorkflowExecutionTimeout().AsDuration() != 2*time.Hour ||
		got.GetWorkflowRunTimeout().AsDuration() != 90*time.Minute || got.GetWorkflowStartDelay().AsDuration() != 90*time.Second || got.GetCronSchedule() != "@daily" ||
		got.GetWorkflowIdConflictPolicy() != enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING || got.GetWorkflowIdReusePolicy() != enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE ||
		string(got.GetMemo().GetFields()["note"].GetData()) != `"rent"` || string(got.GetSearchAttributes().GetIndexedFields()["Customer"].GetData()) != `"ada"` {
		t.Errorf("started %v", got)
	}
	before := len(b.runs.did)
	for field, c := range map[string]struct{ typed, says string }{
		"input":             {"{", "Input is no JSON"},
		"memo":              {"[1]", "Memo is no JSON object"},
		"attributes":        {"x", "Search attributes is no JSON object"},
		"execution-timeout": {"-1s", "is no duration such as 90s or 1h30m."},
		"run-timeout":       {"soon", "Run timeout: &#34;soon&#34; is no duration"},
		"delay":             {"1", "Start after"},
	} {
		wrong := url.Values{}
		for k, v := range typed {
			wrong[k] = v
		}
		wrong.Set(field, c.typed)
		answered(t, b.post(path, wrong), http.StatusBadRequest, c.says, `value="Transfer"`)
	}
	if len(b.runs.did) != before {
		t.Error("something was started though the form was refused")
	}
	b.runs.refusal = orchestration.Errorf(orchestration.AlreadyStarted, "Workflow execution is already running.")
	answered(t, b.post(path, typed), http.StatusConflict, "already running", `value="bank"`)
}
