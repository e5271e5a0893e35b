package view

import (
	"bytes"
	"context"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/a-h/templ"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/console/assets"
)

var update = flag.Bool("update", false, "write the golden pages anew")

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const (
	script = `<script>alert("1")</script>`
	rtl    = "\u202Egnp.exe مرحبا"
	emoji  = "👩‍👩‍👧 transfer 🏦"
	attr   = `" onmouseover="alert(1)`
)

var hostile = Frame{Place: Place{"default", script}, Namespaces: []string{"default", script, rtl}, Now: noon}

// golden compares a page with testdata/<name>.html. The assets' version is blanked: a new colour changes no page.
func golden(t *testing.T, name string, page templ.Component) {
	t.Helper()
	var b bytes.Buffer
	if err := page.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	got := bytes.ReplaceAll(b.Bytes(), []byte(assets.Version), []byte("VERSION"))
	got = append(bytes.ReplaceAll(got, []byte("><"), []byte(">\n<")), '\n')
	file := filepath.Join("testdata", name+".html")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s has changed; look at the difference, and run the test with -update if it is right", file)
	}
	harmless(t, name, b.Bytes())
}

// forbidden is what no page may contain: anything that the content policy would block, and hostile names that got through unescaped.
var forbidden = regexp.MustCompile(`(?i)<script|<style|\sstyle=|\son[a-z]+="|javascript:|[\x{202A}-\x{202E}\x{2066}-\x{2069}]`)

// own are the scripts that pages may have.
var own = regexp.MustCompile(`<script src="/assets/[0-9a-f]{12}-(?:htmx\.js"|console\.js" data-stream="[^"<>]*") defer></script>`)

func harmless(t *testing.T, name string, page []byte) {
	t.Helper()
	page = own.ReplaceAll(page, nil)
	if found := forbidden.Find(page); found != nil {
		t.Errorf("%s contains %q", name, found)
	}
}

func TestGoldenSignIn(t *testing.T) {
	golden(t, "signin_needed", SignIn(SignInNeeded, "/t/default/ns/default/workflows?query="+attr))
	golden(t, "signin_used", SignIn(LinkUsed, "/"))
	golden(t, "signin_printed", SignIn(LinkPrinted, "/"))
	golden(t, "signin_too_soon", SignIn(LinkTooSoon, "/"))
	golden(t, "signin_redeem", Redeem("token"))
}

