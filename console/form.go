package console

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/console/view"
)

// form is a form that was sent to change something.
type form struct {
	name string // which of those of its page; "": a button, whose refusal is for the top of the page
	ec   echo.Context
	why  string // what is wrong with what was typed; "": nothing is known to be
}

func formOf(ec echo.Context, name string) *form {
	f := &form{name: name, ec: ec}
	if tooLarge := new(http.MaxBytesError); errors.As(ec.Request().ParseForm(), &tooLarge) {
		f.refuse("The form is larger than " + strconv.FormatInt(tooLarge.Limit>>10, 10) + " KB, which is all that it may be.")
	}
	return f
}

// text is what was typed, without space around it.
func (f *form) text(field string) string {
	return strings.TrimSpace(f.ec.Request().PostFormValue(field))
}

// all are the values of a field that can be chosen several times.
func (f *form) all(field string) []string {
	_ = f.ec.Request().PostFormValue(field) // has the form read
	return f.ec.Request().PostForm[field]
}

// sent tells whether the form had a field at all: a browser leaves out those that cannot be changed.
func (f *form) sent(field string) bool { return len(f.all(field)) > 0 }

// refuse takes note of what is wrong; the first sentence counts.
func (f *form) refuse(why string) {
	if f.why == "" {
		f.why = why
	}
}

// is reads a choice between "true" and "false".
func (f *form) is(field string) bool {
	yes, err := strconv.ParseBool(f.text(field))
	if err != nil {
		f.refuse("The form does not say what to do. Use the buttons of the page.")
	}
	return yes
}

// whole reads a number; otherwise where nothing was typed.
func (f *form) whole(field, title string, otherwise int64) int64 {
	text := f.text(field)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		f.refuse(title + ": " + strconv.Quote(text) + " is no whole number.")
	}
	return n
}

// days reads a duration in days; nil where nothing was typed.
func (f *form) days(field, title string) *durationpb.Duration {
	const most = 36500 // what is more is no duration of Go's any more; the rules behind have limits of their own
	text := f.text(field)
	if text == "" {
		return nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n != n || n < 0 || n > most {
		f.refuse(title + ": " + strconv.Quote(text) + " is no number of days.")
		return nil
	}
	return durationpb.New(time.Duration(n * 24 * float64(time.Hour)))
}

// moment reads a time that the page has written.
func (f *form) moment(field string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, f.text(field))
	if err != nil {
		f.refuse("The form does not say from when it is. Use the form of the page.")
	}
	return t
}

// duration reads a duration as Go writes it; nil where nothing was typed.
func (f *form) duration(field, title string) *durationpb.Duration {
	text := f.text(field)
	if text == "" {
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		f.refuse(title + ": " + strconv.Quote(text) + " is no duration such as 90s or 1h30m.")
		return nil
	}
	return durationpb.New(d)
}

// confirmed refuses a form without the name of what it destroys.
func (f *form) confirmed(name string) {
	if typed := f.text("confirm"); typed == "" || typed != strings.TrimSpace(name) && typed != strings.TrimSpace(view.Visible(name)) {
		f.refuse("Type the name " + name + " to confirm.")
	}
}

// filled is the form as its page shows it again.
func (f *form) filled(why string) view.Filled {
	return view.Filled{Form: f.name, Values: f.ec.Request().PostForm, Why: why}
}

// end answers the form: do makes the change, unless something is wrong already. A page follows that says done, unless that is ""; or again shows the form's page with what was typed
// and why it was refused.
func (f *form) end(do func() error, to string, done view.Done, again func(status int, filled view.Filled) error) error {
	if f.why != "" {
		return again(http.StatusBadRequest, f.filled(f.why))
	}
	err := do()
	if err == nil {
		if done != "" {
			to = view.DoneURL(to, done)
		}
		return f.ec.Redirect(http.StatusSeeOther, to)
	}
	return f.fail(err, again)
}

// fail shows the form again where the caller can do something about the error.
func (f *form) fail(err error, again func(status int, filled view.Filled) error) error {
	switch status, why := explain(err); status {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusConflict:
		return again(status, f.filled(why))
	}
	return err
}
