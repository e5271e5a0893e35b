package console

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/tenants"
	"github.com/tenuto-io/tenuto/tenants/signin"
)

// entrance is how people come in: by the terminal, or by identity providers.
type entrance interface {
	// routes are the pages of signing in and out.
	routes() []route
	// refuse returns an error for a request that comes from elsewhere.
	refuse(*http.Request) error
	// headers sets what the answers of this entrance need beside those of all.
	headers(http.Header)
	// who is whoever the request's session is of; nil: nobody. used tells that a person does something; otherwise a page only looks whether it may go on.
	who(ec echo.Context, used bool) (*visitor, error)
	// nextEnd is closed when a session ends of which no change of what people may do tells. nil: there are none.
	nextEnd() <-chan struct{}
	// welcome asks somebody to sign in who is not.
	welcome(echo.Context) error
	// bar is what a page shows of its reader. stream is the address of its events.
	bar(v *visitor, stream string) view.Bar
	// issuers are who vouches for people, as administration names them.
	issuers() []string
}

// visitor is who looks at a page.
type visitor struct {
	*tenants.Principal
	in signin.Visitor // by a provider; zero at the terminal
}
