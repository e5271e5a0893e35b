package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// lookAgain is how often a stream looks whether its reader may go on, when nothing is known to have changed.
const lookAgain = 30 * time.Second

// live is the stream of events of a page. It ends, and says so, when its reader may not see the page any more: with the first change after which that is so,
// which every node hears of within a second of its commit.
func (c *Console) live(n need) handler { return c.stream(n, lookAgain, alive, nil) }

// alive is a comment, so that proxies see that a stream lives.
const alive = ":\n\n"

// pulseEvery is how often a page of numbers that always change is asked for again.
const pulseEvery = 5 * time.Second

// pulse is live for such a page: the stream says at every beat that something has changed. A page that nobody sees follows no stream.
func (c *Console) pulse(n need) handler { return c.stream(n, pulseEvery, changed, nil) }

// changed is an event that has the parts of a page that live asked for again.
const changed = "event: changed\ndata:\n\n"

// stream looks at every beat whether its reader may go on, and then says a line. news, if there is a source of them, are said as they come; they end with their
// context.
func (c *Console) stream(n need, beat time.Duration, says string, news func(context.Context, echo.Context, place) (<-chan string, error)) handler {
	return func(ec echo.Context, at place) error {
		ctx, cancel := context.WithCancel(ec.Request().Context())
		defer cancel()
		var coming <-chan string
		if news != nil {
			var err error
			if coming, err = news(ctx, ec, at); err != nil {
				return err
			}
		}
		w := ec.Response()
		out := http.NewResponseController(w)
		// The server's time to read a request is over soon, and would end the stream.
		if err := errors.Join(out.SetReadDeadline(time.Time{}), out.SetWriteDeadline(time.Time{})); err != nil {
			return err
		}
		w.Header().Set("Content-Type", "text/event-stream")
		w.WriteHeader(http.StatusOK)
		tick := time.NewTicker(beat)
		defer tick.Stop()
		for line := alive; ; { // the page is new
			epoch, ended := c.tenants.Epoch(), c.door.nextEnd()
			_, err := c.admit(ec, n, false)
			if gone(err) {
				line = "event: end\ndata:\n\n"
			}
			if _, werr := w.Write([]byte(line)); werr != nil || out.Flush() != nil || gone(err) {
				return nil // the browser is gone, or will look again
			}
			line = says
			select {
			case <-ctx.Done():
				return nil
			case <-epoch.Done():
			case <-ended:
			case <-tick.C:
			case line = <-coming:
			}
		}
	}
}

// gone tells whether an error says that a page is not for its reader any more. What could not be found out is no reason to end a stream.
func gone(err error) bool {
	var he *echo.HTTPError
	return errors.As(err, &he) && he.Code < http.StatusInternalServerError
}
