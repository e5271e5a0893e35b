package console

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
)

// runData shows what the run was given and has come to: input, result, memo, search attributes, settings.
func (c *Console) runData(ec echo.Context, at place) error {
	ctx, cancel := asked(ec)
	defer cancel()
	frame, started, err := c.beginning(ctx, ec, at)
	if err != nil {
		return err
	}
	frame.Tab = view.InData
	p := view.DataPage{RunFrame: frame, Started: started}
	if length := frame.Info.GetHistoryLength(); frame.Info.GetCloseTime() != nil {
		last, err := c.events(ctx, at, frame, length, length)
		if err != nil {
			return err
		}
		if len(last) > 0 {
			p.Closed = last[len(last)-1]
		}
	}
	return page(ec, http.StatusOK, view.Data(p))
}