func TestGoldenProblem(t *testing.T) {
	golden(t, "problem_hostile", Problem(404, "There is no "+script+rtl))
	for _, status := range []int{400, 500, 503} {
		var b bytes.Buffer
		if err := Problem(status, "why").Render(context.Background(), &b); err != nil || !bytes.Contains(b.Bytes(), []byte(problemTitle(status))) {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestGoldenWorkflows(t *testing.T) {
	golden(t, "workflows_empty", Workflows(WorkflowList{Frame: Frame{Place: Place{"default", "default"}, Namespaces: []string{"default"}, Now: noon}, FirstPage: true, Server: "127.0.0.1:7233", Fields: FilterBar{Fits: true}}))
	golden(t, "workflows_polled", Workflows(WorkflowList{Frame: hostile, FirstPage: true, Server: "127.0.0.1:7233", Polled: []string{"bank", script}, MayWrite: true, Fields: FilterBar{Fits: true}}))
	golden(t, "counts", Counts(CountsPage{Frame: hostile, Query: attr, Fields: FilterBar{Status: "Failed", Type: script, Fits: true}, Counts: map[string]int64{"Failed": 7, "Running": 1234567}}))
	golden(t, "counts_of_any_query", Counts(CountsPage{Frame: hostile, Query: attr, Counts: map[string]int64{"TimedOut": 1}}))
	golden(t, "counts_refused", Counts(CountsPage{Frame: hostile, Query: attr, Refused: script}))
	golden(t, "workflows_none_match", Workflows(WorkflowList{Frame: hostile, Query: attr, FirstPage: true}))
	golden(t, "workflows_refused", Workflows(WorkflowList{Frame: hostile, Query: attr, Refused: "unknown column " + script, FirstPage: true}))
	golden(t, "workflows_hostile", Workflows(WorkflowList{Frame: hostile, Query: `ExecutionStatus = "Failed"`, Runs: hostileRuns(), Fields: FilterBar{Status: "Failed", Type: script, ID: attr, After: "2026-01-02T03:04:05", Fits: true}, Next: "bW9yZQ", MayWrite: true}))
}

// hostileRuns has one run of each status, and a hostile name in each place.
func TestGoldenBulk(t *testing.T) {
	p := BulkPage{Frame: hostile, Query: `WorkflowType = "` + script + `"`, Matching: 12345, Running: 345}
	golden(t, "start", Start(StartPage{Frame: hostile, Filled: Filled{Form: "start"}}))
	golden(t, "start_refused", Start(StartPage{Frame: hostile, Filled: Filled{Form: "start", Values: refusedForm, Why: script}}))
	golden(t, "bulk_matching", Bulk(p))
	p.Runs = []BulkRun{{WorkflowID: attr, RunID: "0199a0a0-0000-7000-8000-000000000001"}}
	p.Filled = Filled{Form: "bulk", Values: refusedForm, Why: script}
	golden(t, "bulk_ticked", Bulk(p))
	golden(t, "bulk_refused", Bulk(BulkPage{Frame: hostile, Query: attr, Refused: script}))
}

func TestGoldenColumns(t *testing.T) {
	runs := hostileRuns()[:2]
	runs[0].ParentExecution = &commonpb.WorkflowExecution{WorkflowId: script, RunId: "0199a0a0-0000-7000-8000-000000000002"}
	runs[0].SearchAttributes = &commonpb.SearchAttributes{IndexedFields: map[string]*commonpb.Payload{
		script:    {Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(`"` + rtl + `"`)},
		"Numbers": {Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(`[1, 2]`)},
	}}
	golden(t, "workflows_columns", Workflows(WorkflowList{
		Frame: hostile, Query: attr, Runs: runs, FirstPage: true, Next: "bW9yZQ", Attributes: []string{"Numbers", script},
		Layout: Layout{Columns: []string{"events", "parent", "queue", "attribute.Numbers", "attribute." + script, attr}, Sort: "CloseTime DESC"},
	}))
}

// hostileRuns has one run of each status, and a hostile name in each place.
func hostileRuns() []*workflowpb.WorkflowExecutionInfo {
	ids := []string{script, rtl, emoji, attr, "a/b", string(bytes.Repeat([]byte("long"), 250)), "plain"}
	var runs []*workflowpb.WorkflowExecutionInfo
	for i, id := range ids {
		run := &workflowpb.WorkflowExecutionInfo{
			Execution: &commonpb.WorkflowExecution{WorkflowId: id, RunId: "0199a0a0-0000-7000-8000-00000000000" + string(rune('0'+i))},
			Type:      &commonpb.WorkflowType{Name: id}, TaskQueue: id, Status: enumspb.WorkflowExecutionStatus(i + 1),
			StartTime: timestamppb.New(noon.Add(-time.Duration(i*i*i) * time.Hour)),
		}
		if i > 0 {
			run.CloseTime = timestamppb.New(run.StartTime.AsTime().Add(1500 * time.Millisecond))
		}
		runs = append(runs, run)
	}
	return runs
}

func TestGoldenRun(t *testing.T) {
	page := RunPage{RunFrame: RunFrame{Frame: hostile, Info: hostileRuns()[0], MayWrite: true}, History: HistoryPage{Events: hostileEvents(), Number: 1, Length: 401}}
	page.Filled = Filled{Form: "signal", Why: "Input is no " + script, Values: url.Values{"name": {attr}, "input": {"</textarea>" + script}}}
	page.Info.ParentExecution = &commonpb.WorkflowExecution{WorkflowId: attr, RunId: "0199a0a0-0000-7000-8000-000000000001"}
	page.WorkflowTask = &workflowpb.PendingWorkflowTaskInfo{State: enumspb.PENDING_WORKFLOW_TASK_STATE_STARTED, Attempt: 3}
	page.Activities = []*workflowpb.PendingActivityInfo{{
		ActivityId: rtl, ActivityType: &commonpb.ActivityType{Name: script}, State: enumspb.PENDING_ACTIVITY_STATE_SCHEDULED, Attempt: 4, MaximumAttempts: 5,
		NextAttemptScheduleTime: timestamppb.New(noon.Add(3 * time.Second)), LastFailure: &failurepb.Failure{Message: script + "\nstack"},
	}}
	page.Trouble = &StuckRun{Kind: "Retries", Why: script + rtl}
	page.Timeline = NewTimeline(page.RunFrame, page.History, Zoom{})
	golden(t, "run_hostile", Run(page))
	golden(t, "run_history", History(page))
	page.History.Form = JSONEvents
	golden(t, "run_json", History(page))
	golden(t, "run_newest", History(RunPage{RunFrame: RunFrame{Frame: hostile, Info: hostileRuns()[1]}, History: HistoryPage{Newest: true, Number: 2, Length: 401}}))
}

func hostileEvents() []*historypb.HistoryEvent {
	payload := func(encoding, data string) *commonpb.Payload {
		return &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte(encoding)}, Data: []byte(data)}
	}
	return []*historypb.HistoryEvent{
		{EventId: 1, EventTime: timestamppb.New(noon), EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
			Attributes: &historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes{WorkflowExecutionStartedEventAttributes: &historypb.WorkflowExecutionStartedEventAttributes{
				WorkflowType: &commonpb.WorkflowType{Name: script}, TaskQueue: &taskqueuepb.TaskQueue{Name: rtl, Kind: enumspb.TASK_QUEUE_KIND_NORMAL},
				Input: &commonpb.Payloads{Payloads: []*commonpb.Payload{
					payload("json/plain", `{"name":"</pre><script>","amount":1e400,"n":12345678901234567890}`), payload("binary/encrypted", "secret"), payload(script, "x"),
				}},
				WorkflowRunTimeout: durationpb.New(90 * time.Second), Identity: attr, Attempt: 1,
			}}},
		{EventId: 2, EventTime: timestamppb.New(noon.Add(time.Second)), EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
			Attributes: &historypb.HistoryEvent_WorkflowTaskScheduledEventAttributes{WorkflowTaskScheduledEventAttributes: &historypb.WorkflowTaskScheduledEventAttributes{Attempt: 2}}},
		{EventId: 3, EventTime: timestamppb.New(noon.Add(2 * time.Second)), EventType: enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
			Attributes: &historypb.HistoryEvent_WorkflowExecutionFailedEventAttributes{WorkflowExecutionFailedEventAttributes: &historypb.WorkflowExecutionFailedEventAttributes{
				Failure: &failurepb.Failure{Message: "activity error", Cause: &failurepb.Failure{Message: script + "\n<second line>", StackTrace: "at " + script}},
			}}},
	}
}
