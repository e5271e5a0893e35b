package acceptance

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
)

// refused checks that err is of this type, as SDKs see it.
func refused[E error](t testing.TB, err error) {
	t.Helper()
	var want E
	if !errors.As(err, &want) {
		t.Errorf("got %T %v, want %T", err, err, want)
	}
}

func TestBadStartsAreInvalid(t *testing.T) {
	l := newLab(t)
	for name, spoil := range map[string]func(*workflowservice.StartWorkflowExecutionRequest){
		"no workflow id":        func(r *workflowservice.StartWorkflowExecutionRequest) { r.WorkflowId = "" },
		"no type":               func(r *workflowservice.StartWorkflowExecutionRequest) { r.WorkflowType = nil },
		"no task queue":         func(r *workflowservice.StartWorkflowExecutionRequest) { r.TaskQueue = nil },
		"oversized workflow id": func(r *workflowservice.StartWorkflowExecutionRequest) { r.WorkflowId = strings.Repeat("x", 1001) },
		"oversized type": func(r *workflowservice.StartWorkflowExecutionRequest) {
			r.WorkflowType.Name = strings.Repeat("x", 1001)
		},
		"oversized queue":       func(r *workflowservice.StartWorkflowExecutionRequest) { r.TaskQueue.Name = strings.Repeat("x", 1001) },
		"oversized input":       func(r *workflowservice.StartWorkflowExecutionRequest) { r.Input = encode(strings.Repeat("x", 2<<20)) },
		"negative run timeout":  func(r *workflowservice.StartWorkflowExecutionRequest) { r.WorkflowRunTimeout = durationpb.New(-1) },
		"negative task timeout": func(r *workflowservice.StartWorkflowExecutionRequest) { r.WorkflowTaskTimeout = durationpb.New(-1) },
		"negative whole timeout": func(r *workflowservice.StartWorkflowExecutionRequest) {
			r.WorkflowExecutionTimeout = durationpb.New(-1)
		},
		"negative start delay": func(r *workflowservice.StartWorkflowExecutionRequest) { r.WorkflowStartDelay = durationpb.New(-1) },
	} {
		request := l.startRequest()
		spoil(request)
		_, err := l.service().StartWorkflowExecution(l.ctx, request)
		var invalid *serviceerror.InvalidArgument
		if !errors.As(err, &invalid) {
			t.Errorf("%s: got %T %v, want InvalidArgument", name, err, err)
		}
	}
}

func TestBadTokens(t *testing.T) {
	l := newLab(t)
	l.start("flow")
	task := l.pollTask()
	complete := func(token []byte) error {
		_, err := l.answer(&workflowservice.PollWorkflowTaskQueueResponse{TaskToken: token})
		return err
	}
	refused[*serviceerror.InvalidArgument](t, complete([]byte("nonsense")))
	refused[*serviceerror.InvalidArgument](t, complete(nil))
	_, err := l.service().RespondActivityTaskCompleted(l.ctx, &workflowservice.RespondActivityTaskCompletedRequest{
		Namespace: namespace, TaskToken: []byte("nonsense"),
	})
	refused[*serviceerror.InvalidArgument](t, err)
	for cut := range task.TaskToken { // a token that was cut short never answers for the whole one
		if err := complete(task.TaskToken[:cut]); err == nil {
			t.Fatalf("the first %d bytes of a token were taken", cut)
		}
	}
	l.mustAnswer(task, l.scheduleStep("a"))
	refused[*serviceerror.NotFound](t, complete(task.TaskToken)) // stale
	step := l.pollActivity()
	refused[*serviceerror.InvalidArgument](t, complete(step.TaskToken)) // of another kind
	finish := &workflowservice.RespondActivityTaskCompletedRequest{Namespace: namespace, TaskToken: step.TaskToken}
	_, err = l.service().RespondActivityTaskCompleted(l.ctx, finish)
	l.must(err)
	_, err = l.service().RespondActivityTaskCompleted(l.ctx, finish)
	refused[*serviceerror.NotFound](t, err)
}

func TestBadCommandsFailTheTask(t *testing.T) {
	schedule := enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_SCHEDULE_ACTIVITY_ATTRIBUTES
	for name, c := range map[string]struct {
		command func(*lab) *commandpb.Command
		cause   enumspb.WorkflowTaskFailedCause
	}{
		"no activity id":   {func(l *lab) *commandpb.Command { return l.scheduleStep("") }, schedule},
		"no timeout":       {func(l *lab) *commandpb.Command { return l.scheduleStep("a", noTimeout) }, schedule},
		"negative timeout": {func(l *lab) *commandpb.Command { return l.scheduleStep("a", negativeTimeout) }, schedule},
		"negative timer": {func(*lab) *commandpb.Command { return startTimer("t", -time.Second) },
			enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_TIMER_ATTRIBUTES},
		"no timer id": {func(*lab) *commandpb.Command { return startTimer("", time.Second) },
			enumspb.WORKFLOW_TASK_FAILED_CAUSE_BAD_START_TIMER_ATTRIBUTES},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			run := l.start("flow")
			_, err := l.answer(l.pollTask(), c.command(l))
			refused[*serviceerror.InvalidArgument](t, err)
			failed := l.awaitEvent(run, enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED).GetWorkflowTaskFailedEventAttributes()
			equal(t, "cause", failed.Cause, c.cause)
			l.mustAnswer(l.pollTask(), completeRun("well again"))
		})
	}
}

func noTimeout(a *commandpb.ScheduleActivityTaskCommandAttributes) { a.StartToCloseTimeout = nil }
func negativeTimeout(a *commandpb.ScheduleActivityTaskCommandAttributes) {
	a.StartToCloseTimeout = durationpb.New(-time.Second)
}

func TestUnknownCommandIsRefused(t *testing.T) {
	l := newLab(t)
	l.start("flow")
	task := l.pollTask()
	_, err := l.answer(task, &commandpb.Command{CommandType: 9999})
	refused[*serviceerror.InvalidArgument](t, err)
}

func TestInvalidUTF8IsRefused(t *testing.T) {
	l := newLab(t)
	request := l.startRequest()
	request.WorkflowId = "@@@@"
	wire, err := proto.Marshal(request)
	l.must(err)
	wire = bytes.Replace(wire, []byte("@@@@"), []byte{0xff, 0xfe, 0xfd, 0xfc}, 1)
	err = l.plainConn().Invoke(l.ctx, workflowservice.WorkflowService_StartWorkflowExecution_FullMethodName, wire, new([]byte), grpc.ForceCodec(verbatim{}))
	if code := status.Code(err); code != codes.InvalidArgument {
		t.Errorf("got %v, want InvalidArgument", err)
	}
	l.start("flow") // and the server lives on
}

// plainConn is a connection without the official SDK's interceptors.
func (l *lab) plainConn() *grpc.ClientConn {
	l.Helper()
	conn, err := grpc.NewClient(l.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	l.must(err)
	l.Cleanup(func() { l.must(conn.Close()) })
	return conn
}

// verbatim is a gRPC codec that sends bytes as they are.
type verbatim struct{}

func (verbatim) Marshal(v any) ([]byte, error) { return v.([]byte), nil }
func (verbatim) Unmarshal(data []byte, v any) error {
	into, ok := v.(*[]byte)
	if !ok {
		return fmt.Errorf("cannot read into %T", v)
	}
	*into = bytes.Clone(data)
	return nil
}
func (verbatim) Name() string { return "proto" }
