package edge_test

import (
	"math"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/platform/edge"
)

// badStart is a start that can never succeed: what is wrong with it, and what the answer says.
type badStart struct {
	name   string
	change func(*workflowservice.StartWorkflowExecutionRequest)
	words  []string
}

func TestBadStarts(t *testing.T) {
	w := newWorld(t)
	for _, cases := range [][]badStart{badStartIDs(), badStartDurations(), badStartSizes(), badStartPolicies()} {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				r := goodStart()
				c.change(r)
				_, err := w.workflows.StartWorkflowExecution(t.Context(), r)
				wantError[*serviceerror.InvalidArgument](t, err, c.words...)
			})
		}
	}
}

type startWorkflow = workflowservice.StartWorkflowExecutionRequest

func badStartIDs() []badStart {
	long := strings.Repeat("x", orchestration.MaxIDLength+1)
	return []badStart{
		{"no workflow id", func(r *startWorkflow) { r.WorkflowId = "" }, []string{"WorkflowId is not set"}},
		{"long workflow id", func(r *startWorkflow) { r.WorkflowId = long }, []string{"WorkflowId length exceeds limit", "1001", "1000"}},
		{"NUL in workflow id", func(r *startWorkflow) { r.WorkflowId = "a\x00b" }, []string{"WorkflowId", "NUL"}},
		{"no type", func(r *startWorkflow) { r.WorkflowType = nil }, []string{"WorkflowType is not set"}},
		{"empty type", func(r *startWorkflow) { r.WorkflowType.Name = "" }, []string{"WorkflowType is not set"}},
		{"long type", func(r *startWorkflow) { r.WorkflowType.Name = long }, []string{"WorkflowType length exceeds limit"}},
		{"no queue", func(r *startWorkflow) { r.TaskQueue = nil }, []string{"TaskQueue is not set"}},
		{"empty queue", func(r *startWorkflow) { r.TaskQueue.Name = "" }, []string{"TaskQueue is not set"}},
		{"long queue", func(r *startWorkflow) { r.TaskQueue.Name = long }, []string{"TaskQueue length exceeds limit"}},
		{"reserved queue", func(r *startWorkflow) { r.TaskQueue = &taskqueuepb.TaskQueue{Name: "/_sys/q/1"} }, []string{"TaskQueue", "reserved"}},
		{"long request id", func(r *startWorkflow) { r.RequestId = long }, []string{"RequestId length exceeds limit"}},
		{"long identity", func(r *startWorkflow) { r.Identity = long }, []string{"Identity length exceeds limit"}},
	}
}

func badStartDurations() []badStart {
	negative := durationpb.New(-1)
	return []badStart{
		{"negative execution timeout", func(r *startWorkflow) { r.WorkflowExecutionTimeout = negative }, []string{"WorkflowExecutionTimeout", "negative"}},
		{"negative run timeout", func(r *startWorkflow) { r.WorkflowRunTimeout = negative }, []string{"WorkflowRunTimeout", "negative"}},
		{"negative task timeout", func(r *startWorkflow) { r.WorkflowTaskTimeout = negative }, []string{"WorkflowTaskTimeout", "negative"}},
		{"negative delay", func(r *startWorkflow) { r.WorkflowStartDelay = negative }, []string{"WorkflowStartDelay", "negative"}},
		{"signs that differ", func(r *startWorkflow) { r.WorkflowRunTimeout = &durationpb.Duration{Seconds: 1, Nanos: -1} }, []string{"WorkflowRunTimeout"}},
		{"out of range", func(r *startWorkflow) { r.WorkflowRunTimeout = &durationpb.Duration{Seconds: math.MinInt64} }, []string{"WorkflowRunTimeout"}},
	}
}

