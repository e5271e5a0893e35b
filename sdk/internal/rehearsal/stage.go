package rehearsal

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/sdk/converter"
	"github.com/tenuto-io/tenuto/sdk/internal/funcname"
	"github.com/tenuto-io/tenuto/sdk/internal/replay"
)

// WorkflowType is the name under which a stage registers its workflow.
const WorkflowType = "Play"

// Stage is a server and a worker for one workflow.
type Stage struct {
	Server    *Server
	Processor *replay.Processor
	// Replies are those to workflow tasks so far.
	Replies []replay.Reply

	activities map[string]reflect.Value
	failures   converter.FailureConverter
}

// Sticky returns the options of a worker that keeps runs in memory.
func Sticky() replay.Options {
	return replay.Options{
		Namespace: Namespace, Identity: "worker", TaskQueue: TaskQueue, StickyQueue: "worker:sticky", StickyTimeout: 10 * time.Second,
		CacheBytes: 1 << 20, Logger: slog.New(slog.DiscardHandler),
	}
}

// Forgetful returns the options of a worker that replays every task from the first event.
func Forgetful() replay.Options {
	options := Sticky()
	options.CacheBytes = 0
	return options
}

// NewStage starts a workflow with its arguments.
func NewStage(options replay.Options, workflow any, args ...any) *Stage {
	server := Start(WorkflowType, Payloads(args...))
	s := &Stage{
		Server:     server,
		activities: make(map[string]reflect.Value),
		failures:   converter.NewFailureConverter(converter.FailureOptions{}),
	}
	s.cast(options, workflow)
	return s
}

// cast makes the worker of the run.
func (s *Stage) cast(options replay.Options, workflow any) {
	options.HistoryPage = s.Server.Page
	if options.LocalActivity == nil {
		options.LocalActivity = s.performLocal
	}
	s.Processor = replay.NewProcessor(options)
	if err := s.Processor.Register(replay.Registration{Name: WorkflowType, Fn: workflow}); err != nil {
		panic(err)
	}
}

// Recast gives the run to a worker with other code.
func (s *Stage) Recast(options replay.Options, workflow any) {
	s.Processor.Close()
	s.cast(options, workflow)
}

// Payloads encodes values with the default converter.
func Payloads(values ...any) *commonpb.Payloads {
	payloads, err := converter.Default().ToPayloads(values...)
	if err != nil {
		panic(err)
	}
	return payloads
}

// Activity makes Play perform an activity with a function.
func (s *Stage) Activity(activity any) {
	name, err := funcname.Of(activity)
	if err != nil {
		panic(err)
	}
	s.ActivityAs(name, activity)
}

// ActivityAs is Activity for a function by another name, and for those of local activities that have none.
func (s *Stage) ActivityAs(name string, activity any) {
	s.activities[name] = reflect.ValueOf(activity)
}

// Step handles the waiting workflow task and lets the server accept the reply.
func (s *Stage) Step() replay.Reply { return s.Handle(s.Server.Task()) }

// Handle handles a workflow task of the server's and lets it accept the reply.
func (s *Stage) Handle(task *workflowservice.PollWorkflowTaskQueueResponse) replay.Reply {
	reply, err := s.Processor.Handle(context.Background(), task)
	if err != nil {
		panic(err)
	}
	s.Replies = append(s.Replies, reply)
	if reply.Failed != nil {
		s.Server.Fail(reply.Failed)
	} else {
		s.Server.Accept(reply.Completed)
	}
	return reply
}

// Play goes on until the workflow is closed or waits for something else than activities and timers: it performs activities at once
// and skips the time to the next timer. It stops at the first task that fails.
func (s *Stage) Play() {
	for {
		switch {
		case s.Server.HasTask():
			if s.Step().Failed != nil {
				return
			}
		case s.perform():
		default:
			d, ok := s.Server.UntilNextTimer()
			if !ok || s.Server.Closed() {
				return
			}
			s.Server.Advance(max(d, 0))
		}
	}
}

