package history

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// CompleteWorkflowTask applies a worker's commands and messages: all of them, or none. One that cannot be applied, or a closing command while
// something is buffered or an update waits, turns the completion into a failed workflow task; the outcome's Failed says so. A speculative task
// whose updates were all rejected leaves no trace. Errors (nothing changed):
// NotFound for a task that is not in flight, InvalidArgument for a command of unknown type.
func (r *Run) CompleteWorkflowTask(in CompleteWorkflowTask, now time.Time) (Completed, error) {
	if err := r.inFlight(in.WorkflowTaskRef); err != nil {
		return Completed{}, err
	}
	plan, bad, err := r.plan(in)
	if err != nil {
		return Completed{}, err
	}
	s := r.begin(now)
	s.next = in.NextRunID
	switch {
	case bad != nil:
		return s.refuse(in, bad), nil
	case plan.closes && (len(r.buffer) > 0 || r.updatesWait()):
		return s.refuseClosing(in), nil
	case in.heartbeats() && r.heartbeatsTooLong(s.now):
		return s.refuseHeartbeat(), nil
	case r.discards(in, plan):
		return s.discard(plan), nil
	}
	original := r.Header.Task.Original
	s.endTask(taskCompleted(in))
	r.stick(in)
	out := Completed{Eager: s.obey(in, plan)}
	if r.Header.running() {
		if !in.ForceCreate { // else its worker still has them before it
			s.rejectUnprocessed()
		}
		s.flush() // of what was buffered behind the task, and of what the commands caused
		if s.wantTask = s.wantTask || in.ForceCreate; s.wantTask {
			s.scheduleTask(1)
		}
		if in.heartbeats() && r.Header.Task != nil {
			r.Header.Task.Original = original
		}
	}
	if out.Transition = s.finish(); out.Closed {
		out.Eager = nil
	}
	return out, nil
}

// heartbeats tells whether the completion only keeps a long workflow task alive.
func (in CompleteWorkflowTask) heartbeats() bool { return in.ForceCreate && len(in.Commands) == 0 }

// heartbeatsTooLong tells whether the task in flight, with those it continues, has taken longer than orchestration.WorkflowTaskHeartbeats.
func (r *Run) heartbeatsTooLong(now time.Time) bool {
	return now.Sub(r.Header.Task.Original.time()) > orchestration.WorkflowTaskHeartbeats
}

// stick remembers, or forgets, the worker that keeps the run in its cache.
func (r *Run) stick(in CompleteWorkflowTask) {
	r.leaveSticky()
	if q := in.Sticky.GetWorkerTaskQueue().GetName(); q != "" {
		r.Header.StickyQueue, r.Header.StickyTimeout = q, in.Sticky.GetScheduleToStartTimeout().AsDuration()
		if r.Header.StickyTimeout <= 0 {
			r.Header.StickyTimeout = defaultStickyTimeout
		}
	}
}

// defaultStickyTimeout is how long a task waits for a sticky worker that set no time of its own.
const defaultStickyTimeout = 5 * time.Second

// refuse fails the task because of a command that cannot be applied.
func (s *step) refuse(in CompleteWorkflowTask, bad *refusal) Completed {
	message := bad.cause.String() + ": " + bad.message
	s.retryTask(taskFailed(failedTask{Cause: bad.cause, Failure: serverFailure(message), Identity: in.Identity, Checksum: in.BinaryChecksum, Stamp: versionStamp{in.Stamp}}))
	return Completed{Transition: s.finish(), Failed: orchestration.Errorf(orchestration.InvalidArgument, "%s", message)}
}

// refuseClosing fails the task because its worker closes the run without having seen what is buffered. That is no fault of the worker.
func (s *step) refuseClosing(in CompleteWorkflowTask) Completed {
	cause := enumspb.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND
	s.repeatTask(taskFailed(failedTask{Cause: cause, Failure: serverFailure(cause.String()), Identity: in.Identity, Checksum: in.BinaryChecksum, Stamp: versionStamp{in.Stamp}}))
	return Completed{Transition: s.finish(), Failed: orchestration.Errorf(orchestration.InvalidArgument, "%s", cause.String())}
}

// refuseHeartbeat times the task out because its worker has only kept it alive for too long.
func (s *step) refuseHeartbeat() Completed {
	s.retryTask(taskTimedOut(enumspb.TIMEOUT_TYPE_START_TO_CLOSE))
	return Completed{Transition: s.finish(), Failed: orchestration.Errorf(orchestration.NotFound, "workflow task heartbeat timeout")}
}

// taskCompleted is the event WorkflowTaskCompleted, without ids.
func taskCompleted(in CompleteWorkflowTask) *historypb.HistoryEvent {
	return &historypb.HistoryEvent{
		EventType: enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
		Attributes: &historypb.HistoryEvent_WorkflowTaskCompletedEventAttributes{
			WorkflowTaskCompletedEventAttributes: &historypb.WorkflowTaskCompletedEventAttributes{
				Identity:         in.Identity,
				BinaryChecksum:   in.BinaryChecksum,
				WorkerVersion:    in.Stamp,
				SdkMetadata:      in.SDKMetadata,
				MeteringMetadata: in.Metering,
			},
		},
	}
}

// serverFailure is a failure that the server itself reports.
func serverFailure(message string) *failurepb.Failure {
	return &failurepb.Failure{
		Message:     message,
		Source:      failureSource,
		FailureInfo: &failurepb.Failure_ServerFailureInfo{ServerFailureInfo: &failurepb.ServerFailureInfo{NonRetryable: true}},
	}
}

// failureSource marks failures that the server made.
const failureSource = "Server"
