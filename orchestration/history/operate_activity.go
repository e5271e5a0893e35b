package history

import (
	"slices"
	"time"

	workflowpb "go.temporal.io/api/workflow/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// ActivityChoice selects pending activities of a run: the one with an id, those of a type, or all. One of the three is set.
type ActivityChoice struct {
	ID   string
	Type string
	All  bool
}

// operated is what operators did to an activity.
type operated struct {
	Pause        *pause            `cbor:"1,keyasint,omitempty"` // nil: not paused
	PauseRequest string            `cbor:"2,keyasint,omitempty"` // request id of the last pause, kept after it: a repeat changes nothing
	Original     *activitySettings `cbor:"3,keyasint,omitempty"` // as scheduled; nil: the settings are the original ones
	Since        instant           `cbor:"4,keyasint,omitempty"` // schedule-to-close counts from here, since a reset; unset: from the event
}

// pause says who stopped the retries of an activity, when and why.
type pause struct {
	Time     instant `cbor:"1,keyasint"`
	Identity string  `cbor:"2,keyasint,omitempty"`
	Reason   string  `cbor:"3,keyasint,omitempty"`
}

// resetMark says what becomes of an attempt that a worker had when its activity was reset or unpaused.
type resetMark uint8

const (
	countAnew     resetMark = 1 << iota // the attempt after it is number 1
	dropHeartbeat                       // the attempt after it gets no heartbeat details
	tellWorker                          // heartbeats answer that it was reset
)

// chosen finds the open activities, in order of their events. Errors: NotFound when there is none.
func (r *Run) chosen(c ActivityChoice) ([]*activity, error) {
	if err := r.open(); err != nil {
		return nil, err
	}
	var out []*activity
	for _, a := range r.activities {
		if !a.Attempt.Closing && (c.All || c.ID != "" && a.ID == c.ID || c.Type != "" && a.Type == c.Type) {
			out = append(out, a)
		}
	}
	if len(out) == 0 {
		return nil, errNoChoice(c)
	}
	slices.SortFunc(out, func(a, b *activity) int { return int(a.ScheduledEventID - b.ScheduledEventID) })
	return out, nil
}

func errNoChoice(c ActivityChoice) error {
	switch {
	case c.ID != "":
		return orchestration.Errorf(orchestration.NotFound, "activity with ID %q is not pending", c.ID)
	case c.Type != "":
		return orchestration.Errorf(orchestration.NotFound, "no activity of type %q is pending", c.Type)
	}
	return orchestration.Errorf(orchestration.NotFound, "no activity is pending")
}

// operator is what operators did to the activity, for them to do more.
func (a *activity) operator() *operated {
	if a.Operator == nil {
		a.Operator = &operated{}
	}
	return a.Operator
}

// paused tells whether an operator stopped the activity's attempts. One that a worker has goes on; none follows it.
func (a *activity) paused() bool { return a.Operator != nil && a.Operator.Pause != nil }

// expires is when schedule-to-close strikes; unset: never.
func (a *activity) expires() instant {
	if a.Operator != nil && a.Operator.Since != 0 {
		return a.Operator.Since.add(a.ScheduleToClose)
	}
	return a.ScheduledTime.add(a.ScheduleToClose)
}

// operatedOn notes that an operator changed the activity.
func (s *step) operatedOn(a *activity) {
	s.run.touchActivity(a.ScheduledEventID)
	s.out.Changed = true
}

// withdraw takes the activity out of dispatch, if it is there.
func (s *step) withdraw(a *activity) {
	if a.ready() {
		s.drop(a.task())
		a.Attempt.Backlog = 0
	}
}

// dispatchAgain makes the unstarted attempt dispatchable after a while. What it waited so far does not count.
func (s *step) dispatchAgain(a *activity, after time.Duration) {
	at := &a.Attempt
	at.ScheduledTime, at.Waiting, at.ReadyAt = instantOf(s.now).after(after), after > 0, 0
	if a.ready() {
		s.ready(a.task())
	}
}

// settleReset does to an attempt that no worker has what it was marked for.
func (s *step) settleReset(a *activity) {
	at := &a.Attempt
	if at.Reset&countAnew != 0 {
		at.Base = at.Number - 1
	}
	if at.Reset&dropHeartbeat != 0 {
		at.Heartbeat = payloads{}
	}
	at.Reset = 0
}

// Jitter spreads activities that operators make dispatchable together.
type Jitter struct {
	Most time.Duration // 0: none
	Seed uint64        // random
}

// of is the activity's part: 0 to Most, by the mixing function of splitmix64.
func (j Jitter) of(id orchestration.EventID) time.Duration {
	if j.Most <= 0 {
		return 0
	}
	x := j.Seed + uint64(id)*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return time.Duration((x ^ x>>31) % uint64(j.Most))
}

// pauseInfo is the pause as clients see it; nil: there is none.
func (a *activity) pauseInfo() *workflowpb.PendingActivityInfo_PauseInfo {
	if !a.paused() {
		return nil
	}
	p := a.Operator.Pause
	return &workflowpb.PendingActivityInfo_PauseInfo{
		PauseTime: timestamp(p.Time),
		PausedBy: &workflowpb.PendingActivityInfo_PauseInfo_Manual_{
			Manual: &workflowpb.PendingActivityInfo_PauseInfo_Manual{Identity: p.Identity, Reason: p.Reason},
		},
	}
}
