package edge

import (
	"slices"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/tenants"
)

// What a namespace answers depends on its state: a deprecated one starts nothing new, and of a deleted one only its lists are left, to follow its removal.
var (
	inUse     = []enumspb.NamespaceState{enumspb.NAMESPACE_STATE_REGISTERED, enumspb.NAMESPACE_STATE_DEPRECATED}
	forNew    = []enumspb.NamespaceState{enumspb.NAMESPACE_STATE_REGISTERED}
	ofRemoval = append(inUse[:2:2], enumspb.NAMESPACE_STATE_DELETED)

	// otherStates has the methods that do not go by inUse.
	otherStates = map[string][]enumspb.NamespaceState{
		workflowservice.WorkflowService_StartWorkflowExecution_FullMethodName:           forNew,
		workflowservice.WorkflowService_SignalWithStartWorkflowExecution_FullMethodName: forNew,
		workflowservice.WorkflowService_ExecuteMultiOperation_FullMethodName:            forNew,
		workflowservice.WorkflowService_ListWorkflowExecutions_FullMethodName:           ofRemoval,
		workflowservice.WorkflowService_CountWorkflowExecutions_FullMethodName:          ofRemoval,
	}
)

// refuseState returns the protocol's error if a method does not go with the state of its namespace.
func refuseState(method string, n tenants.Namespace) error {
	allowed, ok := otherStates[method]
	if !ok {
		allowed = inUse
	}
	state := enumspb.NamespaceState(n.State)
	if slices.Contains(allowed, state) {
		return nil
	}
	return serviceerror.ToStatus(serviceerror.NewNamespaceInvalidState(n.Name, state, allowed)).Err()
}
