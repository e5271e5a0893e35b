package console

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/tenants/oidc"
	"github.com/tenuto-io/tenuto/tenants/signin"
)

// loggedOut is where a provider tells that somebody has signed out there (OpenID Connect Back-Channel Logout 1.0). No browser has a part in it: what the
// provider has signed is all that counts. It is answered when the sessions are over.
func (p *providers) loggedOut(ec echo.Context, _ place) error {
	name, err := param(ec, "provider")
	if err != nil {
		return err
	}
	ctx := ec.Request().Context()
	ended, err := p.desk.LoggedOut(ctx, name, ec.Request().PostFormValue("logout_token"))
	if err != nil {
		return p.notLoggedOut(ec, err)
	}
	ec.Response().Header().Set(echo.HeaderContentLength, "0")
	if err := ec.NoContent(http.StatusOK); err != nil {
		return err
	}
	ec.Response().Flush() // the provider may wait for this before it answers anything else
	p.desk.GiveBack(ctx, ended)
	return nil
}

// unheard are the answers to a logout that does not count, as section 2.8 has them.
var unheard = []struct {
	err    error
	status int
	code   string
}{
	{signin.ErrNoProvider, http.StatusNotFound, "invalid_request"},
	{signin.ErrReplayed, http.StatusBadRequest, "invalid_request"},
	{oidc.ErrUntrusted, http.StatusBadRequest, "invalid_request"},
	{signin.ErrBusy, http.StatusTooManyRequests, "temporarily_unavailable"},
	{oidc.ErrUnreachable, http.StatusServiceUnavailable, "temporarily_unavailable"},
}

// notLoggedOut tells a provider why nobody's session has ended. None of these errors quotes what was sent.
func (p *providers) notLoggedOut(ec echo.Context, err error) error {
	for _, u := range unheard {
		if errors.Is(err, u.err) {
			p.c.log.Warn("console: not logged out", "peer", ec.Request().RemoteAddr, "reason", err)
			return ec.JSON(u.status, map[string]string{"error": u.code, "error_description": err.Error()})
		}
	}
	return err
}