func badStartSizes() []badStart {
	many := &commonpb.SearchAttributes{IndexedFields: map[string]*commonpb.Payload{}}
	for i := range edge.MaxSearchAttributes + 1 {
		many.IndexedFields[strings.Repeat("a", i+1)] = &commonpb.Payload{}
	}
	heavy := &commonpb.SearchAttributes{IndexedFields: map[string]*commonpb.Payload{}}
	for i := range 21 {
		heavy.IndexedFields[strings.Repeat("a", i+1)] = &commonpb.Payload{Data: make([]byte, 2000)}
	}
	tooMuch := &commonpb.Payload{Data: make([]byte, orchestration.MaxPayloadSize)}
	return []badStart{
		{"input", func(r *startWorkflow) { r.Input = payloads(orchestration.MaxPayloadSize) }, []string{"Blob data size exceeds limit.", "Input", "2097152"}},
		{"input in parts", func(r *startWorkflow) { r.Input = payloads(1<<20, 1<<20) }, []string{"Blob data size exceeds limit.", "Input"}},
		{"header", func(r *startWorkflow) {
			r.Header = &commonpb.Header{Fields: map[string]*commonpb.Payload{"h": tooMuch}}
		}, []string{"Blob data size exceeds limit.", "Header"}},
		{"memo", func(r *startWorkflow) { r.Memo = &commonpb.Memo{Fields: map[string]*commonpb.Payload{"m": tooMuch}} }, []string{"Memo size exceeds limit", "2097152"}},
		{"attributes, many", func(r *startWorkflow) { r.SearchAttributes = many }, []string{"Number of search attributes exceeds limit", "101", "100"}},
		{"attributes, one large", func(r *startWorkflow) {
			r.SearchAttributes = &commonpb.SearchAttributes{IndexedFields: map[string]*commonpb.Payload{"Big": {Data: make([]byte, 2049)}}}
		}, []string{"Search attribute Big size exceeds limit", "2049", "2048"}},
		{"attributes, large together", func(r *startWorkflow) { r.SearchAttributes = heavy }, []string{"Total size of search attributes exceeds limit", "40960"}},
		{"attribute without a name", func(r *startWorkflow) {
			r.SearchAttributes = &commonpb.SearchAttributes{IndexedFields: map[string]*commonpb.Payload{"": {}}}
		}, []string{"Search attribute name is not set"}},
		{"summary", func(r *startWorkflow) {
			r.UserMetadata = &sdkpb.UserMetadata{Summary: &commonpb.Payload{Data: make([]byte, edge.MaxSummarySize)}}
		}, []string{"Summary size exceeds limit", "400"}},
		{"details", func(r *startWorkflow) {
			r.UserMetadata = &sdkpb.UserMetadata{Details: &commonpb.Payload{Data: make([]byte, edge.MaxDetailsSize)}}
		}, []string{"Details size exceeds limit", "20000"}},
		{"links, many", func(r *startWorkflow) { r.Links = make([]*commonpb.Link, edge.MaxLinks+1); fillLinks(r.Links) }, []string{"Number of links exceeds limit", "11", "10"}},
		{"link, large", func(r *startWorkflow) {
			r.Links = []*commonpb.Link{{Variant: &commonpb.Link_BatchJob_{BatchJob: &commonpb.Link_BatchJob{JobId: strings.Repeat("x", edge.MaxLinkSize)}}}}
		}, []string{"Link size exceeds limit", "4000"}},
	}
}

func fillLinks(links []*commonpb.Link) {
	for i := range links {
		links[i] = &commonpb.Link{}
	}
}

