package console

import (
	"net/http"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// A query is asked by its address, and what comes of it is shown beside what was asked.
func TestQueryOfARun(t *testing.T) {
	b := newBench(t).signIn()
	b.runs.answer = &workflowservice.QueryWorkflowResponse{QueryResult: &commonpb.Payloads{Payloads: []*commonpb.Payload{payload(`{"left":7}`)}}}
	answered(t, b.get(aRun("/query")), http.StatusOK, "nothing changes by it")
	if len(b.runs.did) > 0 {
		t.Fatalf("nothing was asked, and a worker is: %v", b.runs.did)
	}
	answered(t, b.get(aRun("/query?name=left&input=1")), http.StatusOK, `&#34;left&#34;: 7`, `value="left"`)
	if got, ok := b.runs.did[0].(*workflowservice.QueryWorkflowRequest); !ok || got.GetQuery().GetQueryType() != "left" || string(got.GetQuery().GetQueryArgs().GetPayloads()[0].GetData()) != "1" {
		t.Errorf("asked %v", b.runs.did[0])
	}
	answered(t, b.get(aRun("/query?name=left&input=ada")), http.StatusBadRequest, "Input is no JSON")
	b.runs.refusal = orchestration.Errorf(orchestration.DeadlineExceeded, "No worker answered the query in time.")
	answered(t, b.get(aRun("/query?name=left")), http.StatusGatewayTimeout, "No worker answered the query in time.", `value="left"`)
	b.runs.refusal = orchestration.Errorf(orchestration.QueryFailed, "unknown query left")
	answered(t, b.get(aRun("/query?name=left")), http.StatusConflict, "unknown query left")
}

// No page of a run has a payload for who may not see them: the answer of a query no more than input and memo.
func TestPagesOfARunHidePayloads(t *testing.T) {
	l := newLobby(t)
	const secret = "4711"
	must(t, role(tenants.Auditor)(l, l.person("auditor")))
	l.runs.history = []*historypb.HistoryEvent{began()}
	l.runs.describe = running()
	l.runs.describe.WorkflowExecutionInfo.Memo = &commonpb.Memo{Fields: map[string]*commonpb.Payload{"n": payload(secret)}}
	l.runs.answer = &workflowservice.QueryWorkflowResponse{QueryResult: &commonpb.Payloads{Payloads: []*commonpb.Payload{payload(secret)}}}
	g := l.guest().enter("auditor")
	for _, part := range []string{"", "/history", "/history?form=json", "/history.json", "/query?name=left", "/data", "/again", "/reset", "/family", "/workers"} {
		w := g.get("/t/acme/ns/bank.acme/workflows/a/" + someRun + part)
		if w.Code != http.StatusOK || strings.Contains(w.Body.String(), secret) || strings.Contains(w.Body.String(), "NDcxMQ") {
			t.Errorf("%s: %d, or it has the payload", part, w.Code)
		}
	}
}
