package console

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// limitQueue sets, lowers to nothing or removes the rate limit of a queue's activities, as the button says that was pressed.
func (c *Console) limitQueue(ec echo.Context, at place) error {
	name, err := queueName(ec)
	if err != nil {
		return err
	}
	form := view.LimitForm{Rate: ec.FormValue("rate"), Reason: ec.FormValue("reason")}
	limit := &engine.QueueLimit{Reason: form.Reason, Identity: cmp.Or(at.who.Name, at.who.ID)}
	done := view.Done("queue-freed")
	switch ec.FormValue("do") {
	case "set":
		done = "queue-limited"
		rate, err := strconv.ParseFloat(strings.TrimSpace(form.Rate), 32)
		if err != nil {
			form.Refused = "This is not a number of tasks per second, such as 25 or 0.5."
			return c.queuePage(ec, at, name, http.StatusBadRequest, &form)
		}
		limit.PerSecond = new(float32(rate))
	case "pause":
		done, limit.PerSecond = "queue-paused", new(float32)
	case "remove":
	default:
		return echo.NewHTTPError(http.StatusBadRequest, "The form does not say what to do.")
	}
	queue := engine.QueueRequest{Namespace: at.namespace.ID, Queue: name, Kind: enumspb.TASK_QUEUE_TYPE_ACTIVITY}
	_, err = c.engine.LimitQueue(ec.Request().Context(), queue, limit)
	if orchestration.CodeOf(err) == orchestration.InvalidArgument {
		form.Refused = err.Error()
		return c.queuePage(ec, at, name, http.StatusBadRequest, &form)
	}
	if err != nil {
		return err
	}
	return ec.Redirect(http.StatusSeeOther, done.After(view.QueueURL(placeOf(at), name)))
}

// formatRate is a rate as the form takes it. It was set as a float32.
func formatRate(rate float64) string { return strconv.FormatFloat(rate, 'f', -1, 32) }
