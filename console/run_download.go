package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/tenuto-io/tenuto/console/view"
)

const (
	fileChunk = 500             // events that are in memory at a time
	fileTime  = 5 * time.Minute // that a file may take to be written
)

// historyFile is a run's whole history as JSON, as SDKs replay it and other tools export it. It is written as it is read.
func (c *Console) historyFile(ec echo.Context, at place) error {
	ctx, cancel := context.WithTimeout(ec.Request().Context(), fileTime)
	defer cancel()
	frame, err := c.runFrame(ctx, ec, at, view.Filled{})
	if err != nil {
		return err
	}
	first, err := c.events(ctx, at, frame, 1, fileChunk)
	if err != nil {
		return err
	}
	w := ec.Response()
	if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(fileTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", `attachment; filename="history-`+frame.RunID()+`.json"`)
	w.WriteHeader(http.StatusOK)
	file := historyWriter{out: w}
	if _, err = w.Write([]byte("{\"events\":[\n")); err == nil {
		err = file.write(first)
	}
	for from := int64(fileChunk) + 1; err == nil && from <= frame.Info.GetHistoryLength(); from += fileChunk {
		var part []*historypb.HistoryEvent
		if part, err = c.events(ctx, at, frame, from, from+fileChunk-1); err == nil {
			err = file.write(part)
		}
	}
	if err != nil {
		// What is missing must not look like an end: the connection breaks, and the browser says that the file is not whole.
		c.log.Warn("a history was not written to its end", "error", err)
		panic(http.ErrAbortHandler)
	}
	_, err = w.Write([]byte("\n]}\n"))
	return err
}

// historyWriter writes events into a JSON array, which it leaves open.
type historyWriter struct {
	out   http.ResponseWriter
	begun bool
}

func (h *historyWriter) write(events []*historypb.HistoryEvent) error {
	for _, e := range events {
		text, err := protojson.Marshal(e)
		if err != nil {
			return err
		}
		before := ",\n"
		if !h.begun {
			before, h.begun = "", true
		}
		if _, err := h.out.Write(append([]byte(before), text...)); err != nil {
			return err
		}
	}
	return nil
}
