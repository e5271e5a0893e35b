package edge_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	protocolpb "go.temporal.io/api/protocol/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	updatepb "go.temporal.io/api/update/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

func raise() *workflowservice.UpdateWorkflowExecutionRequest {
	return &workflowservice.UpdateWorkflowExecutionRequest{
		Namespace: "bank", WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "transfer-1"},
		WaitPolicy: &updatepb.WaitPolicy{LifecycleStage: history.UpdateAccepted},
		Request: &updatepb.Request{
			Meta:  &updatepb.Meta{UpdateId: "u", Identity: "me"},
			Input: &updatepb.Input{Name: "raise", Args: payloads(3), Header: &commonpb.Header{Fields: map[string]*commonpb.Payload{"trace": {Data: []byte("t")}}}},
		},
	}
}

func succeeded() *updatepb.Outcome {
	return &updatepb.Outcome{Value: &updatepb.Outcome_Success{Success: payloads(5)}}
}

func TestUpdateCarriesEverything(t *testing.T) {
	w := newWorld(t)
	sent := raise()
	run := orchestration.WorkflowKey{Namespace: w.ns.ID, WorkflowID: "transfer-1"}
	first := orchestration.NewRunID(noon)
	w.engine.updateWorkflow = func(_ context.Context, r engine.UpdateRequest) (engine.UpdateReply, error) {
		if r.Run != run.Run(orchestration.RunID{}) || r.First != first || r.Stage != history.UpdateAccepted || !proto.Equal(r.Request, sent.Request) {
			t.Errorf("%+v", r)
		}
		return engine.UpdateReply{Run: run.Run(someRun), Stage: history.UpdateCompleted, Outcome: succeeded()}, nil
	}
	sent.FirstExecutionRunId = first.String()
	got, err := w.workflows.UpdateWorkflowExecution(t.Context(), sent)
	want := &workflowservice.UpdateWorkflowExecutionResponse{
		UpdateRef: &updatepb.UpdateRef{WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "transfer-1", RunId: someRun.String()}, UpdateId: "u"},
		Outcome:   succeeded(), Stage: history.UpdateCompleted,
	}
	if err != nil || !proto.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

// TestUpdateOfAnyStage: without a stage the caller wants the outcome; an admitted update is not worth an answer.
func TestUpdateOfAnyStage(t *testing.T) {
	w := newWorld(t)
	w.engine.updateWorkflow = func(_ context.Context, r engine.UpdateRequest) (engine.UpdateReply, error) {
		if r.Stage != history.UpdateCompleted || r.Request.GetMeta().GetUpdateId() == "" || r.Request.GetMeta().GetIdentity() != "me" {
			t.Errorf("%+v", r)
		}
		return engine.UpdateReply{Stage: history.UpdateAdmitted}, nil
	}
	sent := raise()
	sent.WaitPolicy, sent.Request.Meta.UpdateId = nil, ""
	got, err := w.workflows.UpdateWorkflowExecution(t.Context(), sent)
	if err != nil || got.GetStage() != history.UpdateAdmitted || got.GetUpdateRef().GetUpdateId() == "" {
		t.Errorf("%v, %v", got, err)
	}
	sent = raise()
	sent.WaitPolicy.LifecycleStage = history.UpdateAdmitted
	_, err = w.workflows.UpdateWorkflowExecution(t.Context(), sent)
	wantError[*serviceerror.PermissionDenied](t, err, "wait stage ADMITTED is not supported")
}

