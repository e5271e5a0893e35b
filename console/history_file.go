package console

import (
	"errors"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"

	"github.com/tenuto-io/tenuto/console/view"
)

const (
	maxFile    = 16 << 20 // bytes; a history of 20,000 events has some 4 MB
	filesRead  = 2        // files that are read at a time: each takes several times its size while it is
	fileField  = "file"
	fileTooBig = "The file is larger than 16 MB, which is more than can be shown here."
)

// askForFile asks for a file with a history.
func (c *Console) askForFile(ec echo.Context, at place) error {
	return c.filePage(ec, at, http.StatusOK, view.FilePage{})
}

// openFile shows what happened in a run by a file of its history, which is not kept. Nothing else is asked for it.
func (c *Console) openFile(ec echo.Context, at place) error {
	select {
	case c.reading <- struct{}{}:
		defer func() { <-c.reading }()
	case <-ec.Request().Context().Done():
		return ec.Request().Context().Err()
	}
	name, events, err := historyOf(ec.Request())
	if refused := new(unreadable); errors.As(err, refused) {
		return c.filePage(ec, at, http.StatusBadRequest, view.FilePage{Refused: string(*refused)})
	}
	if err != nil {
		return err
	}
	number, err := numberIn(ec.Request().PostFormValue("page"))
	if err != nil {
		return err
	}
	return c.filePage(ec, at, http.StatusOK, view.NewFilePage(name, events, number))
}

func (c *Console) filePage(ec echo.Context, at place, status int, p view.FilePage) error {
	ctx, cancel := asked(ec)
	defer cancel()
	frame, err := c.frame(ctx, ec, at, view.InWorkflows)
	if err != nil {
		return err
	}
	return page(ec, status, view.HistoryFile(p.In(coded(ec, at, frame))))
}

// unreadable says why a file cannot be shown.
type unreadable string

func (u unreadable) Error() string { return string(u) }

// historyOf reads the file that a form was sent with. Errors: unreadable.
func historyOf(r *http.Request) (name string, events []*historypb.HistoryEvent, err error) {
	if err := r.ParseMultipartForm(maxFile); err != nil {
		if errors.As(err, new(*http.MaxBytesError)) {
			return "", nil, unreadable(fileTooBig)
		}
		return "", nil, unreadable("Choose a file.")
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }() // what of it lies on the disk
	file, header, err := r.FormFile(fileField)
	if err != nil {
		return "", nil, unreadable("Choose a file.")
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(file)
	if err != nil {
		return "", nil, err
	}
	var h historypb.History
	if err := (temporalproto.CustomJSONUnmarshalOptions{DiscardUnknown: true}).Unmarshal(text, &h); err != nil {
		return "", nil, unreadable("That is no history as JSON: " + err.Error())
	}
	if len(h.GetEvents()) == 0 {
		return "", nil, unreadable("There are no events in the file.")
	}
	return header.Filename, h.GetEvents(), nil
}
