package client_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/internal/wiretest"
)

func TestInterceptorsSurroundCalls(t *testing.T) {
	f := newFake().answer("Start", started("r")).answer("Signal", &workflowservice.SignalWorkflowExecutionResponse{}).
		answer("Query", &workflowservice.QueryWorkflowResponse{}).answer("Update", updated(stageCompleted, succeeded("1"))).
		answer("SignalWithStart", &workflowservice.SignalWithStartWorkflowExecutionResponse{RunId: "r"}).
		answer("Multi", &workflowservice.ExecuteMultiOperationResponse{Responses: []*workflowservice.ExecuteMultiOperationResponse_Response{
			{Response: &workflowservice.ExecuteMultiOperationResponse_Response_StartWorkflow{StartWorkflow: started("r")}},
			{Response: &workflowservice.ExecuteMultiOperationResponse_Response_UpdateWorkflow{UpdateWorkflow: updated(stageCompleted, succeeded(`1`))}},
		}})
	var kinds []client.Kind
	mark := func(ctx context.Context, call *client.Call, next func(context.Context) error) error {
		kinds = append(kinds, call.Kind)
		call.Header["mark"] = &commonpb.Payload{Data: []byte(call.Name)}
		return next(ctx)
	}
	c := client.FromConn(wiretest.Serve(t, intercepted{f}), client.Options{Interceptors: []client.Interceptor{mark, mark}})
	ctx, start := t.Context(), client.NewStartByName[any](client.StartOptions{ID: "w"}, "W")
	var failed []error
	_, err := client.ExecuteWorkflowByName[any](ctx, c, client.StartOptions{ID: "w"}, "W")
	failed = append(failed, err, c.Signal(ctx, "w", "", "s"))
	_, err = client.SignalWithStart(ctx, c, start, "s")
	failed = append(failed, err)
	_, err = client.UpdateWorkflow[int](ctx, c, client.UpdateOptions{WorkflowID: "w"}, "u")
	failed = append(failed, err)
	_, _, err = client.UpdateWithStart[int](ctx, c, start, client.UpdateOptions{}, "u")
	failed = append(failed, err)
	if _, err = client.Query[any](ctx, c, "w", "", "q"); err != nil {
		failed = append(failed, err)
	}
	if err := errors.Join(failed...); err != nil {
		t.Fatal(err)
	}
	want := []client.Kind{
		client.KindStart, client.KindStart, client.KindSignal, client.KindSignal, client.KindSignalWithStart, client.KindSignalWithStart,
		client.KindUpdate, client.KindUpdate, client.KindUpdateWithStart, client.KindUpdateWithStart, client.KindQuery, client.KindQuery,
	}
	if !slices.Equal(kinds, want) {
		t.Errorf("kinds %v", kinds)
	}
	both := last[*workflowservice.ExecuteMultiOperationRequest](t, f, "Multi").GetOperations()
	for name, header := range map[string]*commonpb.Header{
		"W": last[*workflowservice.StartWorkflowExecutionRequest](t, f, "Start").GetHeader(),
		"s": last[*workflowservice.SignalWorkflowExecutionRequest](t, f, "Signal").GetHeader(),
		"q": last[*workflowservice.QueryWorkflowRequest](t, f, "Query").GetQuery().GetHeader(),
		"u": both[1].GetUpdateWorkflow().GetRequest().GetInput().GetHeader(),
	} {
		if got := string(header.GetFields()["mark"].GetData()); got != name {
			t.Errorf("%s: header %v", name, header)
		}
	}
	if len(both[0].GetStartWorkflow().GetHeader().GetFields()) != 1 {
		t.Errorf("the start with the update has no header: %v", both[0])
	}
}

func TestInterceptorMayRefuse(t *testing.T) {
	no := errors.New("no")
	f := newFake()
	c := client.FromConn(wiretest.Serve(t, intercepted{f}), client.Options{Interceptors: []client.Interceptor{
		func(context.Context, *client.Call, func(context.Context) error) error { return no },
	}})
	if err := c.Signal(t.Context(), "w", "", "s"); !errors.Is(err, no) || len(f.asked("Signal")) > 0 {
		t.Error(err)
	}
}
