package history

import "time"

// PauseActivities stops the attempts of activities.
type PauseActivities struct {
	ActivityChoice
	Identity  string
	Reason    string
	RequestID string // a repeat changes nothing, also after an unpause; "" is not deduplicated
}

// PauseActivities takes the chosen activities out of dispatch, or stops their back-off. What a worker has goes on and is told with its next
// heartbeat; if it fails, the next attempt waits. Schedule-to-close counts on, schedule-to-start does not. Those that are paused stay as they
// are. Errors: NotFound.
func (r *Run) PauseActivities(in PauseActivities, now time.Time) (Transition, error) {
	chosen, err := r.chosen(in.ActivityChoice)
	if err != nil {
		return Transition{}, err
	}
	s := r.begin(now)
	for _, a := range chosen {
		if a.paused() || in.RequestID != "" && a.Operator != nil && a.Operator.PauseRequest == in.RequestID {
			continue
		}
		s.withdraw(a)
		o := a.operator()
		o.Pause, o.PauseRequest = &pause{Time: instantOf(s.now), Identity: in.Identity, Reason: in.Reason}, in.RequestID
		s.operatedOn(a)
	}
	return s.finish(), nil
}

// UnpauseActivities lets paused activities go on.
type UnpauseActivities struct {
	ActivityChoice
	ResetAttempts  bool // the next attempt is number 1
	ResetHeartbeat bool // the next attempt gets no heartbeat details
	Jitter         Jitter
}

// UnpauseActivities makes the chosen activities dispatchable at once, or within the jitter, whatever was left of their back-off. Those that are
// not paused stay as they are. Errors: NotFound.
func (r *Run) UnpauseActivities(in UnpauseActivities, now time.Time) (Transition, error) {
	chosen, err := r.chosen(in.ActivityChoice)
	if err != nil {
		return Transition{}, err
	}
	s := r.begin(now)
	for _, a := range chosen {
		if !a.paused() {
			continue
		}
		a.Operator.Pause = nil
		if in.ResetAttempts {
			a.Attempt.Reset |= countAnew
		}
		if in.ResetHeartbeat {
			a.Attempt.Reset |= dropHeartbeat
		}
		if !a.started() {
			s.settleReset(a)
			s.dispatchAgain(a, in.Jitter.of(a.ScheduledEventID))
		}
		s.operatedOn(a)
	}
	return s.finish(), nil
}
