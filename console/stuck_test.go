package console

import (
	"net/http"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

func TestStuck(t *testing.T) {
	b := newBench(t).signIn()
	running := enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
	b.engine.list = engine.ListPage{Executions: []*workflowpb.WorkflowExecutionInfo{runInfo("a<b>", running), runInfo("closed", running), runInfo("afar", running), runInfo("well", running)}}
	b.engine.count = 12_345
	b.engine.looks = []engine.Look{
		{Task: &workflowpb.PendingWorkflowTaskInfo{Attempt: 7}, Failed: failedTask(enumspb.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR)},
		{Err: orchestration.Errorf(orchestration.NotFound, "closed")}, {Err: orchestration.Errorf(orchestration.Unavailable, "not now")}, {},
	}
	w := b.get(view.StuckURL(in("default"), `WorkflowType = "Transfer"`, 5, ""))
	answered(t, w, http.StatusOK, "a&lt;b&gt;", "noticed at event 42: nil map. It is at attempt 7.", "looked at 4 of 12,345 running", "1 of these are served by a server", `value="5"`)
	if want := `ExecutionStatus = "Running" AND (WorkflowType = "Transfer") ORDER BY StartTime ASC`; b.engine.listed.Query != want || len(b.engine.looked) != 4 || b.engine.looked[0].RunID.String() != someRun {
		t.Errorf("asked %q, looked at %v", b.engine.listed.Query, b.engine.looked)
	}
	answered(t, b.get(view.StuckURL(in("default"), "", view.DefaultAttempts, "")), http.StatusOK, "Nothing stands still: no workflow task fails")
	if b.engine.listed.Query != `ExecutionStatus = "Running" ORDER BY StartTime ASC` {
		t.Errorf("asked %q", b.engine.listed.Query)
	}
	b.engine.err = orchestration.Errorf(orchestration.InvalidArgument, "no such <attribute>")
	answered(t, b.get(view.StuckURL(in("default"), "x", 2, "")), http.StatusBadRequest, "no such &lt;attribute&gt;", `aria-invalid="true"`)
	b.engine.err = orchestration.Errorf(orchestration.Unavailable, "not now")
	answered(t, b.get(view.StuckURL(in("default"), "", 2, "")), http.StatusServiceUnavailable)
}

// A page looks at so many runs at most, and leads on from there.
func TestStuckGoesOnLater(t *testing.T) {
	b := newBench(t).signIn()
	for range stuckRead {
		b.engine.list.Executions = append(b.engine.list.Executions, runInfo("well", enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING))
	}
	b.engine.list.PageToken = []byte("more")
	answered(t, b.get(view.StuckURL(in("default"), "", 3, "")), http.StatusOK, "Nothing stands still among these", "looked at 2,000 of", "page=bW9yZQ", `data-stream="/t/default/ns/default/live"`) // is not repeated by itself
	if len(b.engine.looked) != stuckMost {
		t.Errorf("looked at %d", len(b.engine.looked))
	}
}
