package edge

import (
	"context"

	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// RespondActivityTaskCompleted takes an activity's result, by task token.
func (s *workflowService) RespondActivityTaskCompleted(ctx context.Context, r *workflowservice.RespondActivityTaskCompletedRequest) (*workflowservice.RespondActivityTaskCompletedResponse, error) {
	target, err := byToken(namespaceOf(ctx), r.GetTaskToken(), r.GetIdentity())
	if err == nil {
		err = s.completeActivity(ctx, target, r.GetResult())
	}
	if err != nil {
		return nil, err
	}
	return &workflowservice.RespondActivityTaskCompletedResponse{}, nil
}

// RespondActivityTaskCompletedById takes an activity's result, by ids.
func (s *workflowService) RespondActivityTaskCompletedById(ctx context.Context, r *workflowservice.RespondActivityTaskCompletedByIdRequest) (*workflowservice.RespondActivityTaskCompletedByIdResponse, error) {
	target, err := byID(namespaceOf(ctx), r)
	if err == nil {
		err = s.completeActivity(ctx, target, r.GetResult())
	}
	if err != nil {
		return nil, err
	}
	return &workflowservice.RespondActivityTaskCompletedByIdResponse{}, nil
}

// RespondActivityTaskFailed takes an activity's failure, by task token. The answer tells what was too large of it.
func (s *workflowService) RespondActivityTaskFailed(ctx context.Context, r *workflowservice.RespondActivityTaskFailedRequest) (*workflowservice.RespondActivityTaskFailedResponse, error) {
	target, err := byToken(namespaceOf(ctx), r.GetTaskToken(), r.GetIdentity())
	if err != nil {
		return nil, err
	}
	noted, err := s.failActivity(ctx, target, r.GetFailure(), r.GetLastHeartbeatDetails())
	if err != nil {
		return nil, err
	}
	return &workflowservice.RespondActivityTaskFailedResponse{Failures: noted}, nil
}

// RespondActivityTaskFailedById takes an activity's failure, by ids.
func (s *workflowService) RespondActivityTaskFailedById(ctx context.Context, r *workflowservice.RespondActivityTaskFailedByIdRequest) (*workflowservice.RespondActivityTaskFailedByIdResponse, error) {
	target, err := byID(namespaceOf(ctx), r)
	if err != nil {
		return nil, err
	}
	noted, err := s.failActivity(ctx, target, r.GetFailure(), r.GetLastHeartbeatDetails())
	if err != nil {
		return nil, err
	}
	return &workflowservice.RespondActivityTaskFailedByIdResponse{Failures: noted}, nil
}

// RespondActivityTaskCanceled takes an activity's consent to its cancellation, by task token.
func (s *workflowService) RespondActivityTaskCanceled(ctx context.Context, r *workflowservice.RespondActivityTaskCanceledRequest) (*workflowservice.RespondActivityTaskCanceledResponse, error) {
	target, err := byToken(namespaceOf(ctx), r.GetTaskToken(), r.GetIdentity())
	if err == nil {
		err = s.cancelActivity(ctx, target, r.GetDetails())
	}
	if err != nil {
		return nil, err
	}
	return &workflowservice.RespondActivityTaskCanceledResponse{}, nil
}

// RespondActivityTaskCanceledById takes an activity's consent to its cancellation, by ids.
func (s *workflowService) RespondActivityTaskCanceledById(ctx context.Context, r *workflowservice.RespondActivityTaskCanceledByIdRequest) (*workflowservice.RespondActivityTaskCanceledByIdResponse, error) {
	target, err := byID(namespaceOf(ctx), r)
	if err == nil {
		err = s.cancelActivity(ctx, target, r.GetDetails())
	}
	if err != nil {
		return nil, err
	}
	return &workflowservice.RespondActivityTaskCanceledByIdResponse{}, nil
}

// RecordActivityTaskHeartbeat keeps an activity's progress, by task token, and tells it whether to go on.
func (s *workflowService) RecordActivityTaskHeartbeat(ctx context.Context, r *workflowservice.RecordActivityTaskHeartbeatRequest) (*workflowservice.RecordActivityTaskHeartbeatResponse, error) {
	target, err := byToken(namespaceOf(ctx), r.GetTaskToken(), r.GetIdentity())
	if err != nil {
		return nil, err
	}
	a, err := s.heartbeat(ctx, target, r.GetDetails())
	if err != nil {
		return nil, err
	}
	return &workflowservice.RecordActivityTaskHeartbeatResponse{CancelRequested: a.CancelRequested, ActivityPaused: a.Paused, ActivityReset: a.Reset}, nil
}

// RecordActivityTaskHeartbeatById keeps an activity's progress, by ids, and tells it whether to go on.
func (s *workflowService) RecordActivityTaskHeartbeatById(ctx context.Context, r *workflowservice.RecordActivityTaskHeartbeatByIdRequest) (*workflowservice.RecordActivityTaskHeartbeatByIdResponse, error) {
	target, err := byID(namespaceOf(ctx), r)
	if err != nil {
		return nil, err
	}
	a, err := s.heartbeat(ctx, target, r.GetDetails())
	if err != nil {
		return nil, err
	}
	return &workflowservice.RecordActivityTaskHeartbeatByIdResponse{CancelRequested: a.CancelRequested, ActivityPaused: a.Paused, ActivityReset: a.Reset}, nil
}

func (s *workflowService) completeActivity(ctx context.Context, target engine.ActivityTarget, result *commonpb.Payloads) error {
	if tooLarge(result) {
		return s.engine.FailActivity(ctx, target, serverFailure(resultTooLarge), nil)
	}
	return s.engine.CompleteActivity(ctx, target, result)
}

func (s *workflowService) cancelActivity(ctx context.Context, target engine.ActivityTarget, details *commonpb.Payloads) error {
	if tooLarge(details) {
		return s.engine.FailActivity(ctx, target, serverFailure(cancelTooLarge), nil)
	}
	return s.engine.CancelActivity(ctx, target, details)
}

// failActivity drops heartbeat details that are too large and cuts a failure that is; noted says so to the worker.
func (s *workflowService) failActivity(ctx context.Context, target engine.ActivityTarget, f *failurepb.Failure, last *commonpb.Payloads) (noted []*failurepb.Failure, err error) {
	if tooLarge(last) {
		last, noted = nil, append(noted, serverFailure(heartbeatTooLarge))
	}
	if tooLarge(f) {
		f, noted = boundedFailure(f), append(noted, serverFailure(failureTooLarge))
	}
	return noted, s.engine.FailActivity(ctx, target, f, last)
}

// heartbeat with too large details fails the activity and tells the worker to stop it.
func (s *workflowService) heartbeat(ctx context.Context, target engine.ActivityTarget, details *commonpb.Payloads) (history.HeartbeatAnswer, error) {
	if tooLarge(details) {
		return history.HeartbeatAnswer{CancelRequested: true}, s.engine.FailActivity(ctx, target, serverFailure(heartbeatTooLarge), nil)
	}
	return s.engine.Heartbeat(ctx, target, details)
}
