package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/tenants"
)

// A view is for everybody who may read in its namespace, and for those who may write there to change; hostile names are harmless.
func TestViewsAreSaved(t *testing.T) {
	l := newLobby(t)
	must(t, permission(tenants.Read|tenants.Write)(l, l.person("clerk")))
	must(t, permission(tenants.Read)(l, l.person("reader")))
	const list, views = "/t/acme/ns/bank.acme/workflows", "/t/acme/ns/bank.acme/views"
	g, reader := l.guest().enter("clerk"), l.guest().enter("reader")
	const name = `late <b>"&`
	form := url.Values{"name": {name}, "query": {`WorkflowType = "A&B"`}, "columns": {"id", "queue"}, "sort": {"CloseTime DESC"}}
	w := g.send(http.MethodPost, views, form)
	to := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther || !strings.Contains(to, "columns=id&columns=queue") || !strings.Contains(to, "A%26B") || !strings.Contains(to, "done=view") {
		t.Fatalf("%d to %s", w.Code, to)
	}
	answered(t, reader.get(list), http.StatusOK, `late &lt;b&gt;&#34;&amp;</bdi>`, "sort=CloseTime+DESC")
	answered(t, g.get(to), http.StatusOK, "The view is saved.", "Remove the view", `aria-current`)
	if page := reader.get(to).Body.String(); strings.Contains(page, "Remove the view") || strings.Contains(page, "Save this view") {
		t.Error("a reader is offered to change a view")
	}
	answered(t, reader.send(http.MethodPost, views, form), http.StatusForbidden)
	for says, wrong := range map[string]url.Values{
		"The name of the view is not set":   {"query": {"x"}},
		"The name of the view has 256":      {"name": {strings.Repeat("x", tenants.MaxTitleLength+1)}},
		"The query of the view has 8193 by": {"name": {"x"}, "query": {strings.Repeat("x", tenants.MaxViewLength+1)}},
		"The columns of the view have 8193": {"name": {"x"}, "columns": {strings.Repeat("x", tenants.MaxViewLength+1)}},
		"control character":                 {"name": {"x"}, "columns": {"a\nb"}},
		"There is no such order":            {"name": {"x"}, "sort": {"Colour"}},
	} {
		answered(t, g.send(http.MethodPost, views, wrong), http.StatusBadRequest, says)
	}
	leads(t, g.send(http.MethodPost, views+"/remove", url.Values{"name": {name}}), list+"?done=unviewed")
	if strings.Contains(reader.get(list).Body.String(), "late &lt;b&gt;") {
		t.Error("a removed view is shown")
	}
}
