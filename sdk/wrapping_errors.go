package sdk

import (
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
)

// ActivityError is what a workflow gets from an activity that did not succeed. The Cause says why.
type ActivityError struct {
	Origin
	// Message is what the server wrote, usually "activity error".
	Message string
	// ActivityType is the name under which the activity is registered.
	ActivityType string
	// ActivityID identifies the activity within its workflow.
	ActivityID string
	// ScheduledEventID and StartedEventID point into the workflow's history. StartedEventID is zero if it never started.
	ScheduledEventID, StartedEventID int64
	// Identity names the worker of the last attempt, if there was one.
	Identity string
	// RetryState says why there is no further attempt.
	RetryState enumspb.RetryState
	// Cause is an [ApplicationError], [TimeoutError], [CanceledError], [PanicError] …
	Cause error
}

// Error names the activity and the cause.
func (e *ActivityError) Error() string {
	return withCause(fmt.Sprintf("activity %s failed", e.ActivityType), e.Cause)
}

// Unwrap returns the cause.
func (e *ActivityError) Unwrap() error { return e.Cause }

// ChildWorkflowError is what a workflow gets from a child workflow that did not succeed. The Cause says why.
type ChildWorkflowError struct {
	Origin
	// Message is what the server wrote, usually "child workflow execution error".
	Message string
	// Namespace, WorkflowID, RunID and WorkflowType name the child. RunID is empty if it never started.
	Namespace, WorkflowID, RunID, WorkflowType string
	// InitiatedEventID and StartedEventID point into the parent's history. StartedEventID is zero if it never started.
	InitiatedEventID, StartedEventID int64
	// RetryState says why there is no further attempt.
	RetryState enumspb.RetryState
	// Cause is an [ApplicationError], [TimeoutError], [CanceledError], [TerminatedError] …
	Cause error
}

// Error names the child and the cause.
func (e *ChildWorkflowError) Error() string {
	return withCause(fmt.Sprintf("child workflow %s (%s) failed", e.WorkflowType, e.WorkflowID), e.Cause)
}

// Unwrap returns the cause.
func (e *ChildWorkflowError) Unwrap() error { return e.Cause }

// WorkflowExecutionError is what a client gets from a workflow that did not succeed. The Cause says why.
type WorkflowExecutionError struct {
	// WorkflowID, RunID and WorkflowType name the run that ended, the last one of its chain.
	WorkflowID, RunID, WorkflowType string
	// RetryState says why there is no further attempt. It is unspecified for a canceled or terminated workflow.
	RetryState enumspb.RetryState
	// Cause is an [ApplicationError], [ActivityError], [TimeoutError], [CanceledError], [TerminatedError] …
	Cause error
}

// Error names the workflow and the cause.
func (e *WorkflowExecutionError) Error() string {
	return withCause(fmt.Sprintf("workflow %s (%s, run %s) failed", e.WorkflowType, e.WorkflowID, e.RunID), e.Cause)
}

// Unwrap returns the cause.
func (e *WorkflowExecutionError) Unwrap() error { return e.Cause }

// ForeignError is a failure of a kind that this SDK has no type for, such as one of a Nexus operation. It is handed on
// untouched.
type ForeignError struct {
	// Failure is the failure as it was received.
	Failure *failurepb.Failure
	// Cause is the failure's cause as an error, or nil.
	Cause error
}

// Error returns the failure's message and the cause.
func (e *ForeignError) Error() string { return withCause(e.Failure.GetMessage(), e.Cause) }

// Unwrap returns the cause.
func (e *ForeignError) Unwrap() error { return e.Cause }
