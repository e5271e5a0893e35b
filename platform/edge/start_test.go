package edge_test

import (
	"context"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/platform/edge"
)

// goodStart is the least that a start needs.
func goodStart() *workflowservice.StartWorkflowExecutionRequest {
	return &workflowservice.StartWorkflowExecutionRequest{
		Namespace:    "bank",
		WorkflowId:   "transfer-1",
		WorkflowType: &commonpb.WorkflowType{Name: "Transfer"},
		TaskQueue:    &taskqueuepb.TaskQueue{Name: "transfers"},
	}
}

func payloads(sizes ...int) *commonpb.Payloads {
	p := &commonpb.Payloads{}
	for _, n := range sizes {
		p.Payloads = append(p.Payloads, &commonpb.Payload{Data: make([]byte, n)})
	}
	return p
}

// started sends r and returns what reached the engine.
func started(t *testing.T, r *workflowservice.StartWorkflowExecutionRequest) engine.StartRequest {
	t.Helper()
	w := newWorld(t)
	var got engine.StartRequest
	w.engine.start = func(_ context.Context, req engine.StartRequest) (engine.StartReply, error) {
		got = req
		return engine.StartReply{RunID: someRun, Started: true, Status: enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING}, nil
	}
	resp, err := w.workflows.StartWorkflowExecution(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if resp.GetRunId() != someRun.String() || !resp.GetStarted() || resp.GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		t.Errorf("answer %v", resp)
	}
	if got.Run.Key != (orchestration.WorkflowKey{Namespace: w.ns.ID, WorkflowID: r.GetWorkflowId()}).Run(orchestration.RunID{}) {
		t.Errorf("key %v", got.Run.Key)
	}
	return got
}

func TestStartWithDefaults(t *testing.T) {
	got := started(t, goodStart())
	if got.Run.Type != "Transfer" || got.Run.TaskQueue != "transfers" {
		t.Errorf("type %q on queue %q", got.Run.Type, got.Run.TaskQueue)
	}
	if got.Run.RequestID == "" {
		t.Error("a start without a request id must get one of its own")
	}
	if got.Run.TaskTimeout != orchestration.DefaultTaskTimeout || got.Run.RunTimeout != 0 || got.Run.ExecutionTimeout != 0 || got.Run.StartDelay != 0 {
		t.Errorf("timeouts %v %v %v, delay %v", got.Run.ExecutionTimeout, got.Run.RunTimeout, got.Run.TaskTimeout, got.Run.StartDelay)
	}
	if got.ReusePolicy != enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE || got.ConflictPolicy != enumspb.WORKFLOW_ID_CONFLICT_POLICY_FAIL {
		t.Errorf("policies %v %v", got.ReusePolicy, got.ConflictPolicy)
	}
}

func TestStartCarriesEverything(t *testing.T) {
	r := goodStart()
	r.Input = payloads(3)
	r.Header = &commonpb.Header{Fields: map[string]*commonpb.Payload{"trace": {Data: []byte("t")}}}
	r.Memo = &commonpb.Memo{Fields: map[string]*commonpb.Payload{"why": {Data: []byte("m")}}}
	r.SearchAttributes = &commonpb.SearchAttributes{IndexedFields: map[string]*commonpb.Payload{"Customer": {Data: []byte(`"c"`)}}}
	r.UserMetadata = &sdkpb.UserMetadata{Summary: &commonpb.Payload{Data: []byte("s")}}
	r.Priority = &commonpb.Priority{PriorityKey: 2, FairnessKey: "customer-7", FairnessWeight: 1.5}
	r.Links = []*commonpb.Link{{}}
	r.WorkflowStartDelay = durationpb.New(time.Minute)
	r.RequestId, r.Identity = "req-1", "me@here"
	r.WorkflowIdConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
	r.OnConflictOptions = &workflowpb.OnConflictOptions{AttachRequestId: true}
	r.RetryPolicy = &commonpb.RetryPolicy{MaximumAttempts: 4}
	r.RequestEagerExecution = true
	r.LastCompletionResult, r.ContinuedFailure = payloads(1), &failurepb.Failure{Message: "before"}
	got := started(t, r)
	for name, same := range map[string]bool{
		"input":       proto.Equal(got.Run.Input, r.Input),
		"header":      proto.Equal(got.Run.Header, r.Header),
		"memo":        proto.Equal(got.Run.Memo, r.Memo),
		"attributes":  proto.Equal(got.Run.SearchAttributes, r.SearchAttributes),
		"metadata":    proto.Equal(got.Run.UserMetadata, r.UserMetadata),
		"priority":    proto.Equal(got.Run.Priority, r.Priority),
		"links":       len(got.Run.Links) == 1,
		"delay":       got.Run.StartDelay == time.Minute,
		"request id":  got.Run.RequestID == "req-1",
		"identity":    got.Run.Identity == "me@here",
		"conflict":    got.ConflictPolicy == enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		"on conflict": got.OnConflict.GetAttachRequestId(),
		"retry":       proto.Equal(got.Run.RetryPolicy, r.RetryPolicy),
		"eager":       got.Eager,
		"result":      proto.Equal(got.Run.Chain.LastResult, r.LastCompletionResult),
		"failure":     proto.Equal(got.Run.Chain.Failure, r.ContinuedFailure),
	} {
		if !same {
			t.Errorf("%s did not arrive as sent", name)
		}
	}
}

