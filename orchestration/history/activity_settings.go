package history

import (
	"time"

	activitypb "go.temporal.io/api/activity/v1"
	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration"
)

// activitySettings are what an operator may change of an activity.
type activitySettings struct {
	Queue            string        `cbor:"1,keyasint"`
	ScheduleToClose  time.Duration `cbor:"2,keyasint,omitempty"`
	ScheduleToStart  time.Duration `cbor:"3,keyasint,omitempty"`
	StartToClose     time.Duration `cbor:"4,keyasint,omitempty"`
	HeartbeatTimeout time.Duration `cbor:"5,keyasint,omitempty"`
	Retry            retryPolicy   `cbor:"6,keyasint,omitzero"`
	Priority         priority      `cbor:"7,keyasint,omitzero"`
}

func (a *activity) settings() activitySettings {
	return activitySettings{a.Queue, a.ScheduleToClose, a.ScheduleToStart, a.StartToClose, a.HeartbeatTimeout, a.Retry, a.Priority}
}

// set takes settings over.
func (a *activity) set(to activitySettings) {
	a.Queue, a.ScheduleToClose, a.ScheduleToStart, a.StartToClose = to.Queue, to.ScheduleToClose, to.ScheduleToStart, to.StartToClose
	a.HeartbeatTimeout, a.Retry, a.Priority = to.HeartbeatTimeout, to.Retry, to.Priority
}

// original are the settings that the command asked for.
func (a *activity) original() activitySettings {
	if a.Operator != nil && a.Operator.Original != nil {
		return *a.Operator.Original
	}
	return a.settings()
}

// restore takes the original settings over.
func (a *activity) restore() {
	a.set(a.original())
	if a.Operator != nil {
		a.Operator.Original = nil
	}
}

// options are the settings as clients see them; they share nothing with the state.
func (t activitySettings) options() *activitypb.ActivityOptions {
	return &activitypb.ActivityOptions{
		TaskQueue:              normalQueue(t.Queue),
		ScheduleToCloseTimeout: durationpb.New(t.ScheduleToClose),
		ScheduleToStartTimeout: durationpb.New(t.ScheduleToStart),
		StartToCloseTimeout:    durationpb.New(t.StartToClose),
		HeartbeatTimeout:       durationpb.New(t.HeartbeatTimeout),
		RetryPolicy:            clonePolicy(t.Retry.msg),
		Priority:               clonePriority(t.Priority.msg),
	}
}

func clonePolicy(p *commonpb.RetryPolicy) *commonpb.RetryPolicy {
	return &commonpb.RetryPolicy{
		InitialInterval: p.GetInitialInterval(), BackoffCoefficient: p.GetBackoffCoefficient(), MaximumInterval: p.GetMaximumInterval(),
		MaximumAttempts: p.GetMaximumAttempts(), NonRetryableErrorTypes: p.GetNonRetryableErrorTypes(),
	}
}

func clonePriority(p *commonpb.Priority) *commonpb.Priority {
	if p == nil {
		return nil
	}
	return &commonpb.Priority{PriorityKey: p.PriorityKey, FairnessKey: p.FairnessKey, FairnessWeight: p.FairnessWeight}
}

// settingsOf completes options as a command's are (see activityTimeouts), in a run with this timeout. Errors: InvalidArgument.
func settingsOf(o *activitypb.ActivityOptions, run time.Duration) (activitySettings, error) {
	switch {
	case o.GetTaskQueue().GetName() == "":
		return activitySettings{}, badSettings("TaskQueue is not set.")
	case len(o.TaskQueue.Name) > orchestration.MaxIDLength:
		return activitySettings{}, badSettings("TaskQueue exceeds length limit. Length=%d Limit=%d", len(o.TaskQueue.Name), orchestration.MaxIDLength)
	case badRetryPolicy(o.RetryPolicy) != "":
		return activitySettings{}, badSettings("%s", badRetryPolicy(o.RetryPolicy))
	}
	for _, f := range []struct {
		name  string
		value *durationpb.Duration
	}{
		{"ScheduleToCloseTimeout", o.ScheduleToCloseTimeout}, {"ScheduleToStartTimeout", o.ScheduleToStartTimeout},
		{"StartToCloseTimeout", o.StartToCloseTimeout}, {"HeartbeatTimeout", o.HeartbeatTimeout},
	} {
		if badDuration(f.value) {
			return activitySettings{}, badSettings("%s must not be negative.", f.name)
		}
	}
	if o.ScheduleToCloseTimeout.AsDuration() == 0 && o.StartToCloseTimeout.AsDuration() == 0 {
		return activitySettings{}, badSettings("a valid StartToClose or ScheduleToCloseTimeout is not set.")
	}
	t := activityTimeouts(&commandpb.ScheduleActivityTaskCommandAttributes{
		ScheduleToCloseTimeout: o.ScheduleToCloseTimeout, ScheduleToStartTimeout: o.ScheduleToStartTimeout,
		StartToCloseTimeout: o.StartToCloseTimeout, HeartbeatTimeout: o.HeartbeatTimeout,
	}, run)
	return activitySettings{
		Queue: o.TaskQueue.Name, ScheduleToClose: t.scheduleToClose, ScheduleToStart: t.scheduleToStart, StartToClose: t.startToClose,
		HeartbeatTimeout: t.heartbeat, Retry: retryPolicy{completeRetryPolicy(o.RetryPolicy)}, Priority: priority{o.Priority},
	}, nil
}

func badSettings(format string, args ...any) error {
	return orchestration.Errorf(orchestration.InvalidArgument, "ActivityOptions: "+format, args...)
}
