package edge

import (
	"context"
	"errors"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// ExecuteMultiOperation starts a workflow, or finds the running one, and sends it an update. That is the one combination that the protocol has.
func (s *workflowService) ExecuteMultiOperation(ctx context.Context, r *workflowservice.ExecuteMultiOperationRequest) (*workflowservice.ExecuteMultiOperationResponse, error) {
	start, update, err := startAndUpdate(namespaceOf(ctx), r)
	if err != nil {
		return nil, err
	}
	waiting, done := s.patience.ask(ctx)
	defer done()
	start.Run.By = stampOf(ctx)
	update.By = start.Run.By
	started, reply, err := s.engine.UpdateWithStart(waiting, start, update)
	if err != nil {
		return nil, s.notUpdated(ctx, err)
	}
	return &workflowservice.ExecuteMultiOperationResponse{Responses: []*workflowservice.ExecuteMultiOperationResponse_Response{
		{Response: &workflowservice.ExecuteMultiOperationResponse_Response_StartWorkflow{StartWorkflow: startResponse(started)}},
		{Response: &workflowservice.ExecuteMultiOperationResponse_Response_UpdateWorkflow{
			UpdateWorkflow: updateResponse(update.Request.GetMeta().GetUpdateId(), reply),
		}},
	}}, nil
}

// startAndUpdate validates r: the request as such, then each operation.
func startAndUpdate(ns namespace, r *workflowservice.ExecuteMultiOperationRequest) (start engine.StartRequest, update engine.UpdateRequest, err error) {
	ops := r.GetOperations()
	if len(ops) != 2 || ops[0].GetStartWorkflow() == nil || ops[1].GetUpdateWorkflow() == nil {
		return start, update, invalid("Operations have to be exactly [Start, Update].")
	}
	if start, err = startOf(ns, r.GetNamespace(), ops[0].GetStartWorkflow()); err != nil {
		return start, update, refusedOperation(0, err)
	}
	if update, err = updateOf(ns, r.GetNamespace(), ops[1].GetUpdateWorkflow()); err != nil {
		return start, update, refusedOperation(1, err)
	}
	if start.Run.Key.WorkflowID != update.Run.WorkflowID {
		return start, update, refusedOperation(1, invalid("WorkflowId is not consistent with previous operation(s)."))
	}
	return start, update, nil
}

func startOf(ns namespace, name string, r *workflowservice.StartWorkflowExecutionRequest) (engine.StartRequest, error) {
	switch {
	case r.GetNamespace() != "" && r.GetNamespace() != name:
		return engine.StartRequest{}, otherNamespace()
	case r.GetCronSchedule() != "":
		return engine.StartRequest{}, invalid("CronSchedule is not allowed.")
	case r.GetRequestEagerExecution():
		return engine.StartRequest{}, invalid("RequestEagerExecution is not supported.")
	case r.GetWorkflowStartDelay().AsDuration() != 0:
		return engine.StartRequest{}, invalid("WorkflowStartDelay is not supported.")
	}
	return startRequest(ns, r)
}

func updateOf(ns namespace, name string, r *workflowservice.UpdateWorkflowExecutionRequest) (engine.UpdateRequest, error) {
	switch {
	case r.GetNamespace() != "" && r.GetNamespace() != name:
		return engine.UpdateRequest{}, otherNamespace()
	case r.GetWorkflowExecution().GetRunId() != "":
		return engine.UpdateRequest{}, invalid("RunId is not allowed.")
	case r.GetFirstExecutionRunId() != "":
		return engine.UpdateRequest{}, invalid("FirstExecutionRunId is not allowed.")
	}
	return updateRequest(ns, r)
}

func otherNamespace() error {
	return invalid("Namespace of the operation does not match the one of the request.")
}

// refusedOperation is the error of a request of which one operation is bad: the other is given up.
func refusedOperation(operation int, err error) error {
	var e *orchestration.Error
	if errors.As(err, &e) {
		return orchestration.RefusedOperation(operation, 2, e)
	}
	return err
}

// operationErrors are the errors of several operations: nil ones were given up because of the others.
func operationErrors(all []*orchestration.Error) []error {
	out := make([]error, len(all))
	for i, e := range all {
		if e == nil {
			out[i] = serviceerror.NewMultiOperationAborted("Operation was aborted.")
		} else if out[i] = publicError(e); out[i] == nil {
			out[i] = errInternal
		}
	}
	return out
}
