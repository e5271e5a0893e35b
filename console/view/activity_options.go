package view

import (
	"strconv"
	"strings"
	"time"

	workflowpb "go.temporal.io/api/workflow/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// ActivityOptionsPage asks for other timeouts, another queue or another retry policy of a pending activity.
type ActivityOptionsPage struct {
	RunFrame
	ID       string
	Activity *workflowpb.PendingActivityInfo // nil: it is not pending
}

// ActivityOptionsURL is the page of the options of a pending activity.
func ActivityOptionsURL(p Place, workflowID, runID, activityID string) string {
	return runPartURL(p, workflowID, runID, "activities/"+escapeSegment(activityID)+"/options")
}

func (p ActivityOptionsPage) address() string {
	return ActivityOptionsURL(p.Place, p.id(), p.RunID(), p.ID)
}

// fixed says why the options cannot be changed; "": they can.
func (p ActivityOptionsPage) fixed() string {
	if why := p.settled(); why != "" {
		return why
	}
	if p.Activity == nil {
		return "The activity is not pending: it has ended, or there is none of that id."
	}
	return ""
}

// heading is the activity by type and id.
func (p ActivityOptionsPage) heading() string {
	return strings.TrimSpace("Options of activity " + Visible(p.Activity.GetActivityType().GetName()) + " " + Visible(p.ID))
}

// fields are the options as they are now.
func (p ActivityOptionsPage) fields() []Field {
	o := p.Activity.GetActivityOptions()
	r := o.GetRetryPolicy()
	all := []Field{
		{Name: "queue", Title: "Task queue", Value: o.GetTaskQueue().GetName()},
		{Name: "schedule_to_close", Title: "Schedule to close", Value: typed(o.GetScheduleToCloseTimeout()), Hint: "For all attempts together, as 90s, 5m or 1h30m. Empty: as long as the run may take."},
		{Name: "start_to_close", Title: "Start to close", Value: typed(o.GetStartToCloseTimeout()), Hint: "For one attempt. Empty: as schedule to close."},
		{Name: "schedule_to_start", Title: "Schedule to start", Value: typed(o.GetScheduleToStartTimeout()), Hint: "To wait for a worker. Empty: as schedule to close."},
		{Name: "heartbeat", Title: "Heartbeat", Value: typed(o.GetHeartbeatTimeout()), Hint: "Between two signs of life. Empty: none is expected."},
		{Name: "attempts", Title: "Attempts", Type: "number", Value: strconv.Itoa(int(r.GetMaximumAttempts())), Hint: "At most; 0: no limit but schedule to close."},
		{Name: "interval", Title: "First interval", Value: typed(r.GetInitialInterval()), Hint: "Before the second attempt. Empty: 1s."},
		{Name: "coefficient", Title: "Coefficient", Type: "number", Value: coefficient(r.GetBackoffCoefficient()), Hint: "By which each interval is longer than the one before; at least 1. Empty: 2."},
		{Name: "maximum_interval", Title: "Longest interval", Value: typed(r.GetMaximumInterval()), Hint: "Empty: a hundred times the first."},
	}
	return all
}

// typed is a duration as somebody would type it; "" for none.
func typed(d *durationpb.Duration) string {
	if d.AsDuration() == 0 {
		return ""
	}
	text := d.AsDuration().Round(time.Millisecond).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func coefficient(c float64) string {
	if c == 0 {
		return ""
	}
	return strconv.FormatFloat(c, 'f', -1, 64)
}
