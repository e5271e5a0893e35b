package edge

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"
	querypb "go.temporal.io/api/query/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// QueryWorkflow asks a workflow's code, through a worker, about its state.
func (s *workflowService) QueryWorkflow(ctx context.Context, r *workflowservice.QueryWorkflowRequest) (*workflowservice.QueryWorkflowResponse, error) {
	var c checks
	run := c.run(namespaceOf(ctx), r.GetExecution())
	if r.GetQuery() == nil {
		c.fail("Query is not set on request.")
	}
	c.required("QueryType", r.GetQuery().GetQueryType())
	c.blob("QueryArgs", r.GetQuery().GetQueryArgs())
	c.blob("Header", r.GetQuery().GetHeader())
	c.known("QueryRejectCondition", int32(r.GetQueryRejectCondition()), enumspb.QueryRejectCondition_name)
	if c.err != nil {
		return nil, c.err
	}
	waiting, done := s.patience.ask(ctx)
	defer done()
	reply, err := s.engine.Query(waiting, engine.QueryRequest{Run: run, Query: r.GetQuery(), Reject: r.GetQueryRejectCondition()})
	if err != nil {
		if ranOut(ctx, err) {
			err = s.patience.unanswered("No worker answered the query in time: is one polling the workflow's task queue?")
		}
		return nil, err
	}
	if reply.Rejected != enumspb.WORKFLOW_EXECUTION_STATUS_UNSPECIFIED {
		return &workflowservice.QueryWorkflowResponse{QueryRejected: &querypb.QueryRejected{Status: reply.Rejected}}, nil
	}
	return &workflowservice.QueryWorkflowResponse{QueryResult: reply.Result}, nil
}

// RespondQueryTaskCompleted takes a worker's answer to a query that it got alone.
func (s *workflowService) RespondQueryTaskCompleted(ctx context.Context, r *workflowservice.RespondQueryTaskCompletedRequest) (*workflowservice.RespondQueryTaskCompletedResponse, error) {
	answer, err := queryAnswer(namespaceOf(ctx), r)
	if err != nil {
		return nil, err
	}
	if err := s.engine.AnswerQuery(ctx, answer); err != nil {
		return nil, err
	}
	return &workflowservice.RespondQueryTaskCompletedResponse{}, nil
}

// queryAnswer validates an answer; one over the payload limit becomes a failed one, so that the query's caller learns why.
func queryAnswer(ns namespace, r *workflowservice.RespondQueryTaskCompletedRequest) (engine.QueryAnswer, error) {
	var c checks
	answer := engine.QueryAnswer{
		Token:   c.token(ns, r.GetTaskToken(), orchestration.QueryTask),
		Failed:  r.GetCompletedType() == enumspb.QUERY_RESULT_TYPE_FAILED,
		Result:  r.GetQueryResult(),
		Message: prefix(r.GetErrorMessage(), keptMessageSize),
		Failure: boundedFailure(r.GetFailure()),
		Cause:   r.GetCause(),
	}
	if !answer.Failed && r.GetCompletedType() != enumspb.QUERY_RESULT_TYPE_ANSWERED {
		c.fail("CompletedType is not set on request.")
	}
	if tooLarge(answer.Result) {
		answer.Failed, answer.Result, answer.Message = true, nil, queryResultTooLarge
	}
	return answer, c.err
}
