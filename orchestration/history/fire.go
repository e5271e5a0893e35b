package history

import (
	"time"

	"github.com/tenuto-io/tenuto/orchestration"
)

// nextAlarm is the earliest alarm.
func (r *Run) nextAlarm() alarm {
	first := r.storedAlarm()
	if a := (alarm{at: r.speculativeAlarm(), rank: taskRank}); a.at != 0 && (first.at == 0 || a.before(first)) {
		first = a
	}
	return first
}

// storedAlarm is the earliest alarm that a reload would find too.
func (r *Run) storedAlarm() alarm {
	if r.alarms.crowded(len(r.activities) + len(r.timers) + len(r.effects)) {
		r.alarms = agenda{}
		r.reconsider(&r.alarms)
	}
	first := r.alarms.first(r.itemAlarm)
	if !r.Header.running() {
		return first // of an effect
	}
	for _, a := range []alarm{
		{at: r.taskAlarm(), rank: taskRank},
		{at: r.Header.FirstTaskDue, rank: firstRank},
		{at: r.Header.expires(), rank: runRank},
	} {
		if a.at != 0 && (first.at == 0 || a.before(first)) {
			first = a
		}
	}
	return first
}

// itemAlarm is when the timer or activity has something to do; unset: never, or there is none of that name.
func (r *Run) itemAlarm(k agendaKey) instant {
	switch k.rank {
	case effectRank:
		if e := r.effects[k.id]; e != nil && e.Waiting {
			return e.Due
		}
		return 0
	case timerRank:
		if t := r.timers[k.id]; t != nil && !t.Fired {
			return t.FireAt
		}
		return 0
	}
	a := r.activities[k.id]
	if a == nil {
		return 0
	}
	at, _ := a.nextAlarm()
	return at
}

// reconsider makes an agenda look at every item.
func (r *Run) reconsider(g *agenda) {
	for id := range r.activities {
		g.touch(activityRank, id)
	}
	for id := range r.timers {
		g.touch(timerRank, id)
	}
	for id := range r.effects {
		g.touch(effectRank, id)
	}
}

// ring does what the alarm is for.
func (s *step) ring(a alarm) {
	switch a.rank {
	case timerRank:
		s.fireTimer(s.run.timers[a.id])
	case activityRank:
		s.ringActivity(s.run.activities[a.id])
	case effectRank:
		s.ringEffect(s.run.effects[a.id])
	case taskRank:
		s.ringTask()
	case firstRank:
		s.scheduleTask(1)
	case runRank:
		s.timeOutRun()
	}
}

// nextAlarm is when an activity next times out or ends its back-off; in the latter case backoff is true. A paused one backs off until it is unpaused.
func (a *activity) nextAlarm() (at instant, backoff bool) {
	at, _ = a.deadline()
	if a.Attempt.Waiting && !a.Attempt.Closing && !a.paused() && (at == 0 || a.Attempt.ScheduledTime <= at) {
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
	case t == nil, t.Speculative:
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
	if t.Speculative && !t.started() {
		if s.solidify(); !t.Sticky {
			return
		}
	}
	if !t.Waiting {
		s.timeOutTask()
		return
	}
	t.Waiting = false
	s.ready(s.run.workflowTask())
}

// NextTimer is the earliest moment at which Fire has something to do: user timers, time-outs, back-offs of retries, starts and
// effects. Zero: never.
func (r *Run) NextTimer() time.Time { return r.nextAlarm().at.time() }

// Fire does everything that is due at now, in order of time: timers, time-outs, tasks whose back-off ended. Nothing due: Changed is false.
// next is the id of the run that follows, should this one time out so that another does.
func (r *Run) Fire(now time.Time, next orchestration.RunID) Transition {
	s := r.begin(now)
	s.next = next
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
// earlier; the moment since when an effect is to be sent. What lives in memory only is not counted. Zero: never.
func (r *Run) Wake() time.Time {
	if r.waiting.crowded(len(r.activities) + len(r.effects)) {
		r.waiting = agenda{}
		r.reconsider(&r.waiting)
	}
	first := earliest(r.storedAlarm().at, r.waiting.first(r.waitingSince).at)
	if r.taskReady() && r.Header.Task.Backlog == 0 && !r.Speculative() {
		first = earliest(first, r.Header.Task.ReadyAt)
	}
	return first.time()
}

// waitingSince is when the activity became dispatchable, or the effect sendable; unset: it is not, or has a backlog row.
func (r *Run) waitingSince(k agendaKey) instant {
	if e := r.effects[k.id]; k.rank == effectRank && e != nil && e.sendable() {
		return e.Due
	}
	if a := r.activities[k.id]; k.rank == activityRank && a != nil && a.ready() && a.Attempt.Backlog == 0 {
		return a.readyAt()
	}
	return 0
}

// Grace extends the heartbeat deadlines of started activities to count from now at the earliest, for the owner that has just loaded the
// run: the last heartbeats may have been in its predecessor's memory only. The extension is not stored.
func (r *Run) Grace(now time.Time) {
	for _, a := range r.activities {
		if a.started() {
			a.grace = instantOf(now)
			r.alarms.touch(activityRank, a.ScheduledEventID)
		}
	}
}
