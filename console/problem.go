package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
)

// errNoPage is a page that does not exist.
var errNoPage = echo.NewHTTPError(http.StatusNotFound, "There is no such page.")

// statusOf maps what the engine refuses to HTTP; a code that is not here is the server's fault.
var statusOf = map[orchestration.Code]int{
	orchestration.InvalidArgument:    http.StatusBadRequest,
	orchestration.NotFound:           http.StatusNotFound,
	orchestration.NamespaceNotFound:  http.StatusNotFound,
	orchestration.FailedPrecondition: http.StatusConflict,
	orchestration.AlreadyExists:      http.StatusConflict,
	orchestration.NamespaceExists:    http.StatusConflict,
	orchestration.AlreadyStarted:     http.StatusConflict,
	orchestration.WorkflowNotReady:   http.StatusConflict,
	orchestration.QueryFailed:        http.StatusConflict,
	orchestration.Unimplemented:      http.StatusNotImplemented,
	orchestration.ResourceExhausted:  http.StatusTooManyRequests,
	orchestration.Unavailable:        http.StatusServiceUnavailable,
	orchestration.Canceled:           http.StatusServiceUnavailable,
	orchestration.DeadlineExceeded:   http.StatusGatewayTimeout,
	orchestration.PermissionDenied:   http.StatusForbidden,
}

// problem is the one place that turns an error into a page. What the server did wrong is logged and not shown.
func (c *Console) problem(err error, ec echo.Context) {
	if ec.Response().Committed {
		return
	}
	status, message := explain(err)
	if status == http.StatusInternalServerError {
		c.log.Error("console page failed", "method", ec.Request().Method, "route", ec.Path(), "error", err)
	}
	if err := page(ec, status, view.Problem(status, message)); err != nil {
		c.log.Warn("console answer not written", "error", err)
	}
}

func explain(err error) (status int, message string) {
	var he *echo.HTTPError
	if errors.As(err, &he) {
		switch he.Code { // echo's own
		case http.StatusNotFound:
			he = errNoPage
		case http.StatusMethodNotAllowed:
			return he.Code, "This page cannot be asked for in this way."
		}
		return he.Code, fmt.Sprint(he.Message)
	}
	var oe *orchestration.Error
	if errors.As(err, &oe) {
		if status, ok := statusOf[oe.Code]; ok {
			return status, oe.Message
		}
	}
	if errors.Is(err, context.Canceled) {
		return http.StatusServiceUnavailable, "The request was given up before it was answered."
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return http.StatusGatewayTimeout, "The server took too long to answer. Try again."
	}
	return http.StatusInternalServerError, "Something went wrong in the server. Its log says more."
}

// recover makes a panic in a handler a failed page instead of a broken connection.
func (c *Console) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(ec echo.Context) (err error) {
		defer func() {
			if p := recover(); p == http.ErrAbortHandler {
				panic(p) // an answer that has begun, and must not look whole
			} else if p != nil {
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		return next(ec)
	}
}

// page renders a view into memory first, so that a view that fails is an error page and not half a page.
func page(ec echo.Context, status int, v templ.Component) error {
	buffer := templ.GetBuffer()
	defer templ.ReleaseBuffer(buffer)
	if err := v.Render(ec.Request().Context(), buffer); err != nil {
		return err
	}
	return ec.HTMLBlob(status, buffer.Bytes())
}