func TestUpdatePollCarriesEverything(t *testing.T) {
	w := newWorld(t)
	run := orchestration.WorkflowKey{Namespace: w.ns.ID, WorkflowID: "transfer-1"}
	w.engine.pollUpdate = func(_ context.Context, r engine.UpdatePoll) (engine.UpdateReply, error) {
		if r.Run != run.Run(someRun) || r.ID != "u" || r.Stage != history.UpdateCompleted {
			t.Errorf("%+v", r)
		}
		return engine.UpdateReply{Run: run.Run(someRun), Stage: history.UpdateCompleted, Outcome: succeeded()}, nil
	}
	ref := &updatepb.UpdateRef{WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "transfer-1", RunId: someRun.String()}, UpdateId: "u"}
	got, err := w.workflows.PollWorkflowExecutionUpdate(t.Context(), &workflowservice.PollWorkflowExecutionUpdateRequest{
		Namespace: "bank", UpdateRef: ref, WaitPolicy: &updatepb.WaitPolicy{LifecycleStage: history.UpdateCompleted},
	})
	want := &workflowservice.PollWorkflowExecutionUpdateResponse{Outcome: succeeded(), Stage: history.UpdateCompleted, UpdateRef: ref}
	if err != nil || !proto.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestBadUpdates(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("x", orchestration.MaxIDLength+1)
	for words, spoil := range map[string]func(r *workflowservice.UpdateWorkflowExecutionRequest){
		"Execution is not set":                    func(r *workflowservice.UpdateWorkflowExecutionRequest) { r.WorkflowExecution = nil },
		"RunId is not a valid UUID":               func(r *workflowservice.UpdateWorkflowExecutionRequest) { r.WorkflowExecution.RunId = "x" },
		"FirstExecutionRunId is not a valid UUID": func(r *workflowservice.UpdateWorkflowExecutionRequest) { r.FirstExecutionRunId = "x" },
		"Request is not set":                      func(r *workflowservice.UpdateWorkflowExecutionRequest) { r.Request = nil },
		"Update input is not set":                 func(r *workflowservice.UpdateWorkflowExecutionRequest) { r.Request.Input = nil },
		"Update name is not set":                  func(r *workflowservice.UpdateWorkflowExecutionRequest) { r.Request.Input.Name = "" },
		"Update name length exceeds limit":        func(r *workflowservice.UpdateWorkflowExecutionRequest) { r.Request.Input.Name = long },
		"UpdateId length exceeds limit":           func(r *workflowservice.UpdateWorkflowExecutionRequest) { r.Request.Meta.UpdateId = long },
		"Blob data size exceeds limit. Args": func(r *workflowservice.UpdateWorkflowExecutionRequest) {
			r.Request.Input.Args = payloads(orchestration.MaxPayloadSize)
		},
		"LifecycleStage has the unknown value 42.": func(r *workflowservice.UpdateWorkflowExecutionRequest) { r.WaitPolicy.LifecycleStage = 42 },
	} {
		r := raise()
		spoil(r)
		_, err := w.workflows.UpdateWorkflowExecution(t.Context(), r)
		wantError[*serviceerror.InvalidArgument](t, err, words)
	}
	for words, ref := range map[string]*updatepb.UpdateRef{
		"UpdateRef is not set": nil,
		"Execution is not set": {UpdateId: "u"},
		"UpdateId is not set":  {WorkflowExecution: runOfBank},
	} {
		_, err := w.workflows.PollWorkflowExecutionUpdate(t.Context(), &workflowservice.PollWorkflowExecutionUpdateRequest{Namespace: "bank", UpdateRef: ref})
		wantError[*serviceerror.InvalidArgument](t, err, words)
	}
}

// startAndRaise is an update with start.
func startAndRaise() *workflowservice.ExecuteMultiOperationRequest {
	return &workflowservice.ExecuteMultiOperationRequest{Namespace: "bank", Operations: []*workflowservice.ExecuteMultiOperationRequest_Operation{
		{Operation: &workflowservice.ExecuteMultiOperationRequest_Operation_StartWorkflow{StartWorkflow: &workflowservice.StartWorkflowExecutionRequest{
			Namespace: "bank", WorkflowId: "transfer-1", WorkflowType: &commonpb.WorkflowType{Name: "Transfer"}, TaskQueue: &taskqueuepb.TaskQueue{Name: "q"},
			WorkflowIdConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING, RequestId: "req-1",
		}}},
		{Operation: &workflowservice.ExecuteMultiOperationRequest_Operation_UpdateWorkflow{UpdateWorkflow: raise()}},
	}}
}

