package history

import (
	"strings"
	"time"

	activitypb "go.temporal.io/api/activity/v1"
	commonpb "go.temporal.io/api/common/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// playPause and the others are what scripts say of operators:
//
//	pause a reason=… request=…                  an activity by its id, `type=Debit` or `all` instead
//	unpause a reset-attempts reset-heartbeat jitter=2s
//	reset-activity a keep-paused reset-heartbeat restore jitter=2s
//	update-activity a mask=start_to_close_timeout,retry_policy.maximum_attempts start-to-close=5s attempts=2
//	update-activity a restore
func playPause(s *stage, l line, _ []string) {
	s.report(s.run.PauseActivities(PauseActivities{
		ActivityChoice: l.choice(), Identity: "operator", Reason: l.pairs["reason"], RequestID: l.pairs["request"],
	}, s.now))
}

func playUnpause(s *stage, l line, _ []string) {
	s.report(s.run.UnpauseActivities(UnpauseActivities{
		ActivityChoice: l.choice(), ResetAttempts: l.has("reset-attempts"), ResetHeartbeat: l.has("reset-heartbeat"),
		Jitter: Jitter{Most: l.duration("jitter"), Seed: 1},
	}, s.now))
}

func playResetActivity(s *stage, l line, _ []string) {
	s.report(s.run.ResetActivities(ResetActivities{
		ActivityChoice: l.choice(), KeepPaused: l.has("keep-paused"), ResetHeartbeat: l.has("reset-heartbeat"),
		RestoreSettings: l.has("restore"), Jitter: Jitter{Most: l.duration("jitter"), Seed: 1},
	}, s.now))
}

func playUpdateActivity(s *stage, l line, _ []string) {
	tr, options, err := s.run.UpdateActivities(l.update(), s.now)
	s.report(tr, err)
	if err == nil {
		s.printf("options %s", printMessage(options.ProtoReflect()))
	}
}

func (l line) choice() ActivityChoice {
	switch kind := l.pairs["type"]; {
	case l.word(0) == "all":
		return ActivityChoice{All: true}
	case kind != "":
		return ActivityChoice{Type: kind}
	}
	return ActivityChoice{ID: l.word(0)}
}

func (l line) update() UpdateActivities {
	in := UpdateActivities{ActivityChoice: l.choice(), Restore: l.has("restore"), Options: l.options()}
	if mask := l.pairs["mask"]; mask != "" {
		in.Mask = strings.Split(mask, ",")
	}
	return in
}

func (l line) options() *activitypb.ActivityOptions {
	o := &activitypb.ActivityOptions{RetryPolicy: &commonpb.RetryPolicy{
		InitialInterval: l.maybe("initial"), MaximumInterval: l.maybe("maximum"), MaximumAttempts: int32(l.int("attempts")),
		BackoffCoefficient: float64(l.int("coefficient")),
	}}
	if q := l.pairs["queue"]; q != "" {
		o.TaskQueue = &taskqueuepb.TaskQueue{Name: q}
	}
	if p := l.int("priority"); p != 0 {
		o.Priority = &commonpb.Priority{PriorityKey: int32(p)}
	}
	o.ScheduleToCloseTimeout, o.ScheduleToStartTimeout = l.maybe("schedule-to-close"), l.maybe("schedule-to-start")
	o.StartToCloseTimeout, o.HeartbeatTimeout = l.maybe("start-to-close"), l.maybe("heartbeat")
	return o
}

// maybe is a duration, or nil when the line has none.
func (l line) maybe(key string) *durationpb.Duration {
	text, ok := l.pairs[key]
	if !ok {
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		panic(err) // scripts are ours
	}
	return durationpb.New(d)
}