// perform ends the oldest open activity for which there is a function.
func (s *Stage) perform() bool {
	for _, a := range s.Server.Activities() {
		if f, ok := s.activities[a.Type]; ok {
			if result, err := call(context.Background(), f, a.Input); err != nil {
				s.Server.FailActivity(a, s.failures.ErrorToFailure(err))
			} else {
				s.Server.CompleteActivity(a, result)
			}
			return true
		}
	}
	return false
}

// performLocal executes the function of a local activity, or the one for its name.
func (s *Stage) performLocal(ctx context.Context, attempt replay.LocalAttempt) (*commonpb.Payloads, error) {
	f, ok := s.activities[attempt.Type]
	if !ok {
		f = reflect.ValueOf(attempt.Fn)
	}
	return call(ctx, f, attempt.Input)
}

// call runs a func(context.Context[, I]) ([O, ]error).
func call(ctx context.Context, f reflect.Value, input *commonpb.Payloads) (*commonpb.Payloads, error) {
	args := []reflect.Value{reflect.ValueOf(ctx)}
	if f.Type().NumIn() == 2 {
		target := reflect.New(f.Type().In(1))
		if err := converter.Default().FromPayloads(input, target.Interface()); err != nil {
			return nil, err
		}
		args = append(args, target.Elem())
	}
	results := f.Call(args)
	if err, _ := results[len(results)-1].Interface().(error); err != nil || len(results) == 1 {
		return nil, err
	}
	return converter.Default().ToPayloads(results[0].Interface())
}

// Query asks the worker a query.
func (s *Stage) Query(name string, args ...any) *workflowservice.RespondQueryTaskCompletedRequest {
	reply, err := s.Processor.Handle(context.Background(), s.Server.QueryTask(name, Payloads(args...)))
	if err != nil {
		panic(err)
	}
	return reply.Query
}

// Last returns the last event.
func (s *Stage) Last() *historypb.HistoryEvent {
	return s.Server.events[len(s.Server.events)-1]
}

// Outcome returns the workflow's result or error. It fails if the workflow is open.
func Outcome[T any](s *Stage) (T, error) {
	var value T
	switch last := s.Last(); last.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
		err := converter.Default().FromPayloads(last.GetWorkflowExecutionCompletedEventAttributes().GetResult(), &value)
		return value, err
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
		return value, s.failures.FailureToError(last.GetWorkflowExecutionFailedEventAttributes().GetFailure())
	default:
		return value, fmt.Errorf("the last event is %s", last.GetEventType())
	}
}

// Script lists the types of the events so far, with the ids of activities and timers, for comparison.
func (s *Stage) Script() []string { return Script(s.Server.History()) }

// Script lists the types of events, leaving out those of workflow tasks.
func Script(history *historypb.History) []string {
	var script []string
	for _, event := range history.GetEvents() {
		line := event.GetEventType().String()
		switch event.GetEventType() {
		case enumspb.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, enumspb.EVENT_TYPE_WORKFLOW_TASK_STARTED, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
			continue
		case enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
			a := event.GetActivityTaskScheduledEventAttributes()
			line += fmt.Sprintf(" %s %s", a.GetActivityType().GetName(), a.GetActivityId())
		case enumspb.EVENT_TYPE_TIMER_STARTED:
			a := event.GetTimerStartedEventAttributes()
			line += fmt.Sprintf(" %s %s", a.GetTimerId(), a.GetStartToFireTimeout().AsDuration())
		case enumspb.EVENT_TYPE_TIMER_FIRED:
			line += " " + event.GetTimerFiredEventAttributes().GetTimerId()
		case enumspb.EVENT_TYPE_TIMER_CANCELED:
			line += " " + event.GetTimerCanceledEventAttributes().GetTimerId()
		case enumspb.EVENT_TYPE_MARKER_RECORDED:
			line += " " + event.GetMarkerRecordedEventAttributes().GetMarkerName()
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
			line += " " + event.GetWorkflowExecutionSignaledEventAttributes().GetSignalName()
		}
		script = append(script, line)
	}
	return script
}
