package edge

import (
	"context"
	"math/rand/v2"

	activitypb "go.temporal.io/api/activity/v1"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/history"
)

// PauseActivity stops the attempts of a pending activity, or of all of a type.
func (s *workflowService) PauseActivity(ctx context.Context, r *workflowservice.PauseActivityRequest) (*workflowservice.PauseActivityResponse, error) {
	var c checks
	run, choice := c.operation(namespaceOf(ctx), r, false)
	c.id("RequestId", r.GetRequestId())
	c.size("Reason", len(r.GetReason()), orchestration.MaxReasonSize)
	if c.err != nil {
		return nil, c.err
	}
	err := s.engine.PauseActivities(ctx, run, history.PauseActivities{
		ActivityChoice: choice, Identity: r.GetIdentity(), Reason: r.GetReason(), RequestID: r.GetRequestId(),
	})
	if err != nil {
		return nil, err
	}
	return &workflowservice.PauseActivityResponse{}, nil
}

// UnpauseActivity lets a paused activity go on, or all of a type, or all.
func (s *workflowService) UnpauseActivity(ctx context.Context, r *workflowservice.UnpauseActivityRequest) (*workflowservice.UnpauseActivityResponse, error) {
	var c checks
	run, choice := c.operation(namespaceOf(ctx), r, r.GetUnpauseAll())
	in := history.UnpauseActivities{
		ActivityChoice: choice, ResetAttempts: r.GetResetAttempts(), ResetHeartbeat: r.GetResetHeartbeat(), Jitter: c.jitter(r.GetJitter()),
	}
	if c.err != nil {
		return nil, c.err
	}
	if err := s.engine.UnpauseActivities(ctx, run, in); err != nil {
		return nil, err
	}
	return &workflowservice.UnpauseActivityResponse{}, nil
}

// ResetActivity lets a pending activity begin anew, or all of a type, or all.
func (s *workflowService) ResetActivity(ctx context.Context, r *workflowservice.ResetActivityRequest) (*workflowservice.ResetActivityResponse, error) {
	var c checks
	run, choice := c.operation(namespaceOf(ctx), r, r.GetMatchAll())
	in := history.ResetActivities{
		ActivityChoice: choice, KeepPaused: r.GetKeepPaused(), ResetHeartbeat: r.GetResetHeartbeat(),
		RestoreSettings: r.GetRestoreOriginalOptions(), Jitter: c.jitter(r.GetJitter()),
	}
	if c.err != nil {
		return nil, c.err
	}
	if err := s.engine.ResetActivities(ctx, run, in); err != nil {
		return nil, err
	}
	return &workflowservice.ResetActivityResponse{}, nil
}

// UpdateActivityOptions changes the timeouts, retry policy, queue and priority of a pending activity, or of all of a type, or of all. The answer has
// what holds for the first of them now.
func (s *workflowService) UpdateActivityOptions(ctx context.Context, r *workflowservice.UpdateActivityOptionsRequest) (*workflowservice.UpdateActivityOptionsResponse, error) {
	var c checks
	run, choice := c.operation(namespaceOf(ctx), r, r.GetMatchAll())
	c.activityOptions(r)
	if c.err != nil {
		return nil, c.err
	}
	options, err := s.engine.UpdateActivities(ctx, run, history.UpdateActivities{
		ActivityChoice: choice, Options: r.GetActivityOptions(), Mask: r.GetUpdateMask().GetPaths(), Restore: r.GetRestoreOriginal(),
	})
	if err != nil {
		return nil, err
	}
	return &workflowservice.UpdateActivityOptionsResponse{ActivityOptions: options}, nil
}

// operation is what the requests of operators have in common.
type operation interface {
	GetExecution() *commonpb.WorkflowExecution
	GetIdentity() string
	GetId() string
	GetType() string
}

// operation reads which activities of which run an operator means: by id, by type, or with all set all of them.
func (c *checks) operation(ns namespace, r operation, all bool) (orchestration.RunKey, history.ActivityChoice) {
	run := c.run(ns, r.GetExecution())
	c.id("Identity", r.GetIdentity())
	c.id("Activity.Id", r.GetId())
	c.id("Activity.Type", r.GetType())
	if r.GetId() == "" && r.GetType() == "" && !all {
		c.fail("Activity is not set on request: neither an id nor a type is given.")
	}
	return run, history.ActivityChoice{ID: r.GetId(), Type: r.GetType(), All: all}
}

// changedOptions is a wish for other settings of activities.
type changedOptions interface {
	GetActivityOptions() *activitypb.ActivityOptions
	GetUpdateMask() *fieldmaskpb.FieldMask
	GetRestoreOriginal() bool
}

// activityOptions demands settings and a mask that says which of them count, or neither to restore the original ones.
func (c *checks) activityOptions(r changedOptions) {
	paths := r.GetUpdateMask().GetPaths()
	switch {
	case r.GetRestoreOriginal() && (len(paths) > 0 || r.GetActivityOptions() != nil):
		c.fail("RestoreOriginal cannot be combined with ActivityOptions or UpdateMask.")
	case !r.GetRestoreOriginal() && len(paths) == 0:
		c.fail("UpdateMask is not set on request.")
	case !r.GetRestoreOriginal() && r.GetActivityOptions() == nil:
		c.fail("ActivityOptions is not set on request.")
	}
	c.blob("ActivityOptions", r.GetActivityOptions())
	c.priority(r.GetActivityOptions().GetPriority())
	if q := r.GetActivityOptions().GetTaskQueue(); q.GetName() != "" {
		c.queue("ActivityOptions.TaskQueue", q)
	}
}

// jitter reads how long to spread what becomes dispatchable.
func (c *checks) jitter(d *durationpb.Duration) history.Jitter {
	return history.Jitter{Most: c.duration("Jitter", d), Seed: rand.Uint64()}
}
