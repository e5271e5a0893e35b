package history

import (
	"cmp"
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// alarm is something that the run has to do at a moment.
type alarm struct {
	at   instant               // unset: never
	rank rank                  // order among alarms of one moment
	id   orchestration.EventID // of the timer or activity; order among alarms of one rank
}

// rank orders alarms of one moment: the end of the run (nobody would see the rest), then timers, then activities.
type rank uint8

const (
	runRank rank = iota // the run's own time-outs
	timerRank
	activityRank
	taskRank  // the workflow task
	firstRank // the start delay
)

// before orders alarms.
func (a alarm) before(b alarm) bool {
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.rank, b.rank), cmp.Compare(a.id, b.id)) < 0
}

// nextAlarm is the earliest alarm.
func (r *Run) nextAlarm() alarm {
	var first alarm
	if !r.Header.running() {
		return first
	}
	add := func(a alarm) {
		if a.at != 0 && (first.at == 0 || a.before(first)) {
			first = a
		}
	}
	for id, t := range r.timers {
		if !t.Fired {
			add(alarm{t.FireAt, timerRank, id})
		}
	}
	for id, a := range r.activities {
		at, _ := a.nextAlarm()
		add(alarm{at, activityRank, id})
	}
	add(alarm{at: r.taskAlarm(), rank: taskRank})
	add(alarm{at: r.Header.FirstTaskDue, rank: firstRank})
	add(alarm{at: r.Header.expires(), rank: runRank})
	return first
}

// ring does what the alarm is for.
func (s *step) ring(a alarm) {
	switch a.rank {
	case timerRank:
		s.fireTimer(s.run.timers[a.id])
	case activityRank:
		s.ringActivity(s.run.activities[a.id])
	case taskRank:
		s.ringTask()
	case firstRank:
		s.scheduleTask(1)
	case runRank:
		s.timeOutRun()
	}
}

// nextAlarm is when an activity next times out or ends its back-off; in the latter case backoff is true.
func (a *activity) nextAlarm() (at instant, backoff bool) {
	at, _ = a.deadline()
	if a.Attempt.Waiting && !a.Attempt.Closing && (at == 0 || a.Attempt.ScheduledTime <= at) {
		return a.Attempt.ScheduledTime, true
	}
	return at, false
}

func (s *step) ringActivity(a *activity) {
	if _, backoff := a.nextAlarm(); !backoff {
		_, kind := a.deadline()
		s.timeOutActivity(a, kind)
		return
	}
	a.Attempt.Waiting = false
	s.run.touchActivity(a.ScheduledEventID)
	s.ready(a.task())
}

// taskAlarm is when the workflow task times out or ends its back-off; unset: never.
func (r *Run) taskAlarm() instant {
	t := r.Header.Task
	switch {
	case t == nil:
		return 0
	case t.started():
		return t.StartedTime.add(t.Timeout)
	case t.Waiting:
		return t.ReadyAt
	case t.Sticky:
		return t.ReadyAt.add(r.Header.StickyTimeout)
	}
	return 0
}

func (s *step) ringTask() {
	t := s.run.Header.Task
	if !t.Waiting {
		s.timeOutTask()
		return
	}
	t.Waiting = false
	s.ready(s.run.workflowTask())
}

// NextTimer is the earliest moment at which Fire has something to do: user timers, time-outs, retry and start back-offs. Zero: never.
func (r *Run) NextTimer() time.Time { return r.nextAlarm().at.time() }

// Fire does everything that is due at now, in order of time: timers, time-outs, tasks whose back-off ended. Nothing due: Changed is false.
func (r *Run) Fire(now time.Time) Transition {
	s := r.begin(now)
	due := instantOf(s.now)
	for {
		next := r.nextAlarm()
		if next.at == 0 || next.at > due {
			return s.finish()
		}
		s.ring(next)
	}
}

// Wake is when this run next needs its owner: the ready time of a scheduled, unstarted task without backlog row, or NextTimer if that is
// earlier. Zero: never.
func (r *Run) Wake() time.Time {
	first := r.nextAlarm().at
	if r.taskReady() && r.Header.Task.Backlog == 0 {
		first = earliest(first, r.Header.Task.ReadyAt)
	}
	for _, a := range r.activities {
		if a.ready() && a.Attempt.Backlog == 0 {
			first = earliest(first, a.readyAt())
		}
	}
	return first.time()
}

// Grace extends the heartbeat deadlines of started activities to count from now at the earliest, for the owner that has just loaded the
// run: the last heartbeats may have been in its predecessor's memory only. The extension is not stored.
func (r *Run) Grace(now time.Time) {
	for _, a := range r.activities {
		if a.started() {
			a.grace = instantOf(now)
		}
	}
}
