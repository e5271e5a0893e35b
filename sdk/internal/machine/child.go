package machine

import (
	"fmt"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	sdkpb "go.temporal.io/api/sdk/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"

	"github.com/tenuto-io/tenuto/sdk"
)

// ChildRequest asks for a child workflow.
type ChildRequest struct {
	// Attributes are sent as they are; an empty workflow id, namespace and task queue are filled in.
	Attributes *commandpb.StartChildWorkflowExecutionCommandAttributes
	Metadata   *sdkpb.UserMetadata
	// Started is called once the child has started, with nil, or failed to. Settle is called once, before Started if it failed to.
	Started func(*commonpb.WorkflowExecution, error)
	Settle  func(*commonpb.Payloads, error)
}

// Child is a child workflow that workflow code asked for.
type Child struct {
	run     *Run
	request ChildRequest
	// initiatedID and startedID are the ids of its events; startedID is zero before its start.
	initiatedID, startedID int64
	// cancellation is the request to cancel it, nil before.
	cancellation *command
}

// children are those of a run that have not ended.
type children struct {
	byEvent map[int64]*Child
	ids     map[string]bool
}

func (s *children) add(c *Child) {
	if s.byEvent == nil {
		s.byEvent, s.ids = make(map[int64]*Child), make(map[string]bool)
	}
	s.byEvent[c.initiatedID] = c
	s.ids[c.request.Attributes.GetWorkflowId()] = true
}

func (s *children) remove(c *Child) {
	delete(s.byEvent, c.initiatedID)
	delete(s.ids, c.request.Attributes.GetWorkflowId())
}

// NewWorkflowID returns an id for a workflow that the next command starts.
func (r *Run) NewWorkflowID() string { return fmt.Sprintf("%s_%d", r.seededBy, r.nextEventID()) }

// StartChild asks for a child workflow. A second open child of the same id is refused without asking the server.
func (r *Run) StartChild(request ChildRequest) *Child {
	r.mutating("ExecuteChildWorkflow")
	attributes := request.Attributes
	if attributes.WorkflowId == "" {
		attributes.WorkflowId = r.NewWorkflowID()
	}
	if attributes.Namespace == "" {
		attributes.Namespace = r.Namespace()
	}
	if attributes.TaskQueue.GetName() == "" {
		attributes.TaskQueue = &taskqueuepb.TaskQueue{Name: r.TaskQueue(), Kind: enumspb.TASK_QUEUE_KIND_NORMAL}
	}
	// On the workflow's own queue the child belongs with the workflow's version of the code.
	attributes.InheritBuildId = attributes.TaskQueue.GetName() == r.TaskQueue()
	c := &Child{run: r, request: request, initiatedID: r.nextEventID()}
	if r.children.ids[attributes.WorkflowId] {
		r.use(flagChildError)
		request.Settle(nil, &sdk.ChildWorkflowExecutionAlreadyStartedError{})
		request.Started(nil, &sdk.ChildWorkflowExecutionAlreadyStartedError{})
		return c
	}
	r.children.add(c)
	r.request(&commandpb.Command{
		CommandType:  enumspb.COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION,
		UserMetadata: request.Metadata,
		Attributes:   &commandpb.Command_StartChildWorkflowExecutionCommandAttributes{StartChildWorkflowExecutionCommandAttributes: attributes},
	})
	return c
}

// Cancel asks the server to cancel the child, which has started. The child's end settles it. It does nothing the second time.
func (c *Child) Cancel() {
	if c.cancellation != nil || c.run.children.byEvent[c.initiatedID] != c {
		return
	}
	c.cancellation = c.run.request(&commandpb.Command{
		CommandType: enumspb.COMMAND_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION,
		Attributes: &commandpb.Command_RequestCancelExternalWorkflowExecutionCommandAttributes{
			RequestCancelExternalWorkflowExecutionCommandAttributes: &commandpb.RequestCancelExternalWorkflowExecutionCommandAttributes{
				Namespace: c.request.Attributes.GetNamespace(), WorkflowId: c.request.Attributes.GetWorkflowId(), ChildWorkflowOnly: true,
			},
		},
	})
}

// child returns the open one that an event is about.
func (r *Run) child(event *historypb.HistoryEvent, initiatedID int64) (*Child, error) {
	c := r.children.byEvent[initiatedID]
	if c == nil {
		return nil, fmt.Errorf("event %d (%s) is about the child of event %d, which is not open", event.EventId, event.EventType, initiatedID)
	}
	return c, nil
}

func (r *Run) childStarted(event *historypb.HistoryEvent) error {
	e := event.GetChildWorkflowExecutionStartedEventAttributes()
	c, err := r.child(event, e.GetInitiatedEventId())
	if err == nil {
		c.startedID = event.GetEventId()
		c.request.Started(e.GetWorkflowExecution(), nil)
	}
	return err
}

// childNotStarted is the answer of a server that refused the start.
func (r *Run) childNotStarted(event *historypb.HistoryEvent) error {
	e := event.GetStartChildWorkflowExecutionFailedEventAttributes()
	c, err := r.child(event, e.GetInitiatedEventId())
	if err != nil {
		return err
	}
	var cause error
	switch e.GetCause() {
	case enumspb.START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_WORKFLOW_ALREADY_EXISTS:
		cause = &sdk.ChildWorkflowExecutionAlreadyStartedError{}
	case enumspb.START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_NAMESPACE_NOT_FOUND:
		cause = &sdk.NamespaceNotFoundError{}
	default:
		cause = sdk.NewServerError("unable to start the child: "+e.GetCause().String(), true, nil)
	}
	r.children.remove(c)
	failure := c.failure(e.GetNamespace(), nil, enumspb.RETRY_STATE_NON_RETRYABLE_FAILURE, cause)
	c.request.Settle(nil, failure)
	c.request.Started(nil, failure)
	return nil
}

// childClosed handles each of the events that end a child.
func (r *Run) childClosed(event *historypb.HistoryEvent) error {
	end := childEndOf(event)
	c, err := r.child(event, end.initiatedID)
	if err != nil {
		return err
	}
	r.children.remove(c)
	r.withdraw(c.cancellation)
	if end.cause == nil {
		r.hold(end.result)
		c.request.Settle(end.result, nil)
		return nil
	}
	c.request.Settle(nil, c.failure(end.namespace, end.execution, end.retryState, end.cause(r)))
	return nil
}

func (c *Child) failure(namespace string, execution *commonpb.WorkflowExecution, state enumspb.RetryState, cause error) error {
	return &sdk.ChildWorkflowError{
		Message:          "child workflow execution error",
		Namespace:        namespace,
		WorkflowID:       c.request.Attributes.GetWorkflowId(),
		RunID:            execution.GetRunId(),
		WorkflowType:     c.request.Attributes.GetWorkflowType().GetName(),
		InitiatedEventID: c.initiatedID,
		StartedEventID:   c.startedID,
		RetryState:       state,
		Cause:            cause,
	}
}
