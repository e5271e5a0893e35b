package console

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	activitypb "go.temporal.io/api/activity/v1"
	commonpb "go.temporal.io/api/common/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/tenuto-io/tenuto/console/view"
)

// activityOptions asks for other options of a pending activity.
func (c *Console) activityOptions(ec echo.Context, at place) error {
	return c.askForOptions(ec, at, http.StatusOK, view.Filled{})
}

func (c *Console) askForOptions(ec echo.Context, at place, status int, filled view.Filled) error {
	ctx, cancel := asked(ec)
	defer cancel()
	id, err := param(ec, "activity")
	if err != nil {
		return err
	}
	frame, err := c.runFrame(ctx, ec, at, filled)
	if err != nil {
		return err
	}
	p := view.ActivityOptionsPage{RunFrame: frame, ID: id}
	for _, a := range frame.Activities {
		if a.GetActivityId() == id {
			p.Activity = a
		}
	}
	return page(ec, status, view.ActivityOptions(p))
}

// changeActivityOptions changes what the form has of a pending activity's options, or restores the original ones.
func (c *Console) changeActivityOptions(ec echo.Context, at place) error {
	run, err := executionOf(ec)
	if err != nil {
		return err
	}
	id, err := param(ec, "activity")
	if err != nil {
		return err
	}
	r := &workflowservice.UpdateActivityOptionsRequest{
		Namespace: at.namespace.Name, Execution: run, Identity: identity(at), Activity: &workflowservice.UpdateActivityOptionsRequest_Id{Id: id},
	}
	f, done := formOf(ec, "options"), view.Done("activity-options")
	if f.text("restore") == "true" {
		f, done, r.RestoreOriginal = formOf(ec, "restore"), "activity-restored", true
	} else {
		r.ActivityOptions, r.UpdateMask = optionsIn(f)
	}
	return f.end(func() error {
		_, err := c.runs.UpdateActivityOptions(ec.Request().Context(), r)
		return err
	}, view.RunURL(placeOf(at), run.GetWorkflowId(), run.GetRunId()), done, func(status int, filled view.Filled) error {
		return c.askForOptions(ec, at, status, filled)
	})
}

// optionsIn reads the options that a form has, and which these are: what it does not have stays as it is.
func optionsIn(f *form) (*activitypb.ActivityOptions, *fieldmaskpb.FieldMask) {
	policy := &commonpb.RetryPolicy{}
	o, mask := &activitypb.ActivityOptions{RetryPolicy: policy}, &fieldmaskpb.FieldMask{}
	for _, each := range []struct {
		field, path string
		read        func()
	}{
		{"queue", "task_queue.name", func() { o.TaskQueue = &taskqueuepb.TaskQueue{Name: f.text("queue")} }},
		{"schedule_to_close", "schedule_to_close_timeout", func() { o.ScheduleToCloseTimeout = f.lasting("schedule_to_close", "Schedule to close") }},
		{"start_to_close", "start_to_close_timeout", func() { o.StartToCloseTimeout = f.lasting("start_to_close", "Start to close") }},
		{"schedule_to_start", "schedule_to_start_timeout", func() { o.ScheduleToStartTimeout = f.lasting("schedule_to_start", "Schedule to start") }},
		{"heartbeat", "heartbeat_timeout", func() { o.HeartbeatTimeout = f.lasting("heartbeat", "Heartbeat") }},
		{"attempts", "retry_policy.maximum_attempts", func() { policy.MaximumAttempts = f.small("attempts", "Attempts") }},
		{"interval", "retry_policy.initial_interval", func() { policy.InitialInterval = f.lasting("interval", "First interval") }},
		{"coefficient", "retry_policy.backoff_coefficient", func() { policy.BackoffCoefficient = f.number("coefficient", "Coefficient") }},
		{"maximum_interval", "retry_policy.maximum_interval", func() { policy.MaximumInterval = f.lasting("maximum_interval", "Longest interval") }},
	} {
		if f.sent(each.field) {
			each.read()
			mask.Paths = append(mask.Paths, each.path)
		}
	}
	if len(mask.Paths) == 0 {
		f.refuse("The form has no options. Use the one of the page.")
	}
	return o, mask
}

// lasting reads a duration like 1h30m; nil where nothing was typed.
func (f *form) lasting(field, title string) *durationpb.Duration {
	text := f.text(field)
	if text == "" {
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		f.refuse(title + ": " + strconv.Quote(text) + " is no duration like 90s, 5m or 1h30m.")
	}
	return durationpb.New(d)
}

// small reads a number of at most 32 bits; 0 where nothing was typed.
func (f *form) small(field, title string) int32 {
	n := f.whole(field, title, 0)
	if n < 0 || n > math.MaxInt32 {
		f.refuse(title + ": it is at least 0, and at most " + strconv.Itoa(math.MaxInt32) + ".")
		return 0
	}
	return int32(n)
}

// number reads a number; 0 where nothing was typed.
func (f *form) number(field, title string) float64 {
	text := f.text(field)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		f.refuse(title + ": " + strconv.Quote(text) + " is no number.")
	}
	return n
}
