package console

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
)

// cookieName is the session's cookie on plain HTTP. Cookies do not tell ports apart: two consoles on one machine sign each other out.
const cookieName = "tenuto-session"

// signedIn lets only requests with an open session through. Others get the sign-in page in place, so that the address is kept.
func (c *Console) signedIn(next echo.HandlerFunc) echo.HandlerFunc {
	return func(ec echo.Context) error {
		if !c.hasSession(ec) {
			return page(ec, http.StatusUnauthorized, view.SignIn(view.SignInNeeded, ec.Request().URL.RequestURI()))
		}
		return next(ec)
	}
}

func (c *Console) hasSession(ec echo.Context) bool {
	cookie, err := ec.Cookie(cookieName)
	return err == nil && c.sessions.touch(cookie.Value)
}

// signInPage shows the button that redeems the link's token. It redeems nothing itself.
func (c *Console) signInPage(ec echo.Context) error {
	token := ec.QueryParam("token")
	switch {
	case c.links.live(token):
		return page(ec, http.StatusOK, view.Redeem(token))
	case c.hasSession(ec):
		return ec.Redirect(http.StatusSeeOther, "/")
	case token == "":
		return page(ec, http.StatusUnauthorized, view.SignIn(view.SignInNeeded, "/"))
	}
	return page(ec, http.StatusUnauthorized, view.SignIn(view.LinkUsed, "/"))
}

// signIn redeems a token and opens a session, under a new id; a session that the browser had before ends.
func (c *Console) signIn(ec echo.Context) error {
	if !c.links.redeem(ec.Request().PostFormValue("token")) { // from the body only: addresses end up in logs
		return page(ec, http.StatusUnauthorized, view.SignIn(view.LinkUsed, "/"))
	}
	c.endSession(ec)
	setCookie(ec, c.sessions.begin(), int(SessionAbsolute.Seconds()))
	c.log.Info("console: signed in", "peer", ec.Request().RemoteAddr)
	return ec.Redirect(http.StatusSeeOther, "/")
}

// printLink prints a new sign-in link in the terminal. The browser learns only that it was printed.
func (c *Console) printLink(ec echo.Context) error {
	token, ok := c.links.ask()
	if !ok {
		return page(ec, http.StatusTooManyRequests, view.SignIn(view.LinkTooSoon, "/"))
	}
	c.newLink(c.linkTo(token))
	return page(ec, http.StatusOK, view.SignIn(view.LinkPrinted, "/"))
}

func (c *Console) signOut(ec echo.Context) error {
	c.endSession(ec)
	setCookie(ec, "", -1)
	return ec.Redirect(http.StatusSeeOther, "/signin")
}

func (c *Console) endSession(ec echo.Context) {
	if cookie, err := ec.Cookie(cookieName); err == nil {
		c.sessions.end(cookie.Value)
	}
}

// setCookie is not Secure, because the console of tenuto dev is plain HTTP on the loopback interface.
func setCookie(ec echo.Context, value string, maxAge int) {
	ec.SetCookie(&http.Cookie{Name: cookieName, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, SameSite: http.SameSiteStrictMode})
}
