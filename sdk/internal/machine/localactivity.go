package machine

import (
	"slices"
	"strconv"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	sdkpb "go.temporal.io/api/sdk/v1"

	"github.com/tenuto-io/tenuto/sdk"
)

// Keys of a local activity marker's details.
const (
	localActivityData   = "data"
	localActivityResult = "result"
)

// localActivityRecord is the JSON under localActivityData.
type localActivityRecord struct {
	ActivityID   string
	ActivityType string
	// ReplayTime is the workflow's time from the result on.
	ReplayTime time.Time
	// Attempt counts from 1. Backoff, if positive, is the time until the next one, which a timer of the workflow waits for.
	Attempt int32
	Backoff time.Duration
}

// localActivityIdentity is the part of it that must not change.
type localActivityIdentity struct {
	ActivityID   string
	ActivityType string
}

// LocalActivityRequest asks for a local activity. The run itself looks only at Type and Metadata, the rest is for its executor.
type LocalActivityRequest struct {
	Type     string
	Metadata *sdkpb.UserMetadata
	// Fn is the function, nil for one that is known by its type.
	Fn    any
	Input *commonpb.Payloads
	// Header goes with every attempt.
	Header *commonpb.Header
	// Attempt is that of the first execution asked for: higher than 1 after a timer of the workflow has waited for a retry.
	Attempt int32
	// Scheduled is the workflow's time when the first attempt was asked for.
	Scheduled                                   time.Time
	ScheduleToCloseTimeout, StartToCloseTimeout time.Duration
	RetryPolicy                                 sdk.RetryPolicy
	// Settle is called once.
	Settle func(LocalOutcome)
}

// LocalOutcome is how the last of the executions ended.
type LocalOutcome struct {
	Result *commonpb.Payloads
	Err    error
	// Attempt is the number of that execution, and Backoff the time until the next, zero if there is to be none.
	Attempt int32
	Backoff time.Duration
}

// LocalActivity is a local activity that workflow code asked for.
type LocalActivity struct {
	LocalActivityRequest
	ID string

	// order is the ID as a number.
	order             int
	started, canceled bool
	// stop ends its execution; nil before it has begun.
	stop func()
}

// StartLocalActivity asks for a local activity. It is executed, outside of replay, when no coroutine can move.
func (r *Run) StartLocalActivity(request LocalActivityRequest) *LocalActivity {
	r.mutating("ExecuteLocalActivity")
	r.localActivities.last++
	a := &LocalActivity{LocalActivityRequest: request, ID: strconv.Itoa(r.localActivities.last), order: r.localActivities.last}
	if r.localActivities.open == nil {
		r.localActivities.open = make(map[string]*LocalActivity)
	}
	r.localActivities.open[a.ID] = a
	return a
}

// Cancel asks the execution to end. The outcome settles the activity, as any other.
func (a *LocalActivity) Cancel() {
	a.canceled = true
	if a.stop != nil {
		a.stop()
	}
}

// Stop makes Cancel call f, at once if it was called before.
func (a *LocalActivity) Stop(f func()) {
	if a.stop = f; a.canceled {
		f()
	}
}

// localActivities are those of a run that have not ended.
type localActivities struct {
	last int
	open map[string]*LocalActivity
	// resumed is when the workflow's time was last set, by this process's clock.
	resumed time.Time
}

// Pending reports whether the task must wait for local activities.
func (r *Run) Pending() bool {
	return r.broken == nil && r.outcome == nil && !r.Replaying && len(r.localActivities.open) > 0
}

// TakeLocalActivities returns those that nobody executes yet, oldest first. The caller does from now on.
func (r *Run) TakeLocalActivities() []*LocalActivity {
	var fresh []*LocalActivity
	for _, a := range r.localActivities.open {
		if !a.started {
			a.started = true
			fresh = append(fresh, a)
		}
	}
	slices.SortFunc(fresh, func(a, b *LocalActivity) int { return a.order - b.order })
	return fresh
}

// Resolve ends a local activity, records how, and runs the workflow on. Between Advance and Finish, and only while Pending.
func (r *Run) Resolve(a *LocalActivity, outcome LocalOutcome) error {
	if r.broken == nil {
		r.broken = r.scheduler.Execute(r.config.DeadlockTimeout, func() error { return r.resolve(a, outcome) })
	}
	return r.broken
}

func (r *Run) resolve(a *LocalActivity, outcome LocalOutcome) error {
	record := localActivityRecord{
		ActivityID: a.ID, ActivityType: a.Type, ReplayTime: r.Now.Add(time.Since(r.localActivities.resumed)), Attempt: outcome.Attempt,
	}
	details := make(map[string]*commonpb.Payloads, 2)
	if outcome.Err != nil {
		record.Backoff = outcome.Backoff
	} else if outcome.Result != nil {
		details[localActivityResult] = outcome.Result
	}
	data, err := r.config.Data.ToPayloads(record)
	if err != nil {
		return err
	}
	details[localActivityData] = data
	m := marker{name: localActivityMarker, details: details, metadata: a.Metadata}
	if outcome.Err != nil {
		m.failure = r.config.Failures.ErrorToFailure(outcome.Err)
		outcome.Err = r.failure(m.failure) // what a replay would see
	}
	return r.settleLocal(a, m, record, outcome)
}

func (r *Run) settleLocal(a *LocalActivity, m marker, record localActivityRecord, outcome LocalOutcome) error {
	r.applying = true
	r.recordMarker(m)
	delete(r.localActivities.open, a.ID)
	r.hold(outcome.Result)
	a.Settle(outcome)
	r.applying = false
	if record.ReplayTime.After(r.Now) {
		r.setNow(record.ReplayTime)
	}
	return r.run()
}

func (r *Run) setNow(now time.Time) {
	r.Now, r.localActivities.resumed = now, time.Now()
}

// replayLocalActivities settles, one after the other, those whose outcome the replayed task recorded. One that the code did not ask for
// is found when the marker is matched.
func (r *Run) replayLocalActivities() error {
	for _, event := range r.localMarkers {
		made := event.GetMarkerRecordedEventAttributes()
		var record localActivityRecord
		if err := r.config.Data.FromPayloads(made.GetDetails()[localActivityData], &record); err != nil {
			return err
		}
		a := r.localActivities.open[record.ActivityID]
		if a == nil || r.outcome != nil {
			continue
		}
		if record.ActivityType != "" && record.ActivityType != a.Type {
			return &NondeterminismError{
				EventID: event.GetEventId(), Expected: describeLocal(record.ActivityType, a.ID), Actual: describeLocal(a.Type, a.ID), Place: r.whereBlocked(),
			}
		}
		outcome := LocalOutcome{Result: made.GetDetails()[localActivityResult], Attempt: record.Attempt}
		if made.GetFailure() != nil {
			outcome.Err, outcome.Backoff = r.failure(made.GetFailure()), record.Backoff
		}
		m := marker{name: localActivityMarker, details: made.GetDetails(), failure: made.GetFailure(), metadata: a.Metadata}
		if err := r.settleLocal(a, m, record, outcome); err != nil {
			return err
		}
	}
	return nil
}
