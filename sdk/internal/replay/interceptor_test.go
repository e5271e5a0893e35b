package replay_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/rehearsal"
	"github.com/tenuto-io/tenuto/sdk/internal/replay"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

type markKey struct{}

// recorder is an interceptor that notes what it sees, leaves its mark in contexts and headers, and refuses updates named "no".
func recorder(mark string, saw *[]string) workflow.Interceptor {
	return workflow.Interceptor{
		In: func(ctx workflow.Context, call *workflow.InCall, next func(workflow.Context) error) error {
			*saw = append(*saw, fmt.Sprintf("%s in %d %s %s", mark, call.Kind, call.Name, call.Header["h"].GetData()))
			if call.Kind == workflow.ValidateUpdate && call.Name == "no" {
				return errors.New("no")
			}
			outer, _ := ctx.Value(markKey{}).(string)
			return next(workflow.WithValue(ctx, markKey{}, outer+mark))
		},
		Out: func(ctx workflow.Context, call *workflow.OutCall) {
			marks, _ := ctx.Value(markKey{}).(string)
			*saw = append(*saw, fmt.Sprintf("%s out %d %s %s", mark, call.Kind, call.Name, marks))
			call.Header[mark] = &commonpb.Payload{Data: []byte(marks)}
		},
	}
}

func TestInterceptorsSeeWhatPasses(t *testing.T) {
	var saw, headers []string
	options := rehearsal.Sticky()
	options.Interceptors = []workflow.Interceptor{recorder("a", &saw), {}, recorder("b", &saw)}
	options.LocalActivity = func(_ context.Context, attempt replay.LocalAttempt) (*commonpb.Payloads, error) {
		headers = append(headers, fmt.Sprint(len(attempt.Header.GetFields())))
		return nil, nil
	}
	stage := newStage(t, options, func(ctx workflow.Context) error {
		workflow.SetQueryHandler(ctx, "q", func() (int, error) { return 1, nil })
		workflow.SetUpdateHandlerNoInput(ctx, "yes", func(ctx workflow.Context) (any, error) { return ctx.Value(markKey{}), nil })
		workflow.SetUpdateHandler(ctx, "no", func(workflow.Context, int) (any, error) { return nil, nil })
		local := workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: time.Minute})
		workflow.ExecuteLocalActivity(local, Work, 1).Get(ctx)
		workflow.ExecuteActivity(ours(ctx), Work, 1)
		workflow.ExecuteChildWorkflow(ctx, Kid, 1)
		workflow.SignalExternal(ctx, workflow.Execution{WorkflowID: "w"}, "s")
		workflow.Sleep(ctx, time.Minute)
		return workflow.ContinueAsNew(ctx, Kid, 1)
	})
	stage.Server.StartedEvent().Header = &commonpb.Header{Fields: map[string]*commonpb.Payload{"h": {Data: []byte("begin")}}}
	stage.Step()
	want := []string{
		"a in 1 Play begin", "b in 1 Play begin",
		"a out 2 Work ab", "b out 2 Work ab", "a out 1 Work ab", "b out 1 Work ab", "a out 3 Kid ab", "b out 3 Kid ab", "a out 4 s ab", "b out 4 s ab",
	}
	if !slices.Equal(saw, want) || !slices.Equal(headers, []string{"2"}) {
		t.Errorf("saw %q, %v", saw, headers)
	}
	for _, command := range stage.Replies[0].Completed.GetCommands() {
		for _, header := range []*commonpb.Header{
			command.GetScheduleActivityTaskCommandAttributes().GetHeader(), command.GetStartChildWorkflowExecutionCommandAttributes().GetHeader(),
			command.GetSignalExternalWorkflowExecutionCommandAttributes().GetHeader(),
		} {
			if header != nil && string(header.GetFields()["b"].GetData()) != "ab" {
				t.Errorf("%s: header %v", command.GetCommandType(), header)
			}
		}
	}
	saw = nil
	stage.Query("q")
	stage.Server.Update("y", "yes", nil)
	stage.Server.Update("n", "no", rehearsal.Payloads(1))
	stage.Step()
	want = []string{"a in 4 q ", "b in 4 q ", "a in 3 yes ", "b in 3 yes ", "a in 2 no "}
	if !slices.Equal(saw, want) {
		t.Errorf("saw %q", saw)
	}
	if got := string(stage.Server.UpdateOutcome("y").GetSuccess().GetPayloads()[0].GetData()); got != `"abab"` {
		t.Errorf("the handler's marks: %s", got)
	}
	stage.Server.Advance(time.Minute)
	next := stage.Step().Completed.GetCommands()[0].GetContinueAsNewWorkflowExecutionCommandAttributes()
	if string(next.GetHeader().GetFields()["a"].GetData()) != "ab" {
		t.Errorf("next run: %v", next)
	}
}
