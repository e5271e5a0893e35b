package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// A trace is shown by the id that the engine knows, with the way to the tracing backend and to a child's; of an open run, too, and of a closed one.
func TestTraceOfARun(t *testing.T) {
	b := newBench(t).signIn()
	d := running()
	d.WorkflowExecutionInfo.HistoryLength = 3
	b.runs.describe = d
	started := startedEvent("Transfer")
	initiated := &historypb.HistoryEvent{EventId: 2, EventTime: timestamppb.New(noon), EventType: enumspb.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED, Attributes: &historypb.HistoryEvent_StartChildWorkflowExecutionInitiatedEventAttributes{
		StartChildWorkflowExecutionInitiatedEventAttributes: &historypb.StartChildWorkflowExecutionInitiatedEventAttributes{WorkflowId: "book", WorkflowType: &commonpb.WorkflowType{Name: "Book"}},
	}}
	begun := &historypb.HistoryEvent{EventId: 3, EventTime: timestamppb.New(noon), EventType: enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED, Attributes: &historypb.HistoryEvent_ChildWorkflowExecutionStartedEventAttributes{
		ChildWorkflowExecutionStartedEventAttributes: &historypb.ChildWorkflowExecutionStartedEventAttributes{InitiatedEventId: 2, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "book", RunId: someRun}},
	}}
	done := &historypb.HistoryEvent{EventId: 4, EventTime: timestamppb.New(noon.Add(time.Second)), EventType: enumspb.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED, Attributes: &historypb.HistoryEvent_ChildWorkflowExecutionCompletedEventAttributes{
		ChildWorkflowExecutionCompletedEventAttributes: &historypb.ChildWorkflowExecutionCompletedEventAttributes{InitiatedEventId: 2, StartedEventId: 3},
	}}
	b.runs.history = []*historypb.HistoryEvent{started, initiated, begun, done}
	run, err := orchestration.ParseRunID(someRun)
	must(t, err)
	id := strings.ReplaceAll(someRun, "-", "")
	b.engine.looks = []engine.Look{{Trace: orchestration.TraceContext{Trace: run}, Err: orchestration.Errorf(orchestration.NotFound, "workflow execution already completed")}}
	answered(t, b.get(aRun("/trace")), http.StatusOK, id, `href="https://jaeger.example/trace/`+id+`?a=1"`, "child Book", `workflows/book/`+someRun+`/trace"`, "Completed", "span id", "These spans have ended.")

	answered(t, b.get(aRun("/trace")), http.StatusOK, "The trace of this run cannot be told now")
	if w := b.get(aRun("/trace?page=x")); w.Code != http.StatusBadRequest {
		t.Errorf("page x: %d", w.Code)
	}
}
