package console

import (
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
)

// param reads a path parameter: the inverse of what view's URL functions wrote. A badly encoded one is a page that does not exist.
func param(ec echo.Context, name string) (string, error) {
	value, err := url.PathUnescape(ec.Param(name))
	if err != nil {
		return "", errNoPage
	}
	return view.UnescapeSegment(value), nil
}
