package edge

import (
	"context"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration"
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

// history reads a page, as a long poll if the request waits. When the wait is cut short the answer is the token that came, so that the caller
// goes on where it was; a caller that had none yet is told to try again.
func (s *workflowService) history(ctx context.Context, req engine.HistoryRequest) (engine.HistoryPage, error) {
	if !req.Wait {
		return s.engine.History(ctx, req)
	}
	waiting, done, err := s.patience.wait(ctx, orchestration.LongPollHistory)
	if err != nil {
		return engine.HistoryPage{}, err
	}
	defer done()
	p, err := s.engine.History(waiting, req)
	if err == nil || !ranOut(ctx, err) {
		return p, err
	}
	if len(req.PageToken) > 0 {
		return engine.HistoryPage{PageToken: req.PageToken}, nil
	}
	return p, orchestration.Errorf(orchestration.Unavailable, "No new event came in time, or the server is shutting down.")
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
