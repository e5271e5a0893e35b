package edge

import (
	"context"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// GetWorkflowExecutionHistory reads a run's events, oldest first. With WaitNewEvent it is a long poll: an empty page with a token means that
// nothing new came. There is no archive, so SkipArchival changes nothing.
func (s *workflowService) GetWorkflowExecutionHistory(ctx context.Context, r *workflowservice.GetWorkflowExecutionHistoryRequest) (*workflowservice.GetWorkflowExecutionHistoryResponse, error) {
	var c checks
	req := historyRequest(&c, ctx, r)
	req.Wait = r.GetWaitNewEvent()
	req.CloseOnly = r.GetHistoryEventFilterType() == enumspb.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT
	c.known("HistoryEventFilterType", int32(r.GetHistoryEventFilterType()), enumspb.HistoryEventFilterType_name)
	if c.err != nil {
		return nil, c.err
	}
	p, err := s.history(ctx, req)
	if err != nil {
		return nil, err
	}
	return &workflowservice.GetWorkflowExecutionHistoryResponse{History: events(p.Events), NextPageToken: p.PageToken}, nil
}

// history reads a page. A wait that is cut short, by the caller's deadline or a drain, ends with an empty page and a token, which the engine sees
// to; an error remains only if the run was not even found in that time.
func (s *workflowService) history(ctx context.Context, req engine.HistoryRequest) (engine.HistoryPage, error) {
	if !req.Wait {
		return s.engine.History(ctx, req)
	}
	waiting, done := s.patience.ask(ctx)
	defer done()
	p, err := s.engine.History(waiting, req)
	if err != nil && ranOut(ctx, err) {
		err = s.patience.unanswered("The run could not be read in time.")
	}
	return p, err
}

// GetWorkflowExecutionHistoryReverse reads a run's events, newest first.
func (s *workflowService) GetWorkflowExecutionHistoryReverse(ctx context.Context, r *workflowservice.GetWorkflowExecutionHistoryReverseRequest) (*workflowservice.GetWorkflowExecutionHistoryReverseResponse, error) {
	var c checks
	req := historyRequest(&c, ctx, r)
	if c.err != nil {
		return nil, c.err
	}
	p, err := s.engine.HistoryReverse(ctx, req)
	if err != nil {
		return nil, err
	}
	return &workflowservice.GetWorkflowExecutionHistoryReverseResponse{History: events(p.Events), NextPageToken: p.PageToken}, nil
}

// historyRead is what both directions have in common.
type historyRead interface {
	GetExecution() *commonpb.WorkflowExecution
	GetMaximumPageSize() int32
	GetNextPageToken() []byte
}

func historyRequest(c *checks, ctx context.Context, r historyRead) engine.HistoryRequest {
	return engine.HistoryRequest{
		Run:       c.run(namespaceOf(ctx), r.GetExecution()),
		PageToken: r.GetNextPageToken(),
		PageSize:  page(r.GetMaximumPageSize()),
		SDK:       callerOf(ctx).sdk,
	}
}
