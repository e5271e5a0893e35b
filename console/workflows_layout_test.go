package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/search"
	"github.com/tenuto-io/tenuto/tenants"
)

// The list is asked for in the order that the address names, of those that there are, and what leads on keeps columns and order.
func TestLayoutOfTheList(t *testing.T) {
	const list = "/t/default/ns/default/workflows"
	b := newBench(t).signIn()
	b.engine.list = engine.ListPage{Executions: []*workflowpb.WorkflowExecutionInfo{{Execution: &commonpb.WorkflowExecution{WorkflowId: "a", RunId: someRun}, TaskQueue: "bank"}}, PageToken: []byte("more")}
	w := b.get(list + "?columns=queue&sort=CloseTime+DESC&query=" + url.QueryEscape(`WorkflowType = "A"`))
	answered(t, w, http.StatusOK, `<th scope="col">Task queue</th>`, "columns=queue&amp;page=", "sort=CloseTime+DESC", "Order: newest close first.")
	if strings.Contains(w.Body.String(), `<th scope="col">Type</th>`) || b.engine.listed.Query != `WorkflowType = "A" ORDER BY CloseTime DESC` {
		t.Errorf("asked %s", b.engine.listed.Query)
	}
	answered(t, b.get(list+"?sort=HistoryLength"), http.StatusBadRequest, "names an order that the list does not have")
	if w = b.get(list + "?bar=1&type=A&columns=queue&columns=run"); !strings.Contains(w.Header().Get("Location"), "columns=queue&columns=run") {
		t.Errorf("the bar leads to %s", w.Header().Get("Location"))
	}
}

// Search attributes are columns for who may see payloads, and for nobody else.
func TestAttributesAreColumnsForWhoMaySeePayloads(t *testing.T) {
	l := newLobby(t)
	must(t, l.directory.AddSearchAttributes(t.Context(), "bank.acme", search.Attributes{"Customer": search.Keyword}))
	must(t, permission(tenants.Read)(l, l.person("clerk")))
	must(t, permission(tenants.Read|tenants.PayloadRead)(l, l.person("auditor")))
	l.engine.list.Executions = []*workflowpb.WorkflowExecutionInfo{{
		Execution:        &commonpb.WorkflowExecution{WorkflowId: "a", RunId: someRun},
		SearchAttributes: &commonpb.SearchAttributes{IndexedFields: map[string]*commonpb.Payload{"Customer": payload(`"ada-4711"`)}},
	}}
	for who, want := range map[string]bool{"clerk": false, "auditor": true} {
		body := l.guest().enter(who).get("/t/acme/ns/bank.acme/workflows?columns=attribute.Customer").Body.String()
		if strings.Contains(body, "ada-4711") != want {
			t.Errorf("%s sees the value: %v", who, !want)
		}
	}
}
