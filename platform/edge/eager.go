package edge

import "go.temporal.io/api/workflowservice/v1"

// withoutEagerTask has a start answer without the first task: that is for workers, and whoever may only start is none.
func withoutEagerTask(req any) {
	switch r := req.(type) {
	case *workflowservice.StartWorkflowExecutionRequest:
		r.RequestEagerExecution = false
	case *workflowservice.ExecuteMultiOperationRequest:
		for _, o := range r.GetOperations() {
			if start := o.GetStartWorkflow(); start != nil {
				start.RequestEagerExecution = false
			}
		}
	}
}