func badStartPolicies() []badStart {
	return []badStart{
		{"terminate if running with a conflict policy", func(r *startWorkflow) {
			r.WorkflowIdReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING
			r.WorkflowIdConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL
		}, []string{"TERMINATE_IF_RUNNING", "WorkflowIdConflictPolicy"}},
		{"reject duplicate with terminate existing", func(r *startWorkflow) {
			r.WorkflowIdReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE
			r.WorkflowIdConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING
		}, []string{"REJECT_DUPLICATE", "TERMINATE_EXISTING"}},
		{"unknown reuse policy", func(r *startWorkflow) { r.WorkflowIdReusePolicy = 99 }, []string{"WorkflowIdReusePolicy", "99"}},
		{"unknown conflict policy", func(r *startWorkflow) { r.WorkflowIdConflictPolicy = -1 }, []string{"WorkflowIdConflictPolicy", "-1"}},
		{"callbacks attached without the request id", func(r *startWorkflow) {
			r.OnConflictOptions = &workflowpb.OnConflictOptions{AttachCompletionCallbacks: true}
		}, []string{"AttachCompletionCallbacks", "AttachRequestId"}},
		{"retry: negative interval", func(r *startWorkflow) {
			r.RetryPolicy = &commonpb.RetryPolicy{InitialInterval: durationpb.New(-1)}
		}, []string{"RetryPolicy.InitialInterval", "negative"}},
		{"retry: negative maximum", func(r *startWorkflow) {
			r.RetryPolicy = &commonpb.RetryPolicy{MaximumInterval: durationpb.New(-1)}
		}, []string{"RetryPolicy.MaximumInterval", "negative"}},
		{"retry: maximum below initial", func(r *startWorkflow) {
			r.RetryPolicy = &commonpb.RetryPolicy{InitialInterval: durationpb.New(2), MaximumInterval: durationpb.New(1)}
		}, []string{"RetryPolicy.MaximumInterval", "InitialInterval"}},
		{"retry: coefficient below one", func(r *startWorkflow) { r.RetryPolicy = &commonpb.RetryPolicy{BackoffCoefficient: 0.5} }, []string{"BackoffCoefficient"}},
		{"retry: coefficient not a number", func(r *startWorkflow) { r.RetryPolicy = &commonpb.RetryPolicy{BackoffCoefficient: math.NaN()} }, []string{"BackoffCoefficient"}},
		{"retry: endless coefficient", func(r *startWorkflow) { r.RetryPolicy = &commonpb.RetryPolicy{BackoffCoefficient: math.Inf(1)} }, []string{"BackoffCoefficient"}},
		{"retry: negative attempts", func(r *startWorkflow) { r.RetryPolicy = &commonpb.RetryPolicy{MaximumAttempts: -1} }, []string{"MaximumAttempts"}},
		{"cron: no schedule", func(r *startWorkflow) { r.CronSchedule = "every day" }, []string{"CronSchedule", "every day"}},
		{"cron: seconds", func(r *startWorkflow) { r.CronSchedule = "* * * * * *" }, []string{"CronSchedule"}},
		{"cron: no such zone", func(r *startWorkflow) { r.CronSchedule = "CRON_TZ=Mars/Olympus * * * * *" }, []string{"CronSchedule", "Mars/Olympus"}},
		{"cron: a zone alone", func(r *startWorkflow) { r.CronSchedule = "TZ=UTC" }, []string{"CronSchedule", "TZ=UTC"}},
		{"cron: never", func(r *startWorkflow) { r.CronSchedule = "0 0 30 2 *" }, []string{"CronSchedule", "no moment"}},
		{"cron: with a delay", func(r *startWorkflow) {
			r.CronSchedule, r.WorkflowStartDelay = "* * * * *", durationpb.New(1)
		}, []string{"CronSchedule and WorkflowStartDelay"}},
		{"priority key", func(r *startWorkflow) { r.Priority = &commonpb.Priority{PriorityKey: 6} }, []string{"Priority key 6"}},
		{"negative priority key", func(r *startWorkflow) { r.Priority = &commonpb.Priority{PriorityKey: -1} }, []string{"Priority key -1"}},
		{"long fairness key", func(r *startWorkflow) { r.Priority = &commonpb.Priority{FairnessKey: strings.Repeat("f", 65)} }, []string{"Fairness key length exceeds limit", "65", "64"}},
		{"negative weight", func(r *startWorkflow) { r.Priority = &commonpb.Priority{FairnessWeight: -1} }, []string{"Fairness weight"}},
	}
}
