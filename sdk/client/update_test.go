package client_test

import (
	"errors"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	"go.temporal.io/api/serviceerror"
	updatepb "go.temporal.io/api/update/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/client"
)

const (
	stageAdmitted  = enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED
	stageAccepted  = enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED
	stageCompleted = enumspb.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED
)

func succeeded(json string) *updatepb.Outcome {
	return &updatepb.Outcome{Value: &updatepb.Outcome_Success{Success: jsonPayloads(json)}}
}

func jsonPayloads(json string) *commonpb.Payloads {
	return &commonpb.Payloads{Payloads: []*commonpb.Payload{{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(json)}}}
}

func failedWith(message string) *updatepb.Outcome {
	return &updatepb.Outcome{Value: &updatepb.Outcome_Failure{Failure: &failurepb.Failure{
		Message: message, FailureInfo: &failurepb.Failure_ApplicationFailureInfo{ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{}},
	}}}
}

func updated(stage enumspb.UpdateWorkflowExecutionLifecycleStage, outcome *updatepb.Outcome) *workflowservice.UpdateWorkflowExecutionResponse {
	return &workflowservice.UpdateWorkflowExecutionResponse{
		UpdateRef: &updatepb.UpdateRef{WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "w", RunId: "r"}, UpdateId: "u"},
		Stage:     stage, Outcome: outcome,
	}
}

// inTurn answers with one after the other.
func inTurn[M proto.Message](replies ...M) script {
	return func(call int, _ proto.Message) (proto.Message, error) { return replies[min(call, len(replies)-1)], nil }
}

func TestUpdateIsAwaitedThroughTheServersPauses(t *testing.T) {
	f := newFake().
		on("Update", inTurn(updated(stageAdmitted, nil), updated(stageAccepted, nil))).
		on("PollUpdate", inTurn(&workflowservice.PollWorkflowExecutionUpdateResponse{}, &workflowservice.PollWorkflowExecutionUpdateResponse{Outcome: succeeded("7")}))
	update, err := client.UpdateWorkflow[int](t.Context(), f.dial(t), client.UpdateOptions{WorkflowID: "w", FirstRunID: "first", UpdateID: "u"}, "add", 3)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := update.Get(t.Context()); n != 7 || err != nil || update.ID() != "u" || update.WorkflowID() != "w" || update.RunID() != "r" {
		t.Errorf("%d, %v, %s %s %s", n, err, update.ID(), update.WorkflowID(), update.RunID())
	}
	asked := f.asked("Update")
	if len(asked) != 2 || !proto.Equal(asked[0], asked[1]) {
		t.Errorf("asked %v", asked)
	}
	request := asked[0].(*workflowservice.UpdateWorkflowExecutionRequest)
	if request.GetRequest().GetInput().GetName() != "add" || string(request.GetRequest().GetInput().GetArgs().GetPayloads()[0].GetData()) != "3" ||
		request.GetWaitPolicy().GetLifecycleStage() != stageCompleted || request.GetFirstExecutionRunId() != "first" {
		t.Errorf("request %v", request)
	}
	if polls := len(f.asked("PollUpdate")); polls != 2 {
		t.Errorf("%d polls", polls)
	}
}

func TestAcceptedUpdateIsAskedForLater(t *testing.T) {
	f := newFake().
		answer("Update", updated(stageAccepted, nil)).
		answer("PollUpdate", &workflowservice.PollWorkflowExecutionUpdateResponse{Outcome: failedWith("too late")})
	c := f.dial(t)
	update, err := client.UpdateWorkflow[int](t.Context(), c, client.UpdateOptions{WorkflowID: "w", OnlyAccepted: true}, "add", 3)
	if err != nil || len(f.asked("PollUpdate")) > 0 {
		t.Fatal(err, f.asked("PollUpdate"))
	}
	for _, handle := range []*client.Update[int]{update, client.GetUpdate[int](c, "w", "r", "u")} {
		var application *sdk.ApplicationError
		if _, err := handle.Get(t.Context()); !errors.As(err, &application) || application.Message != "too late" {
			t.Error(err)
		}
	}
	if request := last[*workflowservice.UpdateWorkflowExecutionRequest](t, f, "Update"); request.GetRequest().GetMeta().GetUpdateId() == "" {
		t.Error("no update id")
	}
}

func TestUpdateWithStartGivesBoth(t *testing.T) {
	f := newFake().answer("Multi", &workflowservice.ExecuteMultiOperationResponse{Responses: []*workflowservice.ExecuteMultiOperationResponse_Response{
		{Response: &workflowservice.ExecuteMultiOperationResponse_Response_StartWorkflow{StartWorkflow: started("r")}},
		{Response: &workflowservice.ExecuteMultiOperationResponse_Response_UpdateWorkflow{UpdateWorkflow: updated(stageCompleted, succeeded(`"yes"`))}},
	}})
	start := client.NewStart(client.StartOptions{ID: "w", TaskQueue: "q", ConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING}, TransferFunds, transfer{"a", "b"})
	update, run, err := client.UpdateWithStart[string](t.Context(), f.dial(t), start, client.UpdateOptions{}, "confirm")
	if err != nil {
		t.Fatal(err)
	}
	if said, err := update.Get(t.Context()); said != "yes" || err != nil || run.ID() != "w" || run.RunID() != "r" {
		t.Error(said, err, run.ID(), run.RunID())
	}
	operations := last[*workflowservice.ExecuteMultiOperationRequest](t, f, "Multi").GetOperations()
	if operations[0].GetStartWorkflow().GetWorkflowType().GetName() != "TransferFunds" || operations[1].GetUpdateWorkflow().GetWorkflowExecution().GetWorkflowId() != "w" {
		t.Errorf("operations %v", operations)
	}
}

func TestUpdateWithStartTellsWhichOfBothFailed(t *testing.T) {
	aborted := serviceerror.NewMultiOperationAborted("the other failed")
	f := newFake().on("Multi", func(int, proto.Message) (proto.Message, error) {
		return nil, serviceerror.NewMultiOperationExecution("no", []error{aborted, serviceerror.NewInvalidArgument("no name")})
	})
	_, _, err := client.UpdateWithStart[string](t.Context(), f.dial(t), client.NewStartByName[any](client.StartOptions{ID: "w"}, "W"), client.UpdateOptions{}, "")
	var invalid *serviceerror.InvalidArgument
	if !errors.As(err, &invalid) || err.Error() != "client: update: no name" {
		t.Error(err)
	}
}
