package worker

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/sdk/internal/replay"
)

type (
	taskCompleted = *workflowservice.RespondWorkflowTaskCompletedRequest
	taskFailed    = *workflowservice.RespondWorkflowTaskFailedRequest
	queryAnswered = *workflowservice.RespondQueryTaskCompletedRequest
)

// fakeProcessor answers tasks as a test says and tells which runs were forgotten.
type fakeProcessor struct {
	handle    func(task *workflowTask) (replay.Reply, error)
	forgotten chan string
	closed    atomic.Bool
}

func (p *fakeProcessor) Register(replay.Registration) error { return nil }

func (p *fakeProcessor) Handle(_ context.Context, task *workflowTask) (replay.Reply, error) {
	return p.handle(task)
}

func (p *fakeProcessor) Forget(runID string) { p.forgotten <- runID }

func (p *fakeProcessor) CacheSize() (runs int, bytes int64) { return 0, 0 }

func (p *fakeProcessor) Discarded(string, int64) {}

func (p *fakeProcessor) Close() { p.closed.Store(true) }

func workflowTaskOf(run string) *workflowTask {
	return &workflowTask{
		TaskToken:         []byte("token of " + run),
		WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "w", RunId: run},
		WorkflowType:      &commonpb.WorkflowType{Name: "T"},
	}
}

func complete(task *workflowTask, commands ...*commandpb.Command) replay.Reply {
	return replay.Reply{Completed: &workflowservice.RespondWorkflowTaskCompletedRequest{
		TaskToken: task.GetTaskToken(), Commands: commands,
	}}
}

// workflowWorker starts a worker with a fake processor and the activity Audit.
func workflowWorker(
	t *testing.T, s *fakeServer, options Options, handle func(*workflowTask) (replay.Reply, error),
) (*Worker, *fakeProcessor) {
	t.Helper()
	w := New(s.dial(t), "q", options)
	p := &fakeProcessor{handle: handle, forgotten: make(chan string, 16)}
	w.workflows.processor = p
	w.RegisterWorkflowAs("T", func() {})
	w.RegisterActivity(Audit)
	start(t, w)
	return w, p
}

func TestAWorkflowTaskIsCompleted(t *testing.T) {
	s := newFakeServer()
	w, p := workflowWorker(t, s, Options{}, func(task *workflowTask) (replay.Reply, error) { return complete(task), nil })
	for name, queue := range map[string]chan *workflowTask{"normal": s.workflows, "sticky": s.sticky} {
		queue <- workflowTaskOf(name)
		got := report[taskCompleted](t, s)
		if string(got.GetTaskToken()) != "token of "+name || !got.GetReturnNewWorkflowTask() || got.GetWorkerInstanceKey() != w.instance {
			t.Errorf("%s: %v", name, got)
		}
	}
	if len(p.forgotten) != 0 {
		t.Error("a run was forgotten")
	}
}

func TestTheStickyQueueBelongsToTheProcess(t *testing.T) {
	s := newFakeServer()
	one, _ := workflowWorker(t, s, Options{}, nil)
	two, _ := workflowWorker(t, s, Options{}, nil)
	if one.workflows.stickyQueue == two.workflows.stickyQueue {
		t.Error("two workers share a sticky queue")
	}
	one.Stop()
	if s.signOff.GetStickyTaskQueue() != one.workflows.stickyQueue {
		t.Errorf("sign-off %v", s.signOff)
	}
	cacheless, _ := workflowWorker(t, s, Options{StickyCacheBytes: -1}, nil)
	if cacheless.workflows.stickyQueue != "" {
		t.Error("a worker without a cache has a sticky queue")
	}
}

func TestTheNextTaskComesWithTheAnswer(t *testing.T) {
	s := newFakeServer()
	s.completed = func(call int) *workflowservice.RespondWorkflowTaskCompletedResponse {
		reply := &workflowservice.RespondWorkflowTaskCompletedResponse{}
		if call == 0 {
			reply.WorkflowTask = workflowTaskOf("second")
		}
		return reply
	}
	workflowWorker(t, s, Options{}, func(task *workflowTask) (replay.Reply, error) { return complete(task), nil })
	s.workflows <- workflowTaskOf("first")
	for _, want := range []string{"token of first", "token of second"} {
		if got := report[taskCompleted](t, s); string(got.GetTaskToken()) != want {
			t.Errorf("got %v, want %s", got, want)
		}
	}
}

func TestFailuresAndQueriesAreReported(t *testing.T) {
	s := newFakeServer()
	workflowWorker(t, s, Options{}, func(task *workflowTask) (replay.Reply, error) {
		if task.GetWorkflowExecution().GetRunId() == "query" {
			return replay.Reply{Query: &workflowservice.RespondQueryTaskCompletedRequest{TaskToken: task.GetTaskToken()}}, nil
		}
		return replay.Reply{Failed: &workflowservice.RespondWorkflowTaskFailedRequest{
			TaskToken: task.GetTaskToken(), Failure: &failurepb.Failure{Message: "panic"},
			Cause: enumspb.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE,
		}}, nil
	})
	s.workflows <- workflowTaskOf("failing")
	report[taskFailed](t, s)
	s.workflows <- workflowTaskOf("query")
	report[queryAnswered](t, s)
}

