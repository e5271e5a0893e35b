package history

import (
	"strings"
	"time"

	activitypb "go.temporal.io/api/activity/v1"
	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
)

// UpdateActivities changes the settings of activities.
type UpdateActivities struct {
	ActivityChoice
	Options *activitypb.ActivityOptions
	Mask    []string // paths of Options, in snake or camel case: what is taken over
	Restore bool     // back to the settings of the command instead; Mask is empty then
}

// UpdateActivities changes the settings of the chosen activities and returns those of the first. Timeouts hold at once, also for what a worker has.
// What waits for a worker changes queues; a back-off is as long as the new policy says. Errors: NotFound, InvalidArgument (nothing is changed then).
func (r *Run) UpdateActivities(in UpdateActivities, now time.Time) (Transition, *activitypb.ActivityOptions, error) {
	chosen, err := r.chosen(in.ActivityChoice)
	if err != nil {
		return Transition{}, nil, err
	}
	wanted := make([]activitySettings, len(chosen))
	for i, a := range chosen {
		if wanted[i], err = r.wanted(a, in); err != nil {
			return Transition{}, nil, err
		}
	}
	s := r.begin(now)
	for i, a := range chosen {
		s.changeSettings(a, wanted[i], in.Restore)
	}
	return s.finish(), chosen[0].settings().options(), nil
}

// wanted is what an activity's settings are to be.
func (r *Run) wanted(a *activity, in UpdateActivities) (activitySettings, error) {
	if in.Restore {
		return a.original(), nil
	}
	to := a.settings().options()
	for _, path := range in.Mask {
		take, ok := settingPaths[pathKey(path)]
		if !ok {
			return activitySettings{}, orchestration.Errorf(orchestration.InvalidArgument, "UpdateMask names %q, which cannot be changed.", path)
		}
		take(to, in.Options)
	}
	to.Priority = MergePriority(r.Header.Priority.msg, to.Priority)
	return settingsOf(to, r.Header.RunTimeout)
}

// changeSettings takes new settings over.
func (s *step) changeSettings(a *activity, to activitySettings, restored bool) {
	o := a.operator()
	if o.Original == nil {
		was := a.settings()
		o.Original = &was
	}
	if restored {
		o.Original = nil
	}
	moves := a.ready() && (a.Queue != to.Queue || !proto.Equal(a.Priority.msg, to.Priority.msg))
	if moves {
		s.withdraw(a)
	}
	otherwise := !proto.Equal(a.Retry.msg, to.Retry.msg)
	a.set(to)
	if at := &a.Attempt; otherwise && at.Waiting && at.count() > 1 {
		at.RetryInterval = retryInterval(to.Retry.msg, at.count()-1)
		at.ScheduledTime = max(at.LastEnd.after(at.RetryInterval), instantOf(s.now))
	}
	if moves {
		s.ready(a.task())
	}
	s.operatedOn(a)
}

// settingPaths is what a mask may name, by pathKey, and how it is taken over.
var settingPaths = map[string]func(to, from *activitypb.ActivityOptions){
	"taskqueue":      func(to, from *activitypb.ActivityOptions) { to.TaskQueue = from.GetTaskQueue() },
	"taskqueue.name": func(to, from *activitypb.ActivityOptions) { to.TaskQueue = from.GetTaskQueue() },
	"taskqueuename":  func(to, from *activitypb.ActivityOptions) { to.TaskQueue = from.GetTaskQueue() }, // what released command lines say
	"scheduletoclosetimeout": func(to, from *activitypb.ActivityOptions) {
		to.ScheduleToCloseTimeout = from.GetScheduleToCloseTimeout()
	},
	"scheduletostarttimeout": func(to, from *activitypb.ActivityOptions) {
		to.ScheduleToStartTimeout = from.GetScheduleToStartTimeout()
	},
	"starttoclosetimeout": func(to, from *activitypb.ActivityOptions) { to.StartToCloseTimeout = from.GetStartToCloseTimeout() },
	"heartbeattimeout":    func(to, from *activitypb.ActivityOptions) { to.HeartbeatTimeout = from.GetHeartbeatTimeout() },
	"retrypolicy":         func(to, from *activitypb.ActivityOptions) { to.RetryPolicy = clonePolicy(from.GetRetryPolicy()) },
	"retrypolicy.initialinterval": func(to, from *activitypb.ActivityOptions) {
		to.RetryPolicy.InitialInterval = from.GetRetryPolicy().GetInitialInterval()
	},
	"retrypolicy.backoffcoefficient": func(to, from *activitypb.ActivityOptions) {
		to.RetryPolicy.BackoffCoefficient = from.GetRetryPolicy().GetBackoffCoefficient()
	},
	"retrypolicy.maximuminterval": func(to, from *activitypb.ActivityOptions) {
		to.RetryPolicy.MaximumInterval = from.GetRetryPolicy().GetMaximumInterval()
	},
	"retrypolicy.maximumattempts": func(to, from *activitypb.ActivityOptions) {
		to.RetryPolicy.MaximumAttempts = from.GetRetryPolicy().GetMaximumAttempts()
	},
	"retrypolicy.nonretryableerrortypes": func(to, from *activitypb.ActivityOptions) {
		to.RetryPolicy.NonRetryableErrorTypes = from.GetRetryPolicy().GetNonRetryableErrorTypes()
	},
	"priority": func(to, from *activitypb.ActivityOptions) { to.Priority = clonePriority(from.GetPriority()) },
	"priority.prioritykey": func(to, from *activitypb.ActivityOptions) {
		priorityOf(to).PriorityKey = from.GetPriority().GetPriorityKey()
	},
	"priority.fairnesskey": func(to, from *activitypb.ActivityOptions) {
		priorityOf(to).FairnessKey = from.GetPriority().GetFairnessKey()
	},
	"priority.fairnessweight": func(to, from *activitypb.ActivityOptions) {
		priorityOf(to).FairnessWeight = from.GetPriority().GetFairnessWeight()
	},
}

// pathKey is a path without what snake and camel case tell apart.
func pathKey(path string) string { return strings.ToLower(strings.ReplaceAll(path, "_", "")) }

// priorityOf is the options' priority, to be changed.
func priorityOf(o *activitypb.ActivityOptions) *commonpb.Priority {
	if o.Priority == nil {
		o.Priority = &commonpb.Priority{}
	}
	return o.Priority
}
