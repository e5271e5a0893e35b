package console

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

const runsFile = "/t/default/ns/default/workflows"

// A file has what the filter finds, harmless to a spreadsheet, and no payloads.
func TestRunsAreExported(t *testing.T) {
	b := newBench(t).signIn()
	odd, plain := runInfo("=cmd|'/C calc'!A0", enumspb.WORKFLOW_EXECUTION_STATUS_FAILED), runInfo("a,\"b\"\nc", enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)
	plain.Memo = &commonpb.Memo{Fields: map[string]*commonpb.Payload{"m": {Data: []byte("secret")}}}
	b.engine.list = engine.ListPage{Executions: []*workflowpb.WorkflowExecutionInfo{odd, plain}}
	query := "?query=" + url.QueryEscape(`WorkflowType = "A"`)
	w := b.get(runsFile + ".csv" + query)
	if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Content-Disposition"), `filename="workflows-default.csv"`) || b.engine.listed.Query != `WorkflowType = "A"` {
		t.Fatalf("%d, %q, listed %+v", w.Code, w.Header(), b.engine.listed)
	}
	lines, err := csv.NewReader(w.Body).ReadAll()
	must(t, err)
	if len(lines) != 3 || lines[0][1] != "workflow_id" || lines[1][1] != "'=cmd|'/C calc'!A0" || lines[1][0] != "Failed" || lines[2][1] != "a,\"b\"\nc" {
		t.Errorf("got %q", lines)
	}
	text := b.get(runsFile + ".jsonl" + query).Body.String()
	if strings.Count(text, "\n") != 2 || !strings.Contains(text, `WORKFLOW_EXECUTION_STATUS_FAILED`) || strings.Contains(text, "memo") {
		t.Errorf("got %s", text)
	}
	b.engine.err = orchestration.Errorf(orchestration.InvalidArgument, "there is no attribute Colour")
	answered(t, b.get(runsFile+".csv?query=Colour"), http.StatusBadRequest, "there is no attribute Colour")
}

// Whatever their number, runs are read and written page by page; a page that cannot be read breaks the file off.
func TestExportsGoByPages(t *testing.T) {
	b := newBench(t).signIn()
	pages := 0
	b.engine.pages = func(r engine.ListRequest) (engine.ListPage, error) {
		if pages++; pages == 4 {
			return engine.ListPage{}, orchestration.Errorf(orchestration.Unavailable, "the database is away")
		}
		if (pages == 1) != (r.PageToken == nil) {
			t.Errorf("page %d was asked for by %q", pages, r.PageToken)
		}
		return engine.ListPage{Executions: []*workflowpb.WorkflowExecutionInfo{runInfo("a", enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)}, PageToken: []byte("next")}, nil
	}
	defer func() {
		if recover() != http.ErrAbortHandler || pages != 4 {
			t.Errorf("%d pages were read, and the file does not break off", pages)
		}
	}()
	b.get(runsFile + ".csv")
}
