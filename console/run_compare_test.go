package console

import (
	"net/http"
	"testing"

	historypb "go.temporal.io/api/history/v1"
)

// The other run is one of the same namespace; one that is not there is said so beside the form.
func TestComparedRuns(t *testing.T) {
	b := newBench(t).signIn()
	b.runs.history = []*historypb.HistoryEvent{began()}
	answered(t, b.get(aRun("/compare")), http.StatusOK, `name="with" type="text" value="a"`)
	answered(t, b.get(aRun("/compare?with=b&run="+someRun)), http.StatusOK, "Side by side", "4711")
	if got := b.runs.described; got.GetNamespace() != "default" || got.GetExecution().GetWorkflowId() != "b" {
		t.Errorf("asked for %v", got)
	}
	answered(t, b.get(aRun("/compare?with=b&run=x")), http.StatusBadRequest, "That is no run id", `value="b"`)
	b.runs.missing = "b"
	answered(t, b.get(aRun("/compare?with=b")), http.StatusNotFound, "There is no such run")
}
