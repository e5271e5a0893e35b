package console

import (
	"encoding/csv"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"
	workflowpb "go.temporal.io/api/workflow/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
)

// runWriter writes runs as a file of some format has them.
type runWriter func(io.Writer, []*workflowpb.WorkflowExecutionInfo, bool) error

// exportRuns answers with all runs that a filter finds, page by page: of any number of them, one page is held. What cannot be read any more breaks the file off,
// which a browser tells as a failed download.
func (c *Console) exportRuns(mediaType, ending string, write runWriter) handler {
	return func(ec echo.Context, at place) error {
		ctx := ec.Request().Context()
		r := engine.ListRequest{Namespace: at.namespace.ID, Query: ec.QueryParam("query"), PageSize: exportPageSize}
		list, err := c.engine.List(ctx, r)
		if orchestration.CodeOf(err) == orchestration.InvalidArgument {
			return echo.NewHTTPError(http.StatusBadRequest, err.Error())
		}
		if err != nil {
			return err
		}
		attached(ec, mediaType, "workflows-"+at.namespace.Name+ending)
		for first := true; ; first = false {
			if err := write(ec.Response(), list.Executions, first); err != nil {
				return err
			}
			if r.PageToken = list.PageToken; r.PageToken == nil {
				return nil
			}
			if list, err = c.engine.List(ctx, r); err != nil {
				c.log.Warn("console: an export of workflows ended early", "error", err)
				panic(http.ErrAbortHandler)
			}
		}
	}
}

// runsAsCSV writes a line for each run, the first time below the columns' names.
func runsAsCSV(w io.Writer, runs []*workflowpb.WorkflowExecutionInfo, first bool) error {
	out := csv.NewWriter(w)
	if first {
		_ = out.Write(view.RunColumns) // Error has it
	}
	for _, run := range runs {
		_ = out.Write(view.RunLine(run))
	}
	out.Flush()
	return out.Error()
}

// runsAsLines writes each run as a line of JSON, as the protocol has it but for what may hold payloads.
func runsAsLines(w io.Writer, runs []*workflowpb.WorkflowExecutionInfo, _ bool) error {
	for _, run := range runs {
		shown := proto.CloneOf(run)
		shown.Memo, shown.SearchAttributes = nil, nil
		text, err := protojson.Marshal(shown)
		if err != nil {
			return err
		}
		if _, err := w.Write(append(text, '\n')); err != nil {
			return err
		}
	}
	return nil
}
