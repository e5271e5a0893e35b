package sdk

// ChildWorkflowExecutionAlreadyStartedError says that a child was not started because a workflow of its id is open, or may not be started
// again under the reuse policy.
type ChildWorkflowExecutionAlreadyStartedError struct{}

// Error says what happened.
func (*ChildWorkflowExecutionAlreadyStartedError) Error() string {
	return "child workflow execution already started"
}

// UnknownExternalWorkflowExecutionError says that a workflow was not signalled or cancelled because there is no open one of its id.
type UnknownExternalWorkflowExecutionError struct{}

// Error says what happened.
func (*UnknownExternalWorkflowExecutionError) Error() string {
	return "unknown external workflow execution"
}

// NamespaceNotFoundError says that a workflow of another namespace was not reached because there is no such namespace.
type NamespaceNotFoundError struct{}

// Error says what happened.
func (*NamespaceNotFoundError) Error() string { return "namespace not found" }
