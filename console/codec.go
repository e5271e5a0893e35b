package console

import (
	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/tenants"
)

// coded is the frame of a page that has payloads read or written by the namespace's codec, if it has one and the reader may read or write any: the reader's
// browser may ask it, and nobody else does.
func coded(ec echo.Context, at place, frame view.Frame) view.Frame {
	c, may := at.namespace.Codec, at.who.In(&at.namespace)
	origin := c.Origin()
	if origin == "" || may&(tenants.PayloadRead|tenants.Write) == 0 {
		return frame
	}
	ec.Response().Header().Set("Content-Security-Policy", asking(origin))
	frame.Codec = view.Codec{Endpoint: c.Endpoint, Credentials: c.Credentials}
	return frame
}