func TestUpdateWithStartCarriesEverything(t *testing.T) {
	w := newWorld(t)
	run := orchestration.WorkflowKey{Namespace: w.ns.ID, WorkflowID: "transfer-1"}
	w.engine.updateWithStart = func(_ context.Context, s engine.StartRequest, u engine.UpdateRequest) (engine.StartReply, engine.UpdateReply, error) {
		if s.Run.Key.WorkflowKey != run || s.Run.Type != "Transfer" || s.ConflictPolicy != enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING || s.Run.RequestID != "req-1" {
			t.Errorf("start %+v", s)
		}
		if u.Run.WorkflowKey != run || u.Stage != history.UpdateAccepted || !proto.Equal(u.Request, raise().Request) {
			t.Errorf("update %+v", u)
		}
		return engine.StartReply{RunID: someRun, Started: true, Status: enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING},
			engine.UpdateReply{Run: run.Run(someRun), Stage: history.UpdateAccepted}, nil
	}
	got, err := w.workflows.ExecuteMultiOperation(t.Context(), startAndRaise())
	if err != nil || len(got.GetResponses()) != 2 {
		t.Fatalf("%v, %v", got, err)
	}
	start, update := got.Responses[0].GetStartWorkflow(), got.Responses[1].GetUpdateWorkflow()
	if start.GetRunId() != someRun.String() || !start.GetStarted() || start.GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		t.Errorf("start %v", start)
	}
	if update.GetStage() != history.UpdateAccepted || update.GetUpdateRef().GetWorkflowExecution().GetRunId() != someRun.String() {
		t.Errorf("update %v", update)
	}
}

// operationErrors are the details of a failed update with start.
func operationErrors(t *testing.T, err error) (start, update error) {
	t.Helper()
	all := wantError[*serviceerror.MultiOperationExecution](t, err).OperationErrors()
	if len(all) != 2 {
		t.Fatalf("operations failed with %v", all)
	}
	return all[0], all[1]
}

// wantOperation checks the error of one operation.
func wantOperation[E error](t *testing.T, err error, words string) {
	t.Helper()
	if want := *new(E); !errors.As(err, &want) || !strings.Contains(err.Error(), words) {
		t.Errorf("error %T %v, want %T %q", err, err, want, words)
	}
}

func TestUpdateWithStartThatTheEngineRefuses(t *testing.T) {
	w := newWorld(t)
	for _, at := range []int{0, 1} {
		w.engine.updateWithStart = func(context.Context, engine.StartRequest, engine.UpdateRequest) (engine.StartReply, engine.UpdateReply, error) {
			return engine.StartReply{}, engine.UpdateReply{}, orchestration.RefusedOperation(at, 2, orchestration.Errorf(orchestration.FailedPrecondition, "too many"))
		}
		_, err := w.workflows.ExecuteMultiOperation(t.Context(), startAndRaise())
		refused, aborted := operationErrors(t, err)
		if at == 1 {
			refused, aborted = aborted, refused
		}
		wantOperation[*serviceerror.FailedPrecondition](t, refused, "too many")
		wantOperation[*serviceerror.MultiOperationAborted](t, aborted, "")
	}
}

