package history

import "time"

// ResetActivities lets activities begin anew.
type ResetActivities struct {
	ActivityChoice
	KeepPaused      bool // paused ones stay paused
	ResetHeartbeat  bool // the next attempt gets no heartbeat details
	RestoreSettings bool // timeouts, retry policy, queue and priority are those of the command again
	Jitter          Jitter
}

// ResetActivities makes the next attempt of the chosen activities number 1, and schedule-to-close count from now. What waits for a worker, backs
// off, or was paused, is dispatchable at once, or within the jitter unless it was so already. What a worker has goes on and is told with its next
// heartbeat; its result counts, and if it fails attempt 1 follows. Errors: NotFound.
func (r *Run) ResetActivities(in ResetActivities, now time.Time) (Transition, error) {
	chosen, err := r.chosen(in.ActivityChoice)
	if err != nil {
		return Transition{}, err
	}
	s := r.begin(now)
	for _, a := range chosen {
		s.resetActivity(a, in)
	}
	return s.finish(), nil
}

func (s *step) resetActivity(a *activity, in ResetActivities) {
	var jitter time.Duration
	if !a.ready() {
		jitter = in.Jitter.of(a.ScheduledEventID)
	}
	s.withdraw(a)
	if in.RestoreSettings {
		a.restore()
	}
	o := a.operator()
	o.Since = instantOf(s.now)
	if !in.KeepPaused {
		o.Pause = nil
	}
	a.Attempt.Reset |= countAnew
	if in.ResetHeartbeat {
		a.Attempt.Reset |= dropHeartbeat
	}
	switch {
	case a.started():
		a.Attempt.Reset |= tellWorker
	case a.paused():
		s.settleReset(a)
	default:
		s.settleReset(a)
		s.dispatchAgain(a, jitter)
	}
	s.operatedOn(a)
}