func TestStartTimeoutsAreCapped(t *testing.T) {
	seconds := func(n int64) *durationpb.Duration { return &durationpb.Duration{Seconds: n} }
	for name, c := range map[string]struct {
		execution, run, task             *durationpb.Duration
		wantExecution, wantRun, wantTask time.Duration
	}{
		"run to execution":        {seconds(60), seconds(90), nil, time.Minute, time.Minute, 10 * time.Second},
		"run set by execution":    {seconds(60), nil, nil, time.Minute, time.Minute, 10 * time.Second},
		"run shorter stays":       {seconds(60), seconds(30), nil, time.Minute, 30 * time.Second, 10 * time.Second},
		"task to the most":        {nil, nil, seconds(3600), 0, 0, orchestration.MaxTaskTimeout},
		"task to the run":         {nil, seconds(3), seconds(30), 0, 3 * time.Second, 3 * time.Second},
		"default task to the run": {nil, seconds(3), nil, 0, 3 * time.Second, 3 * time.Second},
		"forever is a century":    {seconds(1 << 40), nil, nil, edge.MaxDuration, edge.MaxDuration, 10 * time.Second},
		"two centuries too":       {nil, seconds(200 * 365 * 86400), nil, 0, edge.MaxDuration, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			r := goodStart()
			r.WorkflowExecutionTimeout, r.WorkflowRunTimeout, r.WorkflowTaskTimeout = c.execution, c.run, c.task
			got := started(t, r).Run
			if got.ExecutionTimeout != c.wantExecution || got.RunTimeout != c.wantRun || got.TaskTimeout != c.wantTask {
				t.Errorf("got %v %v %v, want %v %v %v", got.ExecutionTimeout, got.RunTimeout, got.TaskTimeout, c.wantExecution, c.wantRun, c.wantTask)
			}
		})
	}
}

func TestTerminateIfRunningIsTerminateExisting(t *testing.T) {
	r := goodStart()
	r.WorkflowIdReusePolicy = enumspb.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING
	got := started(t, r)
	if got.ReusePolicy != enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE || got.ConflictPolicy != enumspb.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING {
		t.Errorf("policies %v %v", got.ReusePolicy, got.ConflictPolicy)
	}
}

func TestStartRefusesWhatIsNotBuilt(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]func(*workflowservice.StartWorkflowExecutionRequest){
		"CompletionCallbacks": func(r *workflowservice.StartWorkflowExecutionRequest) {
			r.CompletionCallbacks = []*commonpb.Callback{{}}
		},
		"VersioningOverride": func(r *workflowservice.StartWorkflowExecutionRequest) {
			r.VersioningOverride = &workflowpb.VersioningOverride{}
		},
		"TimeSkippingConfig": func(r *workflowservice.StartWorkflowExecutionRequest) {
			r.TimeSkippingConfig = &commonpb.TimeSkippingConfig{}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := goodStart()
			change(r)
			_, err := w.workflows.StartWorkflowExecution(t.Context(), r)
			wantError[*serviceerror.Unimplemented](t, err, name, "not implemented")
		})
	}
}

func TestStartFindsARunningOne(t *testing.T) {
	w := newWorld(t)
	w.engine.start = func(context.Context, engine.StartRequest) (engine.StartReply, error) {
		return engine.StartReply{RunID: someRun, First: firstRun, Status: enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING}, nil
	}
	resp, err := w.workflows.StartWorkflowExecution(t.Context(), goodStart())
	if err != nil || resp.GetStarted() || resp.GetRunId() != someRun.String() || resp.GetFirstExecutionRunId() != firstRun.String() {
		t.Errorf("%v, %v", resp, err)
	}
}

// firstRun is the first run of someRun's chain.
var firstRun = orchestration.NewRunID(noon)

func TestStartOnASchedule(t *testing.T) {
	r := goodStart()
	r.CronSchedule = "CRON_TZ=Europe/Rome 30 4 * * 1-5"
	if got := started(t, r); got.Run.CronSchedule != r.CronSchedule {
		t.Errorf("schedule %q", got.Run.CronSchedule)
	}
}

func TestEagerTaskComesWithTheStart(t *testing.T) {
	w := newWorld(t)
	w.engine.start = func(context.Context, engine.StartRequest) (engine.StartReply, error) {
		return engine.StartReply{RunID: someRun, First: someRun, Started: true, Task: &engine.WorkflowTask{Token: []byte("token"), Type: "Transfer"}}, nil
	}
	resp, err := w.workflows.StartWorkflowExecution(t.Context(), goodStart())
	if err != nil || string(resp.GetEagerWorkflowTask().GetTaskToken()) != "token" || resp.GetEagerWorkflowTask().GetWorkflowType().GetName() != "Transfer" {
		t.Errorf("%v, %v", resp, err)
	}
}
