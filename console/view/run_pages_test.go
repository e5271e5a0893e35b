package view

import (
	"strings"
	"testing"
	"time"

	activitypb "go.temporal.io/api/activity/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// hostileRun is a run with a hostile name in each place, whose reader may change it.
func hostileRun(tab RunTab) RunFrame {
	info := hostileRuns()[0]
	field := map[string]*commonpb.Payload{script: {Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(`"</pre>` + rtl + `"`)}, attr: {Data: []byte("x")}}
	info.Memo, info.SearchAttributes = &commonpb.Memo{Fields: field}, &commonpb.SearchAttributes{IndexedFields: field}
	return RunFrame{Frame: hostile, Info: info, MayWrite: true, Tab: tab}
}

func TestGoldenData(t *testing.T) {
	events := hostileEvents()
	golden(t, "run_data", Data(DataPage{RunFrame: hostileRun(InData), Started: events[0].GetWorkflowExecutionStartedEventAttributes(), Closed: events[2]}))
	golden(t, "run_data_none", Data(DataPage{RunFrame: RunFrame{Frame: hostile, Info: hostileRuns()[1]}}))
}

// Where there is a codec, a page has for its script what no SDK's default converter reads, and nothing else.
func TestGoldenDataWithCodec(t *testing.T) {
	f := hostileRun(InData)
	f.Codec = Codec{Endpoint: "https://codec.example/" + attr, Credentials: true}
	sealed := payload("binary/"+script+fence, []byte("Alice"))
	started := &historypb.WorkflowExecutionStartedEventAttributes{Input: &commonpb.Payloads{Payloads: []*commonpb.Payload{
		sealed, payload("json/plain", []byte(`"5 bytes, encoding binary/`+fence+`x`+fence+`"`)), payload("json/protobuf", []byte(`{}`)), payload("binary/redacted", nil), payload("binary/null", nil),
	}}}
	golden(t, "run_data_codec", Data(DataPage{RunFrame: f, Started: started}))
	text := attributes(signalled(sealed))
	if got := strings.Count(text.html(f.Codec), "data-payload="); got != 4 || strings.Contains(text.html(Codec{}), "data-payload") || strings.Contains(text.String(), fence) {
		t.Errorf("%d payloads are for the codec:\n%s", got, text.html(f.Codec))
	}
}

func TestGoldenQuery(t *testing.T) {
	text := &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(`"goroutine 1\n\tmain.go:7 <script>\u202e"`)}
	golden(t, "run_query", Query(QueryPage{RunFrame: hostileRun(InQueries), Name: stackTrace, Answered: true, Answer: &commonpb.Payloads{Payloads: []*commonpb.Payload{text}}}))
	golden(t, "run_query_refused", Query(QueryPage{RunFrame: hostileRun(InQueries), Name: attr, Input: "</textarea>" + script, Refused: "unknown " + script + rtl}))
}

func TestGoldenActivityOptions(t *testing.T) {
	a := &workflowpb.PendingActivityInfo{ActivityId: script, ActivityType: &commonpb.ActivityType{Name: attr + rtl}, ActivityOptions: &activitypb.ActivityOptions{
		TaskQueue: &taskqueuepb.TaskQueue{Name: attr}, StartToCloseTimeout: durationpb.New(90 * time.Minute), RetryPolicy: &commonpb.RetryPolicy{MaximumAttempts: 9, BackoffCoefficient: 1.5},
	}}
	golden(t, "activity_options", ActivityOptions(ActivityOptionsPage{RunFrame: hostileRun(0).filled("options"), ID: script, Activity: a}))
	mayNot := hostileRun(0)
	mayNot.MayWrite = false
	golden(t, "activity_options_read_only", ActivityOptions(ActivityOptionsPage{RunFrame: mayNot, ID: script, Activity: a}))
	golden(t, "activity_options_gone", ActivityOptions(ActivityOptionsPage{RunFrame: hostileRun(0), ID: script}))
}