func TestARunIsForgottenWhenItsOutcomeIsUncertain(t *testing.T) {
	for name, test := range map[string]struct {
		handleErr, reportErr error
		empty                bool
	}{
		"processor":   {handleErr: errors.New("history page")},
		"lost task":   {reportErr: serviceerror.NewNotFound("timed out")},
		"bad command": {reportErr: serviceerror.NewInvalidArgument("bad")},
		"no outcome":  {empty: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newFakeServer()
			s.reportError = func(proto.Message) error { return test.reportErr }
			_, p := workflowWorker(t, s, Options{}, func(task *workflowTask) (replay.Reply, error) {
				if test.empty {
					return replay.Reply{}, nil
				}
				return complete(task), test.handleErr
			})
			s.workflows <- workflowTaskOf("run")
			if got := await(t, p.forgotten); got != "run" {
				t.Errorf("forgot %s", got)
			}
		})
	}
}

func eagerCommand(activityType, queue string) *commandpb.Command {
	return &commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK,
		Attributes: &commandpb.Command_ScheduleActivityTaskCommandAttributes{
			ScheduleActivityTaskCommandAttributes: &commandpb.ScheduleActivityTaskCommandAttributes{
				ActivityType: &commonpb.ActivityType{Name: activityType}, TaskQueue: &taskqueuepb.TaskQueue{Name: queue},
				RequestEagerExecution: true,
			},
		},
	}
}

func TestEagerActivitiesComeWithTheAnswer(t *testing.T) {
	s := newFakeServer()
	s.completed = func(int) *workflowservice.RespondWorkflowTaskCompletedResponse {
		return &workflowservice.RespondWorkflowTaskCompletedResponse{ActivityTasks: []*activityTask{taskOf(t, "Audit")}}
	}
	// One poller, which always holds a slot while it polls, leaves two slots of three.
	options := Options{MaxConcurrentActivities: 3, ActivityPollers: 1}
	w, _ := workflowWorker(t, s, options, func(task *workflowTask) (replay.Reply, error) {
		return complete(task,
			eagerCommand("Audit", "q"), eagerCommand("Audit", "q"), // both get a slot; the server uses one
			eagerCommand("Audit", "q"),                                   // no slot is left
			eagerCommand("Audit", "other"), eagerCommand("Unknown", "q"), // not of this worker
		), nil
	})
	for range 5 { // Slots that leaked would be missing in the second round.
		awaitHeld(t, w, 1)
		s.workflows <- workflowTaskOf("run")
		var wanted []bool
		for _, command := range report[taskCompleted](t, s).GetCommands() {
			wanted = append(wanted, command.GetScheduleActivityTaskCommandAttributes().GetRequestEagerExecution())
		}
		if want := []bool{true, true, false, false, false}; !equal(wanted, want) {
			t.Errorf("asked eagerly: %v, want %v", wanted, want)
		}
		report[completedReport](t, s)
	}
}

// awaitHeld waits until as many activity slots are held.
func awaitHeld(t *testing.T, w *Worker, held int) {
	t.Helper()
	for len(w.activities.slots) != held {
		select {
		case <-t.Context().Done():
			t.Fatal("slots leaked")
		default:
		}
	}
}

func equal(a, b []bool) bool {
	for i := range a {
		if len(a) != len(b) || a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestEagerSlotsAreFreedWhenTheReportFails(t *testing.T) {
	s := newFakeServer()
	s.reportError = func(proto.Message) error { return serviceerror.NewNotFound("timed out") }
	options := Options{MaxConcurrentActivities: 2, ActivityPollers: 1}
	w, p := workflowWorker(t, s, options, func(task *workflowTask) (replay.Reply, error) {
		return complete(task, eagerCommand("Audit", "q")), nil
	})
	s.workflows <- workflowTaskOf("run")
	await(t, p.forgotten)
	awaitHeld(t, w, 1)
}

func TestEagerActivitiesNeedAnActivityWorker(t *testing.T) {
	for name, options := range map[string]Options{
		"no activities": {DisableActivities: true}, "not wanted": {DisableEagerActivities: true},
	} {
		w := New(newFakeServer().dial(t), "q", options)
		if w.workflows.wantsEager() != nil {
			t.Errorf("%s: it asks for eager activities", name)
		}
	}
	full := New(newFakeServer().dial(t), "q", Options{MaxConcurrentActivities: 1})
	wants := full.workflows.wantsEager()
	if !wants() || !full.activities.slots.tryTake() || wants() {
		t.Error("it does not tell whether there is room")
	}
}
