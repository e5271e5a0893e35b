package edge

import (
	"context"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
)

// methodName is the name of a method without its service.
func methodName(full string) string { return full[strings.LastIndexByte(full, '/')+1:] }

// requestIDOf is the id that a client has given a call: the protocol's, else that of the header x-request-id.
func requestIDOf(ctx context.Context, req any) string {
	if r, ok := req.(interface{ GetRequestId() string }); ok && r.GetRequestId() != "" {
		return r.GetRequestId()
	}
	return header(ctx, "x-request-id")
}

// subjectOf is what a call is about, by the ids in its request and, for a start, in its answer. Neither has anything of a payload.
func subjectOf(req, resp any) (resource, run string) {
	if m, ok := req.(*workflowservice.ExecuteMultiOperationRequest); ok {
		for _, o := range m.GetOperations() {
			if s := o.GetStartWorkflow(); s != nil {
				return "workflow:" + s.GetWorkflowId(), startedRun(resp)
			}
		}
		return "", ""
	}
	if e := executionOf(req); e != nil {
		return "workflow:" + e.GetWorkflowId(), e.GetRunId()
	}
	if r, ok := resp.(interface{ GetRunId() string }); ok {
		run = r.GetRunId()
	}
	for _, of := range subjects {
		if id := of.id(req); id != "" {
			return of.kind + ":" + id, run
		}
	}
	return "", run
}

// startedRun is the run that the answer to several operations tells of; "": none.
func startedRun(resp any) string {
	r, _ := resp.(*workflowservice.ExecuteMultiOperationResponse)
	for _, o := range r.GetResponses() {
		if s := o.GetStartWorkflow(); s != nil {
			return s.GetRunId()
		}
	}
	return ""
}

// executionOf is the run that a request names; nil: none.
func executionOf(req any) *commonpb.WorkflowExecution {
	switch r := req.(type) {
	case interface {
		GetWorkflowExecution() *commonpb.WorkflowExecution
	}:
		return r.GetWorkflowExecution()
	case interface {
		GetExecution() *commonpb.WorkflowExecution
	}:
		return r.GetExecution()
	}
	return nil
}

// subjects are the ids that requests have, the most telling first.
var subjects = []struct {
	kind string
	id   func(req any) string
}{
	{"workflow", func(req any) string {
		if r, ok := req.(interface{ GetWorkflowId() string }); ok {
			return r.GetWorkflowId()
		}
		return ""
	}},
	{"batch", func(req any) string {
		if r, ok := req.(interface{ GetJobId() string }); ok {
			return r.GetJobId()
		}
		return ""
	}},
	{"schedule", func(req any) string {
		if r, ok := req.(interface{ GetScheduleId() string }); ok {
			return r.GetScheduleId()
		}
		return ""
	}},
	{"queue", func(req any) string {
		switch r := req.(type) {
		case interface{ GetTaskQueue() string }:
			return r.GetTaskQueue()
		case interface{ GetTaskQueue() *taskqueuepb.TaskQueue }:
			return r.GetTaskQueue().GetName()
		}
		return ""
	}},
}