func TestGoldenResetAndAgain(t *testing.T) {
	filled := RunFrame.filled
	started := hostileEvents()[0].GetWorkflowExecutionStartedEventAttributes()
	golden(t, "run_reset", Reset(ResetPage{RunFrame: filled(hostileRun(0), "reset"), First: 4, Last: 10}))
	golden(t, "run_again", Again(AgainPage{RunFrame: filled(hostileRun(0), ""), Started: started}))
	mayNot := hostileRun(0)
	mayNot.MayWrite, mayNot.Hidden = false, true
	golden(t, "run_again_read_only", Again(AgainPage{RunFrame: mayNot, Started: started}))
}

// filled is the frame with a form that was refused; "": none.
func (f RunFrame) filled(form string) RunFrame {
	f.Filled = Filled{Form: form}
	if form != "" {
		f.Filled.Why = "There is no event " + script
	}
	return f
}

func child(id, run, parent string) *workflowpb.WorkflowExecutionInfo {
	return &workflowpb.WorkflowExecutionInfo{
		Execution: &commonpb.WorkflowExecution{WorkflowId: id, RunId: run}, Type: &commonpb.WorkflowType{Name: id}, StartTime: timestamppb.New(noon),
		Status: enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, ParentExecution: &commonpb.WorkflowExecution{WorkflowId: "p", RunId: parent},
	}
}

func TestGoldenFamily(t *testing.T) {
	f := hostileRun(InFamily)
	golden(t, "run_family", Family(FamilyPage{RunFrame: f, Members: []*workflowpb.WorkflowExecutionInfo{f.Info, child(script, "r2", f.RunID()), child(rtl, "r3", "r2")}, More: true, Previous: "r0", First: "r00"}))
}

// Each run stands after its parent, whatever the order, and none is lost or repeated, also where what is known goes in a circle.
func TestFamilyTree(t *testing.T) {
	p := FamilyPage{RunFrame: RunFrame{Info: child("me", "r1", "")}, Members: []*workflowpb.WorkflowExecutionInfo{
		child("grandchild", "r3", "r2"), child("child", "r2", "r1"), child("stranger", "r9", "unknown"), child("self", "r8", "r8"),
	}}
	var got []string
	for _, m := range p.tree() {
		got = append(got, m.indent()+" "+m.info.GetExecution().GetWorkflowId())
	}
	want := []string{"depth-0 stranger", "depth-0 self", "depth-0 me", "depth-1 child", "depth-2 grandchild"}
	if len(got) != len(want) {
		t.Fatalf("%q", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%q", got)
		}
	}
}

func TestGoldenRunWorkers(t *testing.T) {
	task := func(id int64, identity string) []*historypb.HistoryEvent {
		return []*historypb.HistoryEvent{
			{EventId: id, EventTime: timestamppb.New(noon), Attributes: &historypb.HistoryEvent_WorkflowTaskStartedEventAttributes{WorkflowTaskStartedEventAttributes: &historypb.WorkflowTaskStartedEventAttributes{Identity: identity}}},
			{EventId: id + 1, EventTime: timestamppb.New(noon), Attributes: &historypb.HistoryEvent_WorkflowTaskCompletedEventAttributes{WorkflowTaskCompletedEventAttributes: &historypb.WorkflowTaskCompletedEventAttributes{
				Identity: identity, SdkMetadata: &sdkpb.WorkflowTaskCompletedMetadata{SdkName: attr, SdkVersion: "1.2"},
			}}},
		}
	}
	f := hostileRun(InRunWorkers)
	f.Activities = []*workflowpb.PendingActivityInfo{{LastWorkerIdentity: rtl, LastStartedTime: timestamppb.New(noon)}}
	workers := WorkersOf(f, append(task(3, script), task(7, script)...))
	if len(workers) != 2 || workers[0].Tasks+workers[1].Tasks != 2 || workers[0].Attempts+workers[1].Attempts != 1 {
		t.Errorf("%+v", workers)
	}
	golden(t, "run_workers", RunWorkers(RunWorkersPage{RunFrame: f, Workers: workers, Queues: []Queue{{Name: script, Backlog: 12345}, {Name: rtl, Activities: true}}}))
}