func TestBadUpdateWithStart(t *testing.T) {
	w := newWorld(t)
	for words, spoil := range map[string]func(*workflowservice.StartWorkflowExecutionRequest, *workflowservice.UpdateWorkflowExecutionRequest){
		"start: WorkflowType is not set": func(s *workflowservice.StartWorkflowExecutionRequest, _ *workflowservice.UpdateWorkflowExecutionRequest) {
			s.WorkflowType = nil
		},
		"start: CronSchedule is not allowed": func(s *workflowservice.StartWorkflowExecutionRequest, _ *workflowservice.UpdateWorkflowExecutionRequest) {
			s.CronSchedule = "* * * * *"
		},
		"start: RequestEagerExecution is not supported": func(s *workflowservice.StartWorkflowExecutionRequest, _ *workflowservice.UpdateWorkflowExecutionRequest) {
			s.RequestEagerExecution = true
		},
		"start: WorkflowStartDelay is not supported": func(s *workflowservice.StartWorkflowExecutionRequest, _ *workflowservice.UpdateWorkflowExecutionRequest) {
			s.WorkflowStartDelay = durationpb.New(1)
		},
		"start: Namespace of the operation": func(s *workflowservice.StartWorkflowExecutionRequest, _ *workflowservice.UpdateWorkflowExecutionRequest) {
			s.Namespace = "other"
		},
		"update: Namespace of the operation": func(_ *workflowservice.StartWorkflowExecutionRequest, u *workflowservice.UpdateWorkflowExecutionRequest) {
			u.Namespace = "other"
		},
		"update: RunId is not allowed": func(_ *workflowservice.StartWorkflowExecutionRequest, u *workflowservice.UpdateWorkflowExecutionRequest) {
			u.WorkflowExecution.RunId = someRun.String()
		},
		"update: FirstExecutionRunId is not allowed": func(_ *workflowservice.StartWorkflowExecutionRequest, u *workflowservice.UpdateWorkflowExecutionRequest) {
			u.FirstExecutionRunId = someRun.String()
		},
		"update: Update name is not set": func(_ *workflowservice.StartWorkflowExecutionRequest, u *workflowservice.UpdateWorkflowExecutionRequest) {
			u.Request.Input.Name = ""
		},
		"update: WorkflowId is not consistent": func(_ *workflowservice.StartWorkflowExecutionRequest, u *workflowservice.UpdateWorkflowExecutionRequest) {
			u.WorkflowExecution.WorkflowId = "another"
		},
	} {
		r := startAndRaise()
		spoil(r.Operations[0].GetStartWorkflow(), r.Operations[1].GetUpdateWorkflow())
		_, err := w.workflows.ExecuteMultiOperation(t.Context(), r)
		bad, aborted := operationErrors(t, err)
		which, words, _ := strings.Cut(words, ": ")
		if which == "update" {
			bad, aborted = aborted, bad
		}
		wantOperation[*serviceerror.InvalidArgument](t, bad, words)
		wantOperation[*serviceerror.MultiOperationAborted](t, aborted, "")
	}
	for _, ops := range [][]int{{}, {0}, {1, 0}, {0, 1, 1}} {
		r, both := startAndRaise(), startAndRaise().Operations
		r.Operations = nil
		for _, i := range ops {
			r.Operations = append(r.Operations, both[i])
		}
		_, err := w.workflows.ExecuteMultiOperation(t.Context(), r)
		wantError[*serviceerror.InvalidArgument](t, err, "exactly [Start, Update]")
	}
}

func TestCompletionCarriesWhatIsSaidOfUpdates(t *testing.T) {
	w := newWorld(t)
	message := &protocolpb.Message{Id: "u/accept", ProtocolInstanceId: "u"}
	w.engine.completeWorkflowTask = func(_ context.Context, a engine.WorkflowTaskAnswer) (engine.WorkflowTaskAccepted, error) {
		if len(a.Answer.Messages) != 1 || !proto.Equal(a.Answer.Messages[0], message) || !a.Answer.RewindsEvents {
			t.Errorf("%+v", a.Answer)
		}
		next := &engine.WorkflowTask{Token: []byte("next")}
		next.Messages = a.Answer.Messages
		return engine.WorkflowTaskAccepted{ResetEventID: 7, New: next}, nil
	}
	got, err := w.workflows.RespondWorkflowTaskCompleted(t.Context(), &workflowservice.RespondWorkflowTaskCompletedRequest{
		Namespace: "bank", TaskToken: w.token(orchestration.WorkflowTask), Messages: []*protocolpb.Message{message},
		Capabilities: &workflowservice.RespondWorkflowTaskCompletedRequest_Capabilities{DiscardSpeculativeWorkflowTaskWithEvents: true},
	})
	if err != nil || got.GetResetHistoryEventId() != 7 || len(got.GetWorkflowTask().GetMessages()) != 1 || !proto.Equal(got.WorkflowTask.Messages[0], message) {
		t.Errorf("%v, %v", got, err)
	}
}
