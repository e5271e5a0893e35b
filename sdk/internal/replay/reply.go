package replay

import (
	"errors"
	"fmt"
	"runtime/debug"

	commandpb "go.temporal.io/api/command/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	querypb "go.temporal.io/api/query/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/internal/coroutine"
	"github.com/tenuto-io/tenuto/sdk/internal/machine"
)

// Name and version of this SDK, as the history keeps them with each workflow task.
const (
	sdkName    = "tenuto-go"
	sdkVersion = "0.1.0"
)

// completed packs the commands of a run that stands at the task's point.
func (p *Processor) completed(task *workflowTask, run *machine.Run) Reply {
	commands := run.Commands()
	p.chooseEager(commands, run.TaskQueue())
	request := &workflowservice.RespondWorkflowTaskCompletedRequest{
		TaskToken:             task.GetTaskToken(),
		Commands:              commands,
		Messages:              run.TakeMessages(),
		Identity:              p.options.Identity,
		Namespace:             p.options.Namespace,
		ResourceId:            resource(task),
		ReturnNewWorkflowTask: true,
		QueryResults:          p.queryResults(task, run),
		Capabilities: &workflowservice.RespondWorkflowTaskCompletedRequest_Capabilities{
			DiscardSpeculativeWorkflowTaskWithEvents: true, // see Discarded
		},
		SdkMetadata: &sdkpb.WorkflowTaskCompletedMetadata{LangUsedFlags: run.TakeFlags()},
	}
	if task.GetPreviousStartedEventId() == 0 {
		request.SdkMetadata.SdkName, request.SdkMetadata.SdkVersion = sdkName, sdkVersion
	}
	if p.keeps(run) {
		request.StickyAttributes = &taskqueuepb.StickyExecutionAttributes{
			WorkerTaskQueue: &taskqueuepb.TaskQueue{
				Name: p.options.StickyQueue, Kind: enumspb.TASK_QUEUE_KIND_STICKY, NormalName: p.options.TaskQueue,
			},
			ScheduleToStartTimeout: durationpb.New(p.options.StickyTimeout),
		}
	}
	return Reply{Completed: request}
}

// chooseEager takes back the wish for an eager activity where this worker cannot run it.
func (p *Processor) chooseEager(commands []*commandpb.Command, queue string) {
	for _, command := range commands {
		schedule := command.GetScheduleActivityTaskCommandAttributes()
		if schedule.GetRequestEagerExecution() {
			schedule.RequestEagerExecution = schedule.GetTaskQueue().GetName() == queue && queue == p.options.TaskQueue && p.options.EagerSlots()
		}
	}
}

// failed packs the error that kept a task from completing.
func (p *Processor) failed(task *workflowTask, err error) Reply {
	cause, failure := p.describe(err)
	return Reply{Failed: &workflowservice.RespondWorkflowTaskFailedRequest{
		TaskToken:  task.GetTaskToken(),
		Cause:      cause,
		Failure:    failure,
		Identity:   p.options.Identity,
		Namespace:  p.options.Namespace,
		ResourceId: resource(task),
	}}
}

func (p *Processor) describe(err error) (enumspb.WorkflowTaskFailedCause, *failurepb.Failure) {
	var nondeterminism *machine.NondeterminismError
	var unsupported *machine.UnsupportedVersionError
	if errors.As(err, &nondeterminism) || errors.As(err, &unsupported) {
		err := sdk.NewApplicationError(err.Error(), "NondeterminismError")
		return enumspb.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR, p.options.FailureConverter.ErrorToFailure(err)
	}
	return enumspb.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE, p.failureOf(err)
}

// failureOf represents an error. A query handler's may panic when it is asked for its message, as a nil pointer of an error type
// does; then it is the panic that is told. Everything else that workflow code returns is converted in the run, where panics are caught.
func (p *Processor) failureOf(err error) (failure *failurepb.Failure) {
	defer func() {
		if recovered := recover(); recovered != nil {
			failure = p.options.FailureConverter.ErrorToFailure(&sdk.PanicError{
				Message: fmt.Sprintf("%T: %v", err, recovered), Origin: sdk.Origin{StackTrace: string(debug.Stack())},
			})
		}
	}()
	return p.options.FailureConverter.ErrorToFailure(withStack(err))
}

// withStack keeps the stack of a panic or a deadlock in the failure.
func withStack(err error) error {
	var panicked *coroutine.PanicError
	if errors.As(err, &panicked) {
		return sdk.NewPanicError(panicked.Value, panicked.StackTrace)
	}
	var deadlock *coroutine.DeadlockError
	if errors.As(err, &deadlock) {
		failure := sdk.NewApplicationError(err.Error(), "DeadlockError")
		failure.StackTrace = deadlock.StackTrace
		return failure
	}
	return err
}

// answer replies to a query that came alone. A run that could not be brought up to date fails it.
func (p *Processor) answer(task *workflowTask, slot *slot, err error) Reply {
	request := &workflowservice.RespondQueryTaskCompletedRequest{
		TaskToken: task.GetTaskToken(), Namespace: p.options.Namespace, PollerGroupId: task.GetPollerGroupId(),
	}
	queried := err == nil
	if queried {
		request.QueryResult, err = slot.run.Query(task.GetQuery())
		request.CompletedType = enumspb.QUERY_RESULT_TYPE_ANSWERED
	} else {
		request.Cause, _ = p.describe(err)
	}
	if err != nil {
		request.CompletedType = enumspb.QUERY_RESULT_TYPE_FAILED
		request.QueryResult = nil
		request.Failure = p.failureOf(err)
		request.ErrorMessage = request.Failure.GetMessage() // hidden if the converter hides messages
	}
	if !queried || !p.keeps(slot.run) {
		slot.evict()
	}
	return Reply{Query: request}
}

// queryResults answers the queries that rode on a workflow task.
func (p *Processor) queryResults(task *workflowTask, run *machine.Run) map[string]*querypb.WorkflowQueryResult {
	if len(task.GetQueries()) == 0 {
		return nil
	}
	results := make(map[string]*querypb.WorkflowQueryResult, len(task.GetQueries()))
	for id, query := range task.GetQueries() {
		answer, err := run.Query(query)
		if err != nil {
			failure := p.failureOf(err)
			results[id] = &querypb.WorkflowQueryResult{
				ResultType: enumspb.QUERY_RESULT_TYPE_FAILED, ErrorMessage: failure.GetMessage(), Failure: failure,
			}
			continue
		}
		results[id] = &querypb.WorkflowQueryResult{ResultType: enumspb.QUERY_RESULT_TYPE_ANSWERED, Answer: answer}
	}
	return results
}

// resource is how servers route the reply.
func resource(task *workflowTask) string {
	return "workflow:" + task.GetWorkflowExecution().GetWorkflowId()
}
